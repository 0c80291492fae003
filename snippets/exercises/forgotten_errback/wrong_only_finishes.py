"""The failure ended in `finish`, and in nothing else: an empty page with status 200. Set the status before `finish`, by
what the failure is."""

from twisted.internet.task import deferLater
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

CAPITALS = {b"france": "Paris", b"peru": "Lima", b"babel": None}


def asked(reactor, country):
    """A source: a Deferred that fires after a second, with bytes, or with a failure."""
    return deferLater(reactor, 1, lambda: CAPITALS[country].encode() + b"\n")


class Capital(Resource):
    isLeaf = True

    def render_GET(self, request):
        answer = asked(request.site.reactor, request.postpath[0])
        answer.addCallback(self.done, request)
        answer.addErrback(lambda failure: request.finish())
        return NOT_DONE_YET

    def done(self, capital, request):
        request.write(capital)
        request.finish()
