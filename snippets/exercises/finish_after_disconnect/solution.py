"""The page asks to be told of the end, and stops the work when the client has left.

`notifyFinish` gives one Deferred a request. Its errback is called if the connection is lost before `finish`; its
callback is called by `finish`, and here nothing is left to do then. Each request hands its own delayed call along.
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
        work = self.reactor.callLater(5, self.done, request)
        request.notifyFinish().addErrback(self.lost, work)
        return NOT_DONE_YET

    def done(self, request):
        self.working -= 1
        request.write(b"ready")
        request.finish()

    def lost(self, reason, work):
        self.working -= 1
        work.cancel()
