"""The client has left, and five seconds later the page was written for nobody: `finish` raised RuntimeError. A page
isn't told that its client has left unless it asks, by `request.notifyFinish()`."""

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
        request.write(b"ready")
        request.finish()
