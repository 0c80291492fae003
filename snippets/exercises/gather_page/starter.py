"""Build a page that asks several sources at once: `/ask?of=3&of=1!&of=2` asks three, by `ask(reactor, b"3")` and so on.

The page has a line for each, in the order of the query, and comes when the last of them has answered or failed:
    3: the answer of 3
    1!: no answer
    2: the answer of 2
Every line ends with a newline. If none has answered, the status is 502, with any body.
If the visitor goes, each source that is still at work is told to stop at once, by `cancel` of its Deferred, and nothing
is answered. In no case is anything logged.

`ask`, `Busy` and `root` are given. The check calls `root` with a reactor whose clock it turns by hand; `/busy` answers
how many sources are at work.

Read *Further: three sources at once* in chapter 12 first.
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
        return b"Ask " + b", ".join(names)


def root(reactor):
    top = Resource()
    top.putChild(b"ask", Ask(reactor))
    top.putChild(b"busy", Busy())
    return top
