"""An error is in the log though the client stayed. What was added here is called by `finish`, and by then the delayed
call has been made: it can't be cancelled any more. An errback is called only if the client has left."""

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
        request.notifyFinish().addBoth(self.lost, work)
        return NOT_DONE_YET

    def done(self, request):
        self.working -= 1
        request.write(b"ready")
        request.finish()

    def lost(self, reason, work):
        self.working -= 1
        work.cancel()
