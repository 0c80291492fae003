"""The visitor has gone, and nobody told the page: the sources worked on, and then it wrote for nobody. It must ask, by
`request.notifyFinish`, and cancel the sources when that fails."""

from twisted.internet.defer import Deferred, DeferredList
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
        asked = DeferredList([ask(self.reactor, name) for name in names], consumeErrors=True)
        asked.addCallback(self.done, names, request)
        return NOT_DONE_YET

    def done(self, results, names, request):
        if not any(answered for answered, _ in results):
            request.setResponseCode(502)
        for name, (answered, answer) in zip(names, results, strict=True):
            request.write(name + b": " + (answer if answered else b"no answer") + b"\n")
        request.finish()


def root(reactor):
    top = Resource()
    top.putChild(b"ask", Ask(reactor))
    top.putChild(b"busy", Busy())
    return top
