"""The life of one connection, moment by moment: what came, what was kept, each request, and the timer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import length, watched
from snippets.lens.trace import Trace

_CHANNEL = "twisted.web.http:HTTPChannel."
_REQUEST = "twisted.web.http:Request."
_DESCRIPTOR = "twisted.internet.abstract:FileDescriptor."
_TIMER = "twisted.protocols.policies:TimeoutMixin."

LIFE_WATCH = {
    "HTTPChannel": (
        "factory.reactor.rightNow",
        "_handlingRequest",
        "persistent",
        "abortTimeout",
        "transport.disconnecting",
    )
}
_ADVICE = "record(LIFE_POINTS, watch=LIFE_WATCH), both from snippets.lens.figures, around all of one Wire's connection"

CONNECTION, CLIENT, READING, KEPT, TIMER = "connection", "client sends", "reading", "kept unparsed", "timer"
OPEN, CLOSING = "open", "closing"
ARRIVING, AT_WORK = "arrives", "at work"
IDLE, ABORT = "idle", "abort"


class Bar(NamedTuple):
    """What is drawn in a lane as long as a state lasts: what the state is, and the words on it."""

    kind: str
    text: str


@dataclass
class Moment:
    """One thing that happened: when (seconds), what in words, in which lane with which mark, and what is from then on.

    `bars` is lane -> the state from this moment to the next; a lane without one has nothing to show. `mark` is written
    where it happened; `cross`: there the timer fired, a request was refused or the connection lost; `restarted`: the
    timer began anew.
    """

    time: float
    said: str
    lane: str = ""
    mark: str = ""
    cross: bool = False
    restarted: bool = False
    bars: dict[str, Bar] = field(default_factory=dict)


def moments(trace: Trace) -> list[Moment]:
    """What happened on the one connection of a trace, in order.

    Raises:
        LensError: the trace shows no connection or more than one, or lacks what must be watched.
    """
    events = [event for event in trace.events if event.name in LIFE_POINTS]
    made = [event for event in events if event.name == _CHANNEL + "connectionMade"]
    if len(made) != 1:
        raise LensError(f"a life is that of one connection, from its beginning; this trace has {len(made)}: {_ADVICE}")
    follower = _Follower()
    for event in events:
        follower.see(event)
    return follower.moments


class _Follower:
    """Follows one connection, call by call."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self._now = 0.0
        self._numbers: dict[object, int] = {}
        self._status = ""
        self._kept = 0
        self._seconds: float | None = None
        self._answering: list[int] = []  # how deep the calls of requestDone are

    def see(self, event: Event) -> None:
        """Follow one call."""
        while self._answering and self._answering[-1] >= event.depth:
            self._answering.pop()
        if event.name.startswith(_CHANNEL):
            self._now = _channel_state(event)["factory.reactor.rightNow"]
        _HANDLERS[event.name](self, event)

    def _happened(self, said: str, lane: str = "", mark: str = "", **more: bool) -> None:
        bars = dict(self.moments[-1].bars) if self.moments else {}
        self.moments.append(Moment(self._now, said, lane, mark, bars=bars, **more))

    def _set(self, lane: str, kind: str = "", text: str = "") -> None:
        if kind:
            self.moments[-1].bars[lane] = Bar(kind, text)
        else:
            self.moments[-1].bars.pop(lane, None)

    def accepted(self, event: Event) -> None:
        self._happened("accepted")
        self._set(CONNECTION, OPEN, OPEN)
        self._set(READING, READING, READING)

    def came(self, event: Event) -> None:
        if not self._answering:  # or these bytes have come before, and are only parsed now
            size = length(event.args[1])
            self._happened(f"{_bytes(size)} came", CLIENT, _bytes(size))

    def begun(self, event: Event) -> None:
        if event.receiver not in self._numbers:
            self._numbers[event.receiver] = len(self._numbers) + 1
            lane = self._lane(event.receiver)
            self._happened(f"{lane} was begun")
            self._set(lane, ARRIVING, ARRIVING)

    def handed_over(self, event: Event) -> None:
        lane = self._lane(list(self._numbers)[-1])
        self._happened(f"{lane} was handed over")
        self._set(lane, AT_WORK, AT_WORK)

    def raw(self, event: Event) -> None:
        if _channel_state(event)["_handlingRequest"]:
            self._keep(length(event.args[1]))

    def body_ended(self, event: Event) -> None:
        self._keep(length(event.args[1]))

    def _keep(self, size: int) -> None:
        self._kept += size
        self._set(KEPT, KEPT if self._kept else "", _bytes(self._kept))

    def headers_written(self, event: Event) -> None:
        self._status = event.args[2].decode()

    def answered(self, event: Event) -> None:
        lane = self._lane(event.args[1])
        self._happened(f"{lane} was answered with {self._status}", lane, self._status)
        self._set(lane)
        self._answering.append(event.depth)
        if _channel_state(event)["persistent"]:
            self._kept = 0
            self._set(KEPT)

    def refused(self, event: Event) -> None:
        lane = self._lane(list(self._numbers)[-1]) if self._numbers else ""
        self._happened("refused with 400", lane, "400", cross=True)
        self._set(lane)

    def paused(self, event: Event) -> None:
        self._set(READING)
        self.moments[-1].said += ", and reading was paused"

    def resumed(self, event: Event) -> None:
        if CLOSING not in self.moments[-1].bars.get(CONNECTION, ()):
            self._set(READING, READING, READING)

    def timer_set(self, event: Event) -> None:
        self._seconds = event.args[1]
        self._set(TIMER, IDLE if self._seconds is not None else "", f"{self._seconds} s")

    def timer_restarted(self, event: Event) -> None:
        # A timer that was off before this moment does not start anew.
        self.moments[-1].restarted = any(TIMER in moment.bars for moment in self.moments[-2:-1])

    def timer_fired(self, event: Event) -> None:
        self._happened("the timer fired", TIMER, cross=True)
        wait = _channel_state(event)["abortTimeout"]
        self._set(TIMER, ABORT if wait is not None else "", f"{ABORT} in {wait} s")

    def aborted(self, event: Event) -> None:
        self._happened("the connection was aborted", TIMER, cross=True)
        self._set(TIMER)

    def closing(self, event: Event) -> None:
        self._set(CONNECTION, CLOSING, CLOSING)
        self._set(READING)

    def lost(self, event: Event) -> None:
        state = CLOSING if _channel_state(event)["transport.disconnecting"] else OPEN
        self._happened(f"the connection was lost while {state}", CONNECTION, cross=True)
        unanswered = [lane for lane in self.moments[-1].bars if lane.startswith("request ")]
        if unanswered:
            self.moments[-1].said += f", {' and '.join(unanswered)} unanswered"
        self.moments[-1].bars.clear()

    def _lane(self, request: object) -> str:
        return f"request {self._numbers[request]}"


# The calls that a life is read from, and what each of them means.
_HANDLERS: dict[str, Callable[[_Follower, Event], None]] = {
    _CHANNEL + "connectionMade": _Follower.accepted,
    _CHANNEL + "dataReceived": _Follower.came,
    _CHANNEL + "rawDataReceived": _Follower.raw,
    _CHANNEL + "_finishRequestBody": _Follower.body_ended,
    _CHANNEL + "allContentReceived": _Follower.handed_over,
    _CHANNEL + "writeHeaders": _Follower.headers_written,
    _CHANNEL + "requestDone": _Follower.answered,
    _CHANNEL + "_respondToBadRequestAndDisconnect": _Follower.refused,
    _CHANNEL + "timeoutConnection": _Follower.timer_fired,
    _CHANNEL + "forceAbortClient": _Follower.aborted,
    _CHANNEL + "connectionLost": _Follower.lost,
    _REQUEST + "__init__": _Follower.begun,
    _TIMER + "setTimeout": _Follower.timer_set,
    _TIMER + "resetTimeout": _Follower.timer_restarted,
    _DESCRIPTOR + "pauseProducing": _Follower.paused,
    _DESCRIPTOR + "resumeProducing": _Follower.resumed,
    _DESCRIPTOR + "loseConnection": _Follower.closing,
}
# What to record, for `moments`.
LIFE_POINTS = tuple(_HANDLERS)


def _channel_state(event: Event) -> dict[str, Any]:
    values = watched(event, LIFE_WATCH["HTTPChannel"], _ADVICE)
    if not isinstance(values["factory.reactor.rightNow"], int | float):
        raise LensError(f"a life needs a clock that can be read, as that of a Wire: {_ADVICE}")
    return values


def _bytes(size: int) -> str:
    return f"{size:,} byte{'s' * (size != 1)}"
