"""The page came at once. It takes five seconds to make, and nothing may wait for it but a delayed call of the
reactor."""

from twisted.web.resource import Resource


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
        self.working -= 1
        return b"ready"
