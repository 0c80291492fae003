"""The byte ribbon of any LineReceiver: what took each byte, and which of them had to wait in its buffer."""

from collections import deque
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import BLACK, PURPLE, SKY, VERMILION, WHITE, Fill
from snippets.lens.figures.parsing import all_watched, kept_values, length
from snippets.lens.figures.picture import Picture, drawn
from snippets.lens.figures.ribbon import Look, draw_pieces
from snippets.lens.kept import Named
from snippets.lens.trace import Event, Trace

_RECEIVER = "twisted.protocols.basic:LineReceiver."
_RECEIVED = _RECEIVER + "dataReceived"

# What to record, and what to watch, for `line_ribbon`.
LINE_POINTS = tuple(
    _RECEIVER + method
    for method in (
        "dataReceived",
        "lineReceived",
        "rawDataReceived",
        "lineLengthExceeded",
        "clearLineBuffer",
        "setLineMode",
    )
)
LINE_WATCH = {"LineReceiver": ("delimiter", "paused")}

LINE = "line: lineReceived"
RAW = "raw data: rawDataReceived"
TOO_LONG = "line too long: lineLengthExceeded"
CLEARED = "taken out: clearLineBuffer"
LEFT = "left in the buffer"
IN_BUFFER = "waited in the buffer"
PAUSED = "waited in the buffer, paused"

LOOK = Look(
    {
        LINE: Fill(SKY),
        RAW: Fill(PURPLE, "...."),
        TOO_LONG: Fill(VERMILION, "////"),
        CLEARED: Fill("#CCCCCC", "\\\\\\\\"),
        LEFT: Fill(WHITE),
    },
    {IN_BUFFER: "#9A9A9A", PAUSED: BLACK},
    lambda byte: byte.waited,
)

_ADVICE = "record(LINE_POINTS, watch=LINE_WATCH), both from snippets.lens.figures, and enter it before the first byte"


class LineByte(NamedTuple):
    """One byte that a LineReceiver received: what took it (`kind`), in which call (`run`), and whether it waited.

    `value` is None where the recording kept only the beginning of a long piece. `waited` says how it stood when
    `dataReceived` had returned that brought it: "" if it had been taken by then. `refused` is never true.
    """

    value: int | None
    kind: str
    run: int
    waited: str
    refused: bool = False


@drawn
def line_ribbon(trace: Trace) -> Picture:
    """Draw the bytes that one LineReceiver received: what took each, where the pieces ended, and which had to wait.

    Args:
        trace: one connection, recorded with `record(LINE_POINTS, watch=LINE_WATCH)`, from before the first byte.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or shows more than one connection.
    """
    found, cuts = received_lines(trace)
    notes = [
        f"{sum(byte.waited == how for byte in found):,} bytes {how}"
        for how in LOOK.bars
        if any(byte.waited == how for byte in found)
    ]
    return draw_pieces(found, cuts, LOOK, notes)


def received_lines(trace: Trace) -> tuple[list[LineByte], list[int]]:
    """Follow every byte to the call that took it; also, after how many bytes each piece but the last one ended.

    Raises:
        LensError: as `line_ribbon`.
    """
    receivers = {event.receiver for event in trace.events if event.name == _RECEIVED}
    if len(receivers) != 1:
        raise LensError(f"a ribbon shows one LineReceiver, and this trace has {len(receivers)}: {_ADVICE}")
    follower = _Follower()
    for event in trace.events:
        if event.receiver in receivers:
            follower.see(event)
    return follower.result()


class _Follower:
    """Keeps the bytes where LineReceiver keeps them: in its `_buffer`, or handed on."""

    def __init__(self) -> None:
        self._values: list[int | None] = []
        self._waited: list[str] = []
        self._cuts: list[int] = []
        self._buffer: deque[int] = deque()
        self._taken: dict[int, tuple[str, int]] = {}
        self._raw: list[int] = []
        self._given_back = 0
        self._runs = 0
        self._outermost: Event | None = None  # the call of dataReceived that is running

    def see(self, event: Event) -> None:
        """Follow one call; the calls come in the order in which they began."""
        if self._outermost is not None and event.depth <= self._outermost.depth:
            self._end_call()
        # An override may call the method that it overrides: only what LineReceiver itself calls hands bytes on.
        handed_on = event.method if event.caller.function == "LineReceiver.dataReceived" else ""
        if event.name == _RECEIVED:
            self._outermost = self._outermost or event
            self._receive(event.args[1])
        elif event.name == _RECEIVER + "setLineMode":
            extra = event.args[1] if len(event.args) > 1 else b""
            self._given_back = length(extra.value if isinstance(extra, Named) else extra)
        elif event.name == _RECEIVER + "clearLineBuffer":
            self._take(len(self._buffer), CLEARED)
        elif handed_on == "lineReceived":
            self._take(length(event.args[1]) + length(_watched(event)["delimiter"]), LINE)
        elif handed_on == "rawDataReceived":
            self._raw += self._take(length(event.args[1]), RAW)
        elif handed_on == "lineLengthExceeded":
            self._take(len(self._buffer), TOO_LONG)

    def _receive(self, data: object) -> None:
        if self._given_back:
            self._give_back()
        elif length(data):
            start = len(self._values)
            self._values += kept_values(data)
            self._buffer.extend(range(start, len(self._values)))
            self._cuts.append(start)

    def _give_back(self) -> None:
        """What follows the raw data in its piece is received a second time, through setLineMode."""
        places = self._raw[-self._given_back :]
        if len(places) < self._given_back:
            raise LensError(f"setLineMode was given bytes that rawDataReceived had not been given: {_ADVICE}")
        self._given_back = 0
        self._buffer.extend(places)
        for place in places:
            del self._taken[place]

    def _take(self, size: int, kind: str) -> list[int]:
        if size > len(self._buffer):
            raise LensError(f"more bytes were handed on than had come in: {_ADVICE}")
        places = [self._buffer.popleft() for _ in range(size)]
        self._taken |= dict.fromkeys(places, (kind, self._runs))
        self._runs += 1
        return places

    def _end_call(self) -> None:
        """Note how the bytes stand that came with the call of dataReceived that has returned."""
        how = PAUSED if _watched(self._outermost, after=True)["paused"] else IN_BUFFER
        waiting = set(self._buffer)
        new = range(len(self._waited), len(self._values))
        self._waited += [how if place in waiting else "" for place in new]
        self._outermost = None

    def result(self) -> tuple[list[LineByte], list[int]]:
        """The bytes, and where the pieces ended."""
        if self._outermost is not None:
            self._end_call()
        left = (LEFT, self._runs)
        found = [
            LineByte(value, *self._taken.get(place, left), waited)
            for place, (value, waited) in enumerate(zip(self._values, self._waited, strict=True))
        ]
        return found, self._cuts[1:]


def _watched(event: Event, after: bool = False) -> dict[str, object]:
    return all_watched(event, LINE_WATCH["LineReceiver"], _ADVICE, after)
