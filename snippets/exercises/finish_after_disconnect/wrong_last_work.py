"""The work of another client was stopped. The page is one object for all its requests, so one attribute of it can't
hold the delayed call of each; hand it to the errback."""

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
        self.work = self.reactor.callLater(5, self.done, request)
        request.notifyFinish().addErrback(self.lost)
        return NOT_DONE_YET

    def done(self, request):
        self.working -= 1
        request.write(b"ready")
        request.finish()

    def lost(self, reason):
        self.working -= 1
        if self.work.active():
            self.work.cancel()
