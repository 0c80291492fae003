"""Where each byte of a response comes from, and which of them left in one send: read from a trace."""

from collections.abc import Iterator
from itertools import accumulate

from snippets.lens.errors import LensError
from snippets.lens.event import Caller, Event
from snippets.lens.follow.stream import Byte, Received, watched
from snippets.lens.trace import Trace

_CHANNEL = "twisted.web.http:HTTPChannel."
_TRANSPORT = "twisted.internet.abstract:FileDescriptor."
_SET_HEADER = "twisted.web.http:Request.setHeader"
_SET = "twisted.web.http_headers:Headers."
_SENT = "twisted.internet.tcp:Connection.writeSomeData"

# What to record, and what to watch, for `responded`.
RESPONSE_POINTS = (
    _SET_HEADER,
    _SET + "setRawHeaders",
    _SET + "addRawHeader",
    *(_CHANNEL + method for method in ("writeHeaders", "writeSequence", "write")),
    *(_TRANSPORT + method for method in ("writeSequence", "write")),
    _SENT,
)
RESPONSE_WATCH = {"FileDescriptor": ("_tempDataLen",)}

STATUS = "status line"
BY_TWISTED = "header set by Twisted, around the page"
BY_PAGE = "header set by the page"
BY_WRITE = "header set by the first write"
END = "empty line: end of the head"
SIZE = "size and line ends of a chunk"
DATA = "what the page wrote or returned"
LAST = "last chunk"
OTHER = "not of a response"

_ADVICE = (
    "record(RESPONSE_POINTS, watch=RESPONSE_WATCH), both from snippets.lens.figures, and enter it before the request"
)
# Who in Twisted sets a header of a response by itself: the rest is the page, or was called by it.
_SETTERS = {
    "HTTPChannel.checkPersistence": BY_TWISTED,
    "Request.process": BY_TWISTED,
    "Request.processingFailed": BY_TWISTED,
    "Request.render": BY_TWISTED,
    "Request.write": BY_WRITE,
}
_OF_REQUEST = "HTTPChannel.headerReceived"  # sets the headers of the request


def responded(trace: Trace, response: bytes) -> Received:
    """Say of each byte of what came back where it is from; a cut is where one send ended and the next began.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or `response` is not all that was sent in it.
    """
    kinds = [(kind, run) for run, (kind, size) in enumerate(_written(trace, response)) for _ in range(size)]
    sizes = [event.result for event in trace.events if event.name == _SENT]
    sends = [size for size in sizes if isinstance(size, int) and size > 0]
    if not kinds or not len(kinds) == len(response) == sum(sends):
        raise LensError(
            f"{len(kinds)} bytes were written in this trace, {sum(sends)} were sent, and the response has "
            f"{len(response)}: {_ADVICE}"
        )
    every = [Byte(value, *kind) for value, kind in zip(response, kinds, strict=True)]
    return Received(every, list(accumulate(sends))[:-1])


def _written(trace: Trace, response: bytes) -> Iterator[tuple[str, int]]:
    """The runs of bytes, as what they are and how many, in the order in which the transport was given them."""
    setters: dict[bytes, str] = {}
    setting = inside = None
    start = 0
    for event in trace.events:
        if inside and event.depth <= inside.depth:
            inside = None
        if event.name == _SET_HEADER:
            setting = event
        elif event.name.startswith(_SET) and event.caller.function != _OF_REQUEST:
            # setHeader calls setRawHeaders: then the one that called it is meant.
            caller = setting.caller if setting and event.caller.function == "Request.setHeader" else event.caller
            setters[_name(event)] = _setter(caller)
        elif event.name.startswith(_CHANNEL):
            inside = event
        elif event.name.startswith(_TRANSPORT):
            size = _size(event)
            yield from _parts(inside, response[start : start + size], setters)
            start += size
            if inside and inside.method == "writeHeaders":
                setters = {}  # the next response has headers of its own


def _parts(event: Event | None, data: bytes, setters: dict[bytes, str]) -> Iterator[tuple[str, int]]:
    """What the bytes are that one call of the channel wrote; `event` is that call."""
    if event is None:
        yield OTHER, len(data)
    elif event.method == "writeHeaders":
        yield STATUS, len(data.partition(b"\r\n")[0]) + 2
        for line in data.split(b"\r\n")[1:-2]:
            yield setters.get(line.partition(b":")[0].lower(), BY_PAGE), len(line) + 2
        yield END, 2
    elif event.method == "writeSequence":
        digits = len(data.partition(b"\r\n")[0])
        yield SIZE, digits + 2
        yield DATA, len(data) - digits - 4
        yield SIZE, 2
    else:
        yield LAST if event.caller.function == "Request.finish" else DATA, len(data)


def _setter(caller: Caller) -> str:
    in_twisted = caller.file.replace("\\", "/").endswith(("twisted/web/http.py", "twisted/web/server.py"))
    return _SETTERS.get(caller.function, BY_PAGE) if in_twisted else BY_PAGE


def _name(event: Event) -> bytes:
    name = event.args[1]
    return name.encode("latin-1").lower() if isinstance(name, str) else bytes(name).lower()


def _size(event: Event) -> int:
    """How many bytes the transport took in this call."""
    (name,) = RESPONSE_WATCH["FileDescriptor"]
    before, after = (watched(event, [name], _ADVICE, later)[name] for later in (False, True))
    return int(after - before)
