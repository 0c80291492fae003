"""What was asked of `notifyFinish` isn't done: a callback is called when the response is finished. If the client
leaves, the errback is."""

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
        request.notifyFinish().addCallback(self.lost, work)
        return NOT_DONE_YET

    def done(self, request):
        request.write(b"ready")
        request.finish()

    def lost(self, reason, work):
        self.working -= 1
        if work.active():
            work.cancel()
