"""The visitor has gone, and the page answered all the same: `finish` raised RuntimeError, and that was logged.
`request.notifyFinish` tells who goes."""

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
        answer.addErrback(self.missing, request)
        answer.addErrback(self.failed, request)
        return NOT_DONE_YET

    def done(self, capital, request):
        request.write(capital)
        request.finish()

    def missing(self, failure, request):
        failure.trap(LookupError)
        request.setResponseCode(404)
        self.done(b"no such country\n", request)

    def failed(self, failure, request):
        request.processingFailed(failure)
