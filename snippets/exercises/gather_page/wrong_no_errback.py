"""One source failed, and so did what `gatherResults` returned; there is no errback to take that. It is made for the
case that all must answer: a list that waits for each, whatever comes of it, is a DeferredList."""

from twisted.internet.defer import Deferred, gatherResults
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

BUSY = []


def ask(reactor, name):
    """A source: a Deferred that fires after so many seconds as its name says; with an `!` behind, it fails."""
    answer = Deferred(lambda _: (call.cancel(), BUSY.remove(answer)))

    def fire():
        BUSY.remove(answer)
        if name.endswith(b"!"):
            answer.errback(LookupError("the source has failed"))
        else:
            answer.callback(b"the answer of " + name)

    BUSY.append(answer)
    call = reactor.callLater(float(name.rstrip(b"!")), fire)
    return answer


class Busy(Resource):
    def render_GET(self, request):
        return b"%d at work\n" % len(BUSY)


class Ask(Resource):
    isLeaf = True

    def __init__(self, reactor):
        super().__init__()
        self.reactor = reactor

    def render_GET(self, request):
        names = request.args[b"of"]
        asked = gatherResults([ask(self.reactor, name) for name in names])
        asked.addCallback(self.done, names, request)
        return NOT_DONE_YET

    def done(self, answers, names, request):
        for name, answer in zip(names, answers, strict=True):
            request.write(name + b": " + answer + b"\n")
        request.finish()


def root(reactor):
    top = Resource()
    top.putChild(b"ask", Ask(reactor))
    top.putChild(b"busy", Busy())
    return top
