"""`finish` was called when the client had left. There is nobody to finish for: once the connection is lost, `finish`
raises RuntimeError, wherever it is called."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET


class Slow(Resource):
    isLeaf = True

    def __init__(self, reactor):
        super().__init__()
        self.reactor = reactor
        self.working = 0

    def render_GET(self, request):
        if request.path == b"/working":
            return b"%d" % self.working
        self.working += 1
        work = self.reactor.callLater(5, self.done, request)
        request.notifyFinish().addErrback(self.lost, work, request)
        return NOT_DONE_YET

    def done(self, request):
        self.working -= 1
        request.write(b"ready")
        request.finish()

    def lost(self, reason, work, request):
        self.working -= 1
        work.cancel()
        request.finish()
