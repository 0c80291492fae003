"""After an answer the time for the next request ran at once. It begins with the first byte of that request, and a
client may take a while to think of one."""

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
        if self.late is None and self.line_mode:
            self.late = self.callLater(10, self.timeoutConnection)
        super().dataReceived(data)

    def allHeadersReceived(self):
        self.in_time()
        super().allHeadersReceived()

    def requestDone(self, request):
        super().requestDone(request)
        self.in_time()
        self.late = self.callLater(10, self.timeoutConnection)

    def connectionLost(self, reason):
        self.in_time()
        super().connectionLost(reason)

    def in_time(self):
        if self.late is not None and self.late.active():
            self.late.cancel()
        self.late = None


def site(reactor):
    made = Site(Page(), reactor=reactor)
    made.protocol = Strict
    return made
