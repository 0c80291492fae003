"""Nobody was answered. A `dataReceived` of one's own stands in the place of the channel's, which reads the request:
call that, too, by `super()`."""

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
    def dataReceived(self, data):
        self.late = self.callLater(10, self.timeoutConnection)


def site(reactor):
    made = Site(Page(), reactor=reactor)
    made.protocol = Strict
    return made
