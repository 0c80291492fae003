"""The send buffer of one connection: how much waits in it turn by turn, and when its producer was told to pause."""

from collections.abc import Iterator
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import length, watched
from snippets.lens.trace import Trace

_DESCRIPTOR = "twisted.internet.abstract:FileDescriptor."
_CHANNEL = "twisted.web.http:HTTPChannel."
_SENT = "twisted.internet.tcp:Connection.writeSomeData"
_TURN = _DESCRIPTOR + "doWrite"
_WRITES = (_DESCRIPTOR + "write", _DESCRIPTOR + "writeSequence")
_TOLD = {_CHANNEL + "pauseProducing": "pause", _CHANNEL + "resumeProducing": "resume"}

BUFFER_POINTS = (_TURN, _SENT, *_WRITES, *_TOLD)
BUFFER_WATCH = {
    "FileDescriptor": ("dataBuffer", "offset", "_tempDataLen"),
    "HTTPChannel": ("_requestProducer",),
}
_ADVICE = (
    "record(BUFFER_POINTS, watch=BUFFER_WATCH), both from snippets.lens.figures, around one connection from before its"
    " first response"
)
PAUSE, RESUME = _TOLD.values()


class Level(NamedTuple):
    """How many bytes wait in the buffer once something has happened in a turn.

    A turn is one in which the socket had room: the first is number 1, and what is written before it is in turn 0.
    `told` says that the request's producer was told to pause or to resume at that moment, "" if it was not.
    """

    turn: int
    waiting: int
    told: str = ""


def levels(trace: Trace) -> list[Level]:
    """What became of the send buffer of the one connection of a trace, in order.

    Raises:
        LensError: the trace shows no connection or more than one, or lacks what must be watched.
    """
    events = [event for event in trace.events if event.name in BUFFER_POINTS]
    connections = {event.receiver for event in events if event.name not in _TOLD}
    if len(connections) != 1:
        raise LensError(f"a send buffer is that of one connection; this trace has {len(connections)}: {_ADVICE}")
    return list(_followed(events))


def _followed(events: list[Event]) -> Iterator[Level]:
    turn = waiting = 0
    for event in events:
        if event.name == _TURN:
            turn += 1
        elif event.name == _SENT:
            # An exception, returned and not raised, says that nobody is there any more.
            waiting -= event.result if isinstance(event.result, int) else 0
            yield Level(turn, waiting)
        elif event.name in _WRITES:
            waiting = _waiting(event)
            yield Level(turn, waiting)
        elif watched(event, BUFFER_WATCH["HTTPChannel"], _ADVICE)["_requestProducer"] is not None:
            yield Level(turn, waiting, _TOLD[event.name])


def _waiting(event: Event) -> int:
    values = watched(event, BUFFER_WATCH["FileDescriptor"], _ADVICE, after=True)
    return length(values["dataBuffer"]) - values["offset"] + values["_tempDataLen"]
