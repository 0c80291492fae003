"""What the tests of figures look at: connections as they were recorded, and calls that never were."""

from types import SimpleNamespace

from twisted.web.resource import Resource

from snippets.lens.event import Caller, Event, Point
from snippets.lens.figures import CHANNEL_POINTS, CHANNEL_WATCH
from snippets.lens.follow.stream import Received
from snippets.lens.path import PATH
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from snippets.workshop.scenarios.demo_site import Later

GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
HTTP = "twisted.web.http:HTTPChannel."
FOLDED_GET = b"GET /hello HTTP/1.1\r\nAccept: text/html,\r\n\ttext/plain\r\n\r\n"


class Hello(Resource):
    isLeaf = True

    def render_GET(self, request):
        return b"hi"

    render_POST = render_GET


def traced(data: bytes, size=None, resource=None, points=CHANNEL_POINTS, watch=CHANNEL_WATCH) -> Trace:
    """The trace of `data` sent to a new connection."""
    with record(points, watch=watch) as trace:
        Wire(resource or Hello()).send(data, size)
    return trace


def traced_later(data: bytes, size=None, answers: int = 99, points=CHANNEL_POINTS) -> Trace:
    """The same for a resource that answers after all was sent; `answers` of the requests are answered."""
    resource = Later([])
    wire = Wire(resource)
    with record(points, watch=CHANNEL_WATCH) as trace:
        wire.send(data, size)
        while resource.waiting and answers:
            resource.waiting.pop(0).finish()
            wire.receive()
            answers -= 1
    return trace


def path_traced(data: bytes = GET, size=None) -> Trace:
    return traced(data, size, points=[step.name for step in PATH], watch={})


def event(name: str, depth: int = 0, args: tuple = (), result=None, raised=None, thread: int = 0) -> Event:
    point = Point(name, "file.py", 1, False, ())
    return Event(point, depth, Caller("f", "file.py", 1), args, result, raised, (), (), thread)


def made(*events: Event) -> Trace:
    """A trace of calls that never were."""
    return SimpleNamespace(events=list(events))


def kinds(received: Received) -> list[tuple[str, bytes]]:
    """What was received as runs: what it was taken for, and the bytes."""
    runs: dict[tuple[int, str], bytearray] = {}
    for byte in received.bytes:
        runs.setdefault((byte.run, byte.kind), bytearray()).append(byte.value)
    return [(kind, bytes(data)) for (_, kind), data in runs.items()]


TRACES = {
    "plain": lambda: traced(GET),
    "empty line first": lambda: traced(b"\r\n" + GET),
    "two empty lines": lambda: traced(b"\r\n\r\n" + GET),
    "folded": lambda: traced(FOLDED_GET, size=20),
    "bad request line": lambda: traced(b"GET /hello\r\nHost: x\r\n\r\n"),
    "no colon": lambda: traced(b"GET /hello HTTP/1.1\r\nHost x\r\nA: b\r\n\r\n"),
    "pipelined": lambda: traced(GET + GET),
    "pipelined, answered later": lambda: traced_later(GET + GET, size=40),
    "pipelined, not answered": lambda: traced_later(GET + GET, answers=0),
    "body": lambda: traced(POST + GET, size=30),
    "byte by byte": lambda: traced(FOLDED_GET, size=1),
    "one byte": lambda: traced(b"G"),
    "long body": lambda: traced(b"POST / HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" + b"x" * 4500, size=700),
    "many lines": lambda: traced(b"GET / HTTP/1.1\r\n" + b"a: b\r\n c\r\n" * 240 + b"\r\n"),
    "not ASCII": lambda: traced(b"GET /\x00\xff\t$a$ HTTP/1.1\r\n\r\n"),
}
STATEFUL = [name for name in TRACES if name != "one byte"]
