"""All pieces came at once, and then a call came due for a page that was finished. A producer that is registered with
False is asked for each piece; one with calls of its own is registered with True."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

TAPES = []


class Tape:
    """Pieces of 30,000 bytes, to be read one after another."""

    def __init__(self, length):
        self.length, self.read_so_far, self.open = length, 0, True
        TAPES.append(self)

    def read(self):
        """The next piece."""
        self.read_so_far += 1
        return b"%d" % self.read_so_far * 30_000

    @property
    def at_end(self):
        return self.read_so_far >= self.length

    def close(self):
        self.open = False


class State(Resource):
    def render_GET(self, request):
        return b"".join(b"%d read, %b\n" % (tape.read_so_far, b"open" if tape.open else b"closed") for tape in TAPES)


class Player(Resource):
    isLeaf = True

    def __init__(self, reactor):
        super().__init__()
        self.reactor = reactor

    def render_GET(self, request):
        playing = Playing(self.reactor, Tape(int(request.postpath[0])), request)
        request.registerProducer(playing, False)
        playing.resumeProducing()
        return NOT_DONE_YET


class Playing:
    def __init__(self, reactor, tape, request):
        self.reactor, self.tape, self.request, self.call = reactor, tape, request, None

    def resumeProducing(self):
        self.request.write(self.tape.read())
        if self.tape.at_end:
            self.tape.close()
            self.request.unregisterProducer()
            self.request.finish()
        else:
            self.call = self.reactor.callLater(1, self.resumeProducing)

    def pauseProducing(self):
        if self.call:
            self.call.cancel()

    def stopProducing(self):
        if self.call:
            self.call.cancel()
        self.tape.close()


def root(reactor):
    top = Resource()
    top.putChild(b"tape", Player(reactor))
    top.putChild(b"state", State())
    return top
