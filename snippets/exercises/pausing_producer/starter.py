"""Build the page `/tape/N`: it plays a tape of N pieces to its client, as fast as the client reads, and not faster.

  - It reads a piece from a new `Tape(N)` at once and writes it, and then reads and writes one each second.
  - When the connection is told to pause, it reads nothing. When it may go on, it reads and writes a piece at once, and
    then one each second.
  - In the same moment as the last piece the response ends. It is sent in chunks: the page sets no Content-Length.
  - When it is at the end, or the client has gone, nothing is read any more, and the tape is put away by `close`.
In no case is anything logged.

`Tape`, `State` and `root` are given. The check calls `root` with a reactor whose clock it turns by hand; `/state`
answers how many pieces have been read of each tape, and whether it is open. A push producer is shown in *Further: a
push producer* of chapter 13.
"""

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
        tape = Tape(int(request.postpath[0]))
        while not tape.at_end:
            request.write(tape.read())
        request.finish()
        return NOT_DONE_YET


def root(reactor):
    top = Resource()
    top.putChild(b"tape", Player(reactor))
    top.putChild(b"state", State())
    return top
