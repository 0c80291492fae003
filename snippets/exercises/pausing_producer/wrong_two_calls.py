"""After the pause the tape plays too fast: the call from before is still due, and `resumeProducing` has asked for
another. Cancel the one, or don't ask for the other."""

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


class Playing:
    """Reads and writes a piece at once and then each second, unless it is paused: then no call is due."""

    def __init__(self, reactor, request, tape):
        self.reactor, self.request, self.tape, self.next = reactor, request, tape, None

    def resumeProducing(self):
        self.paused = False
        self.due()

    def due(self):
        self.next = self.reactor.callLater(1, self.due)
        if not self.paused and self.tape.open:
            self.play()

    def play(self):
        self.request.write(self.tape.read())
        if self.tape.at_end:
            self.stopProducing()
            self.request.unregisterProducer()
            self.request.finish()

    def pauseProducing(self):
        self.paused = True

    def stopProducing(self):
        self.next.cancel()
        self.tape.close()


class Player(Resource):
    isLeaf = True

    def __init__(self, reactor):
        super().__init__()
        self.reactor = reactor

    def render_GET(self, request):
        playing = Playing(self.reactor, request, Tape(int(request.postpath[0])))
        request.registerProducer(playing, True)
        playing.resumeProducing()
        return NOT_DONE_YET


def root(reactor):
    top = Resource()
    top.putChild(b"tape", Player(reactor))
    top.putChild(b"state", State())
    return top
