"""Who waited for whom on one connection: the requests at work, those kept behind them, and the sources they asked."""

from typing import Any, NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import watched
from snippets.lens.kept import Label
from snippets.lens.trace import Trace

_CHANNEL = "twisted.web.http:HTTPChannel."
_CLOCK = "twisted.internet.task:Clock."
RAW, DONE = _CHANNEL + "rawDataReceived", _CHANNEL + "requestDone"
BEGUN, LOST = "twisted.web.http:Request.requestReceived", "twisted.web.http:Request.connectionLost"
ASKED, CALL_LATER = "twisted.internet.task:deferLater", _CLOCK + "callLater"
CANCELLED, ADVANCE = "twisted.internet.base:DelayedCall.cancel", "advance"

# What to record, for `waits`.
WAIT_POINTS = (RAW, DONE, BEGUN, LOST, ASKED, CALL_LATER, CANCELLED, _CLOCK + ADVANCE)
WAIT_WATCH = {"Clock": ("rightNow",), "HTTPChannel": ("_handlingRequest",)}
_ADVICE = "record(WAIT_POINTS, watch=WAIT_WATCH), both from snippets.lens.figures, around what one Wire is sent"

AT_WORK, KEPT, SOURCE = "at work", "kept unparsed", "source"
BEHIND = "behind it"


class Wait(NamedTuple):
    """One stretch of time: who (a request's target, or a source), what it was, from when to when, in seconds.

    `end` is None if it still lasted when the trace ended; `cut`: it did not come to its own end, for the connection
    was lost or the source was cancelled.
    """

    lane: str
    kind: str
    begin: float
    end: float | None = None
    cut: bool = False


def waits(trace: Trace) -> list[Wait]:
    """The stretches of a trace, in the order in which they began.

    A source is a call of `deferLater`; it is called by the last text among the arguments, or "source". Bytes that are
    never parsed are "behind it".

    Raises:
        LensError: the trace shows no request, or lacks what must be watched.
    """
    follower = _Follower()
    for event in trace.events:
        follower.see(event)
    if not any(wait.kind == AT_WORK for wait in follower.waits):
        raise LensError(f"nobody waits in this trace, for it has no request: {_ADVICE}")
    return [follower.so_far(wait) for wait in follower.waits]


class _Follower:
    """Follows the calls of one trace."""

    def __init__(self) -> None:
        self.waits: list[Wait] = []
        self._now = 0.0
        self._open: dict[object, int] = {}  # label of who waits -> its place in the list, until it has ended
        self._asked: Event | None = None

    def so_far(self, wait: Wait) -> Wait:
        """A source that nobody has cancelled answers when it said that it would; that may be after the trace."""
        return wait._replace(end=None) if wait.end is not None and wait.end > self._now else wait

    def see(self, event: Event) -> None:
        """Follow one call."""
        name = event.name
        if event.method == ADVANCE:
            self._now = _now(event, after=True)  # time passes first, and then the calls that are due are made
        elif name == ASKED:
            self._asked = event
        elif event.method == "callLater" and self._asked is not None and event.depth == self._asked.depth + 1:
            self._now = _now(event)
            self._begin(event.result, _called(self._asked), SOURCE, float(str(self._asked.args[1])))
            self._asked = None
        elif name == CANCELLED:
            self._end(event.receiver, cut=True)
        elif name == RAW and KEPT not in self._open:
            if watched(event, WAIT_WATCH["HTTPChannel"], _ADVICE)["_handlingRequest"]:
                self._begin(KEPT, BEHIND, KEPT)
        elif name == BEGUN:
            self._end(KEPT, lane=_text(event.args[2]))
            self._begin(event.receiver, _text(event.args[2]), AT_WORK)
        elif name == DONE:
            self._end(event.args[1])
        elif name == LOST:
            self._end(event.receiver, cut=True)
            self._end(KEPT, cut=True)

    def _begin(self, label: object, lane: str, kind: str, seconds: float | None = None) -> None:
        self._open[label] = len(self.waits)
        self.waits.append(Wait(lane, kind, self._now, None if seconds is None else self._now + seconds))

    def _end(self, label: object, **changed: Any) -> None:
        place = self._open.pop(label, None)
        if place is not None:
            self.waits[place] = self.waits[place]._replace(end=self._now, **changed)


def _called(asked: Event) -> str:
    """What the source is called: the last text that it was given."""
    texts = [arg for arg in asked.args if isinstance(arg, str) and not isinstance(arg, Label)]
    return texts[-1] if texts else SOURCE


def _text(target: object) -> str:
    return target.decode("latin-1") if isinstance(target, bytes) else str(target)


def _now(event: Event, after: bool = False) -> float:
    now = watched(event, WAIT_WATCH["Clock"], _ADVICE, after)["rightNow"]
    if not isinstance(now, int | float):
        raise LensError(f"a wait needs a clock that can be read, as that of a Wire: {_ADVICE}")
    return now
