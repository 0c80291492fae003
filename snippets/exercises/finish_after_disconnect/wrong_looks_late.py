"""No error is raised, but the work went on: when the client left, nothing was stopped, and only at the end somebody
looked whether there is anybody to write for. `request.notifyFinish()` tells it at once."""

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
        self.reactor.callLater(5, self.done, request)
        return NOT_DONE_YET

    def done(self, request):
        self.working -= 1
        try:
            request.write(b"ready")
            request.finish()
        except RuntimeError:
            pass
