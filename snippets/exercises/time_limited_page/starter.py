"""Build the page `/ask/N`: it asks a source, by `ask(reactor, N)`, and answers with what it says, as status 200.

  - If the source fails, the status is 502, with any body.
  - If nothing has come five seconds after the request, the status is 504, with any body.
  - If the visitor goes, nothing is answered.
In no case is anything logged. And a source that is waited for no more is told to stop, by `cancel` of its Deferred.

`ask`, `Busy` and `root` are given. The check calls `root` with a reactor whose clock it turns by hand; `/busy` answers
how many sources are at work.

Read *Further: a time limit of one's own* in chapter 12 first.
"""

from twisted.internet.defer import Deferred
from twisted.web.resource import Resource

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
        name = request.postpath[0]
        return b"Ask the source " + name


def root(reactor):
    top = Resource()
    top.putChild(b"ask", Ask(reactor))
    top.putChild(b"busy", Busy())
    return top
