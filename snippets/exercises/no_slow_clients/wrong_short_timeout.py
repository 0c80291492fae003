"""A client that had nothing to ask was closed early. A shorter timeout for the site is shorter for all who are silent;
and one who trickles isn't silent."""

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


def site(reactor):
    return Site(Page(), reactor=reactor, timeout=10)
