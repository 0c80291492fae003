"""Build a site that gives up clients who take too long to send their headers.

From the first byte of a request its client has 10 seconds to send the empty line that ends the headers, however it
trickles: sending a byte now and then must not help. Then the connection is closed, without an answer. This holds for
every request of a connection, and each client has time of its own.

Nobody else may suffer: a client that has not begun a request, be it the first or the next, may be silent as long as
the site's own timeout allows (60 seconds); a body may come as slowly as it likes; a page may take its time.

`site` returns the Site; what waits must wait for its `reactor`, whose clock the check moves by hand. This one gives up
nobody but the silent ones. A site can have channels of your own: with `made.protocol = Strict`, where `Strict` is a
subclass of `twisted.web.http.HTTPChannel`, each connection of the site `made` gets a `Strict`.
"""

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
