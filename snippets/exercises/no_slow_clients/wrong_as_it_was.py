"""Nobody was given up. The timeout of a site counts the seconds of silence, and this client isn't silent for so long.
Give the site a channel of your own, by its `protocol`."""

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
    return Site(Page(), reactor=reactor)
