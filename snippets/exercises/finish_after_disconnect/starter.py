"""A page whose making takes five seconds, and `/working`, which tells how many are being made.

If a client leaves before its page is ready, `finish` raises RuntimeError five seconds after it began. Repair `Slow`:

    Whoever stays gets the page after five seconds, as now.
    When a client leaves, its work is stopped at once, and `/working` no longer counts it.
    No error is raised, and none is logged.

The check moves the clock of `reactor` by hand.
"""

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
