"""The state machine that traces show HTTPChannel to be: the states seen, and what led from one to another."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.channel import channel_state, is_channel, is_refused, kind_of_line
from snippets.lens.follow.stream import with_inside
from snippets.lens.trace import Trace

RESPONSE = "response finished"
BODY_PART = "part of the body"
BODY_END = "end of the body"
KEPT = "bytes kept back"
REFUSED = "400 Bad Request"
UNSEEN = "not recorded"


class State(NamedTuple):
    """What the watched attributes of a channel were; `header` says whether a header line was held.

    `closing` is transport.disconnecting, None where that was not watched; `refused` says that a 400 was sent.
    """

    first_line: object
    header: bool
    line_mode: object
    handling: object
    closing: object
    refused: bool = False

    @property
    def ending(self) -> bool:
        """Will nothing more be parsed?"""
        return self.refused or bool(self.closing)

    @property
    def values(self) -> list[list[tuple[str, str]]]:
        """The attributes and their values, in lines; of a held line that it is one, not its text."""
        closing = [] if self.closing is None else [("disconnecting", repr(self.closing))]
        return [
            [("__first_line", repr(self.first_line)), ("__header", "a line" if self.header else repr(b""))],
            [("line_mode", repr(self.line_mode)), *closing],
            [("_handlingRequest", repr(self.handling))],
        ]


class Edge(NamedTuple):
    """A step of the machine: from one state to another, or to the same, and what happened."""

    source: State
    target: State
    what: str


class Machine(NamedTuple):
    """States in the order in which they were seen, those that connections began in, and each edge's traces."""

    states: list[State]
    starts: list[State]
    edges: dict[Edge, Counter[int]]


def machine(traces: Iterable[Trace]) -> Machine:
    """Read the machine off the calls of lineReceived, rawDataReceived and requestDone.

    Raises:
        LensError: there is no such call, or the attributes weren't watched.
    """
    seen: dict[State, None] = {}
    starts: dict[State, None] = {}
    edges: dict[Edge, Counter[int]] = {}
    for number, trace in enumerate(traces):
        watchers: dict[object, _Watcher] = {}
        for event, what in _looked_at(trace):
            watchers.setdefault(event.receiver, _Watcher()).see(event, what)
        for watcher in watchers.values():
            taken = watcher.finished()
            starts[watcher.states[0]] = None
            seen |= dict.fromkeys(watcher.states)
            for edge in taken:
                edges.setdefault(edge, Counter())[number] += 1
    if not seen:
        raise LensError(
            "no state was recorded: record(CHANNEL_POINTS, watch=CHANNEL_WATCH), both from snippets.lens.figures"
        )
    return Machine(list(seen), list(starts), edges)


def _looked_at(trace: Trace) -> Iterator[tuple[Event, str]]:
    """The calls at which a state is looked at, each with what it means that it was made."""
    for event, inside in with_inside(trace.events):
        if is_channel(event, "lineReceived", "rawDataReceived", "requestDone"):
            yield event, _what(event, inside)


def _what(event: Event, inside: Iterable[Event]) -> str:
    if is_channel(event, "requestDone"):
        return RESPONSE
    if is_channel(event, "lineReceived"):
        what = kind_of_line(event)
    elif channel_state(event)["_handlingRequest"]:
        what = KEPT
    else:
        what = BODY_END if channel_state(event, after=True)["__first_line"] else BODY_PART
    return f"{what}: {REFUSED}" if is_refused(inside) else what


def _state(values: dict[str, Any], refused: bool) -> State:
    return State(
        values["__first_line"],
        values["__header"] != b"",
        values["line_mode"],
        values["_handlingRequest"],
        values.get("transport.disconnecting"),
        refused,
    )


class _Watcher:
    """Follows one channel: its state is looked at when a call begins and when it ends, calls inside it included.

    So a request that is answered while its last line is being received passes through the state in which it was
    handled, as one that is answered later does.
    """

    def __init__(self) -> None:
        self.states: list[State] = []
        self._edges: list[Edge] = []
        self._open: list[tuple[Event, str, int]] = []
        self._refused = False

    def see(self, event: Event, what: str) -> None:
        while self._open and self._open[-1][0].depth >= event.depth:
            self._end()
        self._look(_state(channel_state(event), self._refused))
        self._open.append((event, what, len(self._edges)))

    def finished(self) -> list[Edge]:
        while self._open:
            self._end()
        return self._edges

    def _look(self, state: State) -> None:
        if self.states and self.states[-1] != state:
            what = self._open[-1][1] if self._open else UNSEEN
            self._edges.append(Edge(self.states[-1], state, what))
        self.states.append(state)

    def _end(self) -> None:
        event, what, edges = self._open[-1]
        self._refused = self._refused or what.endswith(REFUSED)
        self._look(_state(channel_state(event, after=True), self._refused))
        self._open.pop()
        if len(self._edges) == edges:
            self._edges.append(Edge(self.states[-1], self.states[-1], what))
