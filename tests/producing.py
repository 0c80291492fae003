"""Pages that write bit by bit, and a client that reads as slowly as it is told."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.wire import Wire
from snippets.producers.big_file import PIECE

GET = b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n"


def slow(site: Resource, portion: int = 20_000) -> Wire:
    wire = Wire(site)
    take_all = wire.socket.send

    def take_some(data):
        sent = take_all(data[:portion])
        wire.reading = False
        return sent

    wire.socket.send = take_some
    return wire


def turn(wire: Wire) -> bytes:
    wire.reading = True
    return wire.advance(1)


def rest(wire: Wire) -> bytes:
    got = b""
    while wire.reactor.getWriters():
        got += turn(wire)
    return got


def body_of(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


class Later(Resource):
    """Keeps its request."""

    isLeaf = True

    def render(self, request):
        self.request = request
        return NOT_DONE_YET


class Asked:
    """A pull producer that writes a piece each time that it is asked, and counts."""

    def __init__(self, request, size=PIECE):
        self.request, self.size = request, size
        self.asked = self.stopped = 0

    def resumeProducing(self):
        self.asked += 1
        self.request.write(b"x" * self.size)

    def stopProducing(self):
        self.stopped += 1


class Page(Resource):
    isLeaf = True

    def __init__(self, producer, streaming=False, length=None):
        super().__init__()
        self.producer, self.streaming, self.length = producer, streaming, length

    def render(self, request):
        if self.length is not None:
            request.setHeader(b"Content-Length", b"%d" % self.length)
        self.made = self.producer(request)
        request.registerProducer(self.made, self.streaming)
        return NOT_DONE_YET


class Pushed:
    """A push producer that writes when it is told to by a test."""

    def __init__(self, request):
        self.request, self.told = request, []

    def pauseProducing(self):
        self.told.append("pause")

    def resumeProducing(self):
        self.told.append("resume")

    def stopProducing(self):
        self.told.append("stop")
