"""The visitor has gone, the source was cancelled, and that end was taken for a mistake of the program. A Deferred that
is cancelled fails with CancelledError: the errback must know it, and answer nothing."""

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
        answer.addErrback(self.failed, request)
        request.notifyFinish().addErrback(lambda gone: answer.cancel())
        return NOT_DONE_YET

    def failed(self, failure, request):
        if failure.check(LookupError):
            request.setResponseCode(404)
            request.finish()
        else:
            request.processingFailed(failure)

    def done(self, capital, request):
        request.write(capital)
        request.finish()
