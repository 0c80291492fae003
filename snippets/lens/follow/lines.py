"""What any LineReceiver did with each byte, and which of them had to wait in its buffer: read from a trace."""

from typing import Any

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import Piece, Received, Stream, length, watched
from snippets.lens.kept import Named
from snippets.lens.trace import Trace

_RECEIVER = "twisted.protocols.basic:LineReceiver."
_RECEIVED = _RECEIVER + "dataReceived"

# What to record, and what to watch, for `received_lines`.
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

_ADVICE = "record(LINE_POINTS, watch=LINE_WATCH), both from snippets.lens.figures, and enter it before the first byte"


def received_lines(trace: Trace) -> Received:
    """Follow every byte of one LineReceiver to the call that took it.

    `waited` says how a byte stood when that call of `dataReceived` had returned which brought it: "" if it had been
    taken by then.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or shows more than one connection.
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
        self._stream = Stream(LEFT, _ADVICE)
        self._looked_at = 0  # bytes of which is known whether they had to wait
        self._raw: list[int] = []
        self._given_back = 0
        self._outermost: Event | None = None  # the call of dataReceived that is running

    def see(self, event: Event) -> None:
        """Follow one call; the calls come in the order in which they began."""
        if self._outermost is not None and event.depth <= self._outermost.depth:
            self._end_call(self._outermost)
        # An override may call the method that it overrides: only what LineReceiver itself calls hands bytes on.
        handed_on = event.method if event.caller.function == "LineReceiver.dataReceived" else ""
        waiting = len(self._stream.waiting)
        if event.name == _RECEIVED:
            self._outermost = self._outermost or event
            self._receive(event.args[1])
        elif event.name == _RECEIVER + "setLineMode":
            extra = event.args[1] if len(event.args) > 1 else b""
            data: Any = extra.value if isinstance(extra, Named) else extra
            self._given_back = length(data)
        elif event.name == _RECEIVER + "clearLineBuffer":
            self._stream.take(waiting, CLEARED)
        elif handed_on == "lineReceived":
            self._stream.take(length(event.args[1]) + length(_receiver_state(event)["delimiter"]), LINE)
        elif handed_on == "rawDataReceived":
            self._raw += self._stream.take(length(event.args[1]), RAW)
        elif handed_on == "lineLengthExceeded":
            self._stream.take(waiting, TOO_LONG)

    def _receive(self, data: Piece) -> None:
        if self._given_back:
            self._give_back()
        elif length(data):
            self._stream.arrive(data)

    def _give_back(self) -> None:
        """What follows the raw data in its piece is received a second time, through setLineMode."""
        places = self._raw[-self._given_back :]
        if len(places) < self._given_back:
            raise LensError(f"setLineMode was given bytes that rawDataReceived had not been given: {_ADVICE}")
        self._given_back = 0
        self._stream.give_back(places)

    def _end_call(self, ended: Event) -> None:
        """Note how the bytes stand that came with the call of dataReceived that has returned."""
        how = PAUSED if _receiver_state(ended, after=True)["paused"] else IN_BUFFER
        self._stream.waited |= {place: how for place in self._stream.waiting if place >= self._looked_at}
        self._looked_at = len(self._stream)
        self._outermost = None

    def result(self) -> Received:
        """The bytes, and where the pieces ended."""
        if self._outermost is not None:
            self._end_call(self._outermost)
        return self._stream.result()


def _receiver_state(event: Event, after: bool = False) -> dict[str, Any]:
    return watched(event, LINE_WATCH["LineReceiver"], _ADVICE, after)
