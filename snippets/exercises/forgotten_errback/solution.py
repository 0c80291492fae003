"""Each failure has somebody who answers for it, and so every path through the chain ends in one `finish`.

The errback for LookupError stands last but one: it `trap`s what it means and lets the rest go on to the last. When the
visitor goes, the work is cancelled; what that makes the source fail with belongs to nobody, and is dropped.
"""

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
        gone = request.notifyFinish()
        gone.addErrback(lambda reason: answer.cancel())
        answer.addCallback(self.done, request)
        answer.addErrback(self.missing, request)
        answer.addErrback(self.failed, request, gone)
        return NOT_DONE_YET

    def done(self, capital, request):
        request.write(capital)
        request.finish()

    def missing(self, failure, request):
        failure.trap(LookupError)
        request.setResponseCode(404)
        self.done(b"no such country\n", request)

    def failed(self, failure, request, gone):
        if not gone.called:
            request.processingFailed(failure)
