"""The visitor has gone, and the page answered the end of its source all the same: `finish` raised, and that is in
the log."""

from twisted.internet.defer import Deferred, TimeoutError
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
        answer.addErrback(lambda failure: failure)
        return NOT_DONE_YET

    def done(self, body, request):
        request.write(body)
        request.finish()

    def failed(self, failure, request):
        request.setResponseCode(504 if failure.check(TimeoutError) else 502)
        return self.done(b"no answer\n", request)


def root(reactor):
    top = Resource()
    top.putChild(b"ask", Ask(reactor))
    top.putChild(b"busy", Busy())
    return top
