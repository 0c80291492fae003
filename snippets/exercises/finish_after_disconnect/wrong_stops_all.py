"""One client left, and nobody else got a page. Each request has work of its own: stop that, and no other."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET


class Slow(Resource):
    isLeaf = True

    def __init__(self, reactor):
        super().__init__()
        self.reactor = reactor
        self.working = 0
        self.works = []

    def render_GET(self, request):
        if request.path == b"/working":
            return b"%d" % self.working
        self.working += 1
        work = self.reactor.callLater(5, self.done, request)
        self.works.append(work)
        request.notifyFinish().addErrback(self.lost, work)
        return NOT_DONE_YET

    def done(self, request):
        self.working -= 1
        request.write(b"ready")
        request.finish()

    def lost(self, reason, work):
        for each in self.works:
            if each.active():
                each.cancel()
        self.working = 0
