"""What HTTPChannel took the bytes for that it was handed: read from a trace, not from the bytes."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import PURPLE, SKY, WHITE, YELLOW, Fill
from snippets.lens.kept import Cut
from snippets.lens.trace import Event, Trace

_CHANNEL = "twisted.web.http:HTTPChannel."

# What to record, and what to watch, for `ribbon` and `states`.
CHANNEL_POINTS = tuple(
    _CHANNEL + method
    for method in (
        "dataReceived",
        "lineReceived",
        "rawDataReceived",
        "_finishRequestBody",
        "requestDone",
        "_respondToBadRequestAndDisconnect",
    )
)
CHANNEL_WATCH = {
    "HTTPChannel": ("__first_line", "__header", "line_mode", "_handlingRequest", "transport.disconnecting")
}
_NEEDED = ("__first_line", "__header", "line_mode", "_handlingRequest")

REQUEST_LINE = "request line"
HEADER = "header line"
FOLDED = "folded header line"
END = "empty line: end of headers"
EARLY = "empty line before the request line"
BODY = "body"
KEPT_BACK = "kept back while a request is handled"
UNPARSED = "not parsed: left in the buffer"

FILLS = {
    EARLY: Fill(YELLOW, "...."),
    REQUEST_LINE: Fill(YELLOW),
    HEADER: Fill(SKY, "---"),
    FOLDED: Fill(SKY, "////"),
    END: Fill(SKY, "||||"),
    BODY: Fill(PURPLE, "...."),
    KEPT_BACK: Fill("#CCCCCC", "\\\\\\\\"),
    UNPARSED: Fill(WHITE),
}


def is_channel(event: Event, *methods: str) -> bool:
    """Is this a call of one of HTTPChannel's own methods `methods`?"""
    return event.name.startswith(_CHANNEL) and event.name.removeprefix(_CHANNEL) in methods


def watched(event: Event, after: bool = False) -> dict[str, object]:
    """The watched attributes before (or `after`) a call.

    Raises:
        LensError: one that the figures need was not watched.
    """
    values = dict(zip(event.point.watched, event.after if after else event.before, strict=False))
    if missing := [name for name in _NEEDED if name not in values]:
        raise LensError(
            f"{event.method} was recorded without watching {', '.join(missing)}: "
            "record(CHANNEL_POINTS, watch=CHANNEL_WATCH), both from snippets.lens.figures"
        )
    return values


def all_watched(event: Event, names: Iterable[str], advice: str, after: bool = False) -> dict[str, object]:
    """The watched attributes before (or `after`) a call.

    Raises:
        LensError: one of `names` was not watched; `advice` says what to do.
    """
    values = dict(zip(event.point.watched, event.after if after else event.before, strict=False))
    if missing := [name for name in names if name not in values]:
        raise LensError(f"{event.method} was recorded without watching {' and '.join(missing)}: {advice}")
    return values


def kind_of_line(event: Event) -> str:
    """What a call of HTTPChannel.lineReceived took its line for (twisted.web.http:HTTPChannel.lineReceived)."""
    line, first = _head(event.args[1]), watched(event)["__first_line"]
    if first:
        # One empty line is eaten; then the attribute is 2, and a second one is parsed as a request line.
        return EARLY if not line and first == 1 else REQUEST_LINE
    if not line:
        return END
    return FOLDED if line[0] in b" \t" else HEADER


def with_inside(events: list[Event]) -> Iterator[tuple[Event, list[Event]]]:
    """Each event, with the recorded calls inside it."""
    for number, event in enumerate(events):
        inside = []
        for other in events[number + 1 :]:
            if other.depth <= event.depth or other.thread != event.thread:
                break
            inside.append(other)
        yield event, inside


def length(data: object) -> int:
    """How many bytes a kept argument stands for."""
    return data.length if isinstance(data, Cut) else len(data)


def kept_values(data: object) -> list[int | None]:
    """The bytes that a kept argument stands for, None for each that was not kept."""
    return [*_head(data), *[None] * (length(data) - len(_head(data)))]


def _head(data: object) -> bytes:
    return data.head if isinstance(data, Cut) else data


_INCOMPLETE = (
    "some bytes came or went without a call in this trace: record(CHANNEL_POINTS, watch=CHANNEL_WATCH), "
    "both from snippets.lens.figures, and enter it before the first byte is sent"
)

_UNTAKEN = (UNPARSED, -1, False)


class Byte(NamedTuple):
    """One byte that a connection received.

    `value` is None where the recording kept only the beginning of a long piece; `run` is the number of the line or
    piece of body that it belongs to; `waited` says that it was kept back before it was parsed; `refused` that its
    line, or its piece of body, was answered with 400 Bad Request.
    """

    value: int | None
    kind: str
    run: int
    waited: bool
    refused: bool


class Received(NamedTuple):
    """What one connection received: its bytes, and after how many of them each piece but the last one ended."""

    bytes: list[Byte]
    cuts: list[int]


def received(trace: Trace) -> Received:
    """Follow every byte of a connection to the call that consumed it.

    Raises:
        LensError: the trace shows no byte, not all of what happened to them, or more than one connection.
    """
    events = [event for event in trace.events if event.name.startswith(_CHANNEL)]
    channels = list(dict.fromkeys(event.receiver for event in events if is_channel(event, "dataReceived")))
    if not channels:
        raise LensError(
            "this trace shows no byte being received: record(CHANNEL_POINTS, watch=CHANNEL_WATCH), "
            "both from snippets.lens.figures, and enter it before the bytes are sent"
        )
    if len(channels) > 1:
        raise LensError(f"this trace has {len(channels)} connections; record one connection for a ribbon")
    follower = _Follower()
    for event, inside in with_inside(events):
        follower.see(event, inside)
    return follower.result()


class _Follower:
    """Keeps the bytes where Twisted keeps them: LineReceiver's `_buffer`, HTTPChannel's `_dataBuffer`, or consumed."""

    def __init__(self) -> None:
        self._values: list[int | None] = []
        self._kinds: list[tuple[str, int, bool]] = []
        self._waited: set[int] = set()
        self._ends: list[int] = []
        self._buffer: deque[int] = deque()
        self._kept_back: deque[int] = deque()
        self._runs = 0

    def see(self, event: Event, inside: list[Event]) -> None:
        """Follow one call of HTTPChannel; the calls come in the order in which they began."""
        refused = any(is_channel(call, "_respondToBadRequestAndDisconnect") for call in inside)
        if is_channel(event, "dataReceived"):
            # What was kept back is received a second time, from requestDone through setLineMode.
            if event.caller.function == "LineReceiver.setLineMode":
                self._return(length(event.args[1]))
            else:
                self._arrive(event.args[1])
        elif is_channel(event, "lineReceived"):
            self._mark(self._consume(event.args[1], b"\r\n"), kind_of_line(event), refused)
        elif is_channel(event, "rawDataReceived"):
            places = self._consume(event.args[1])
            body = 0 if watched(event)["_handlingRequest"] else len(places) - _beyond_body(event, inside)
            self._mark(places[:body], BODY, refused)
            self._mark(places[body:], KEPT_BACK)
            self._kept_back.extend(places[body:])
            self._waited.update(places[body:])

    def _arrive(self, piece: object) -> None:
        start = len(self._values)
        self._values += kept_values(piece)
        self._kinds += [_UNTAKEN] * length(piece)
        self._buffer.extend(range(start, len(self._values)))
        self._ends.append(len(self._values))

    def _return(self, size: int) -> None:
        places = _taken(self._kept_back, size)
        for place in places:
            self._kinds[place] = _UNTAKEN
        self._buffer.extend(places)

    def _consume(self, data: object, delimiter: bytes = b"") -> list[int]:
        places = _taken(self._buffer, length(data) + len(delimiter))
        known = _head(data) + (delimiter if not isinstance(data, Cut) else b"")
        for place, value in zip(places, known, strict=False):
            if self._values[place] not in (None, value):
                raise LensError(_INCOMPLETE)
            self._values[place] = value
        return places

    def _mark(self, places: list[int], kind: str, refused: bool = False) -> None:
        for place in places:
            self._kinds[place] = (kind, self._runs, refused)
        self._runs += 1

    def result(self) -> Received:
        found = [
            Byte(value, kind, run, place in self._waited, refused)
            for place, (value, (kind, run, refused)) in enumerate(zip(self._values, self._kinds, strict=True))
        ]
        return Received(found, self._ends[:-1])


def _taken(queue: deque[int], size: int) -> list[int]:
    if size > len(queue):
        raise LensError(_INCOMPLETE)
    return [queue.popleft() for _ in range(size)]


def _beyond_body(event: Event, inside: Iterable[Event]) -> int:
    """How many bytes of a raw piece came after the end of the body."""
    if watched(event)["__first_line"] == watched(event, after=True)["__first_line"]:
        return 0
    for call in inside:
        if is_channel(call, "_finishRequestBody"):
            return length(call.args[1])
    raise LensError(
        "where the body ended isn't in this trace: record HTTPChannel._finishRequestBody too, "
        "as CHANNEL_POINTS from snippets.lens.figures does"
    )
