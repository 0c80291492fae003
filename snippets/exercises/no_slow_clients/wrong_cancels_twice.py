"""The second request stopped a delayed call that the first had stopped already: `cancel` raised AlreadyCancelled,
and the connection was lost. A connection carries many requests, and each needs a call of its own, from its first
byte."""

from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site


class Page(Resource):
    """Answers at once, or at /later after 20 seconds."""

    isLeaf = True

    def render(self, request):
        if request.path == b"/later":
            request.site.reactor.callLater(20, request.finish)
            return NOT_DONE_YET
        return b"got " + request.content.read()


class Strict(HTTPChannel):
    late = None

    def dataReceived(self, data):
        if self.late is None:
            self.late = self.callLater(10, self.timeoutConnection)
        super().dataReceived(data)

    def allHeadersReceived(self):
        self.late.cancel()
        super().allHeadersReceived()


def site(reactor):
    made = Site(Page(), reactor=reactor)
    made.protocol = Strict
    return made
