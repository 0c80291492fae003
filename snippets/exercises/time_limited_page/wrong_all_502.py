"""The time was over, and the visitor was told of a failure of the source. `addTimeout` fails with the TimeoutError of
twisted.internet.defer, which is another class than Python's own; and an errback that was added in front of it sees a
CancelledError still."""

from twisted.internet.defer import CancelledError, Deferred
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
            answer.callback(b"the answer of " + name + b"\n")

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
        answer = ask(self.reactor, request.postpath[0])
        gone = request.notifyFinish()
        gone.addErrback(lambda reason: answer.cancel())
        answer.addTimeout(5, self.reactor)
        answer.addCallbacks(self.done, self.failed, [request], errbackArgs=[request])
        answer.addErrback(lambda failure: failure.trap(CancelledError))
        return NOT_DONE_YET

    def done(self, body, request):
        request.write(body)
        request.finish()

    def failed(self, failure, request):
        if failure.check(CancelledError):
            return failure
        request.setResponseCode(502)
        return self.done(b"no answer\n", request)


def root(reactor):
    top = Resource()
    top.putChild(b"ask", Ask(reactor))
    top.putChild(b"busy", Busy())
    return top
