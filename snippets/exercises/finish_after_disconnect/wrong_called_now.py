"""The work was given up as soon as it had begun. `addErrback(self.gone(call))` calls `gone` at once, and hands over
what it returns: an errback is named there, and its other arguments stand behind it."""

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
        call = self.reactor.callLater(5, self.done, request)
        request.notifyFinish().addErrback(self.gone(call))
        return NOT_DONE_YET

    def gone(self, call):
        call.cancel()
        self.working -= 1

    def done(self, request):
        self.working -= 1
        request.write(b"ready")
        request.finish()
