"""What HTTPChannel took the bytes for that it was handed: read from a trace, not from the bytes."""

from collections import deque
from collections.abc import Iterable
from typing import Any

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import Received, Stream, head, length, watched, with_inside
from snippets.lens.kept import Cut
from snippets.lens.trace import Trace

_CHANNEL = "twisted.web.http:HTTPChannel."

# What to record, and what to watch, for `received` and `machine`.
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
_RECORD = "record(CHANNEL_POINTS, watch=CHANNEL_WATCH), both from snippets.lens.figures"
_ADVICE = f"{_RECORD}, and enter it before the first byte is sent"

REQUEST_LINE = "request line"
HEADER = "header line"
FOLDED = "folded header line"
END = "empty line: end of headers"
EARLY = "empty line before the request line"
BODY = "body"
KEPT_BACK = "kept back while a request is handled"
UNPARSED = "not parsed: left in the buffer"
WAITED = "had been kept back first"


def is_channel(event: Event, *methods: str) -> bool:
    """Is this a call of one of HTTPChannel's own methods `methods`?"""
    return event.name.startswith(_CHANNEL) and event.name.removeprefix(_CHANNEL) in methods


def channel_state(event: Event, after: bool = False) -> dict[str, Any]:
    """The watched attributes of a channel before (or `after`) a call.

    Raises:
        LensError: one that tells what the channel takes bytes for was not watched.
    """
    return watched(event, _NEEDED, _RECORD, after)


def kind_of_line(event: Event) -> str:
    """What a call of HTTPChannel.lineReceived took its line for (twisted.web.http:HTTPChannel.lineReceived)."""
    line, first = head(event.args[1]), channel_state(event)["__first_line"]
    if first:
        # One empty line is eaten; then the attribute is 2, and a second one is parsed as a request line.
        return EARLY if not line and first == 1 else REQUEST_LINE
    if not line:
        return END
    return FOLDED if line[0] in b" \t" else HEADER


def is_refused(inside: Iterable[Event]) -> bool:
    """Is one of the calls inside a call the answer 400 Bad Request?"""
    return any(is_channel(call, "_respondToBadRequestAndDisconnect") for call in inside)


def received(trace: Trace) -> Received:
    """Follow every byte of a connection to the call that consumed it.

    Raises:
        LensError: the trace shows no byte, not all of what happened to them, or more than one connection.
    """
    events = [event for event in trace.events if event.name.startswith(_CHANNEL)]
    channels = {event.receiver for event in events if is_channel(event, "dataReceived")}
    if not channels:
        raise LensError(f"this trace shows no byte being received: {_ADVICE}")
    if len(channels) > 1:
        raise LensError(f"this trace has {len(channels)} connections; record one connection for a ribbon")
    follower = _Follower()
    for event, inside in with_inside(events):
        follower.see(event, inside)
    return follower.stream.result()


class _Follower:
    """Keeps the bytes where Twisted keeps them: LineReceiver's `_buffer`, HTTPChannel's `_dataBuffer`, or consumed."""

    def __init__(self) -> None:
        self.stream = Stream(UNPARSED, _ADVICE)
        self._kept_back: deque[int] = deque()

    def see(self, event: Event, inside: Iterable[Event]) -> None:
        """Follow one call of HTTPChannel; the calls come in the order in which they began."""
        if is_channel(event, "dataReceived"):
            # What was kept back is received a second time, from requestDone through setLineMode.
            if event.caller.function == "LineReceiver.setLineMode":
                self._return(length(event.args[1]))
            else:
                self.stream.arrive(event.args[1])
        elif is_channel(event, "lineReceived"):
            line = event.args[1]
            places = self.stream.take(length(line) + 2, kind_of_line(event), is_refused(inside))
            self.stream.learn(places, head(line) + (b"" if isinstance(line, Cut) else b"\r\n"))
        elif is_channel(event, "rawDataReceived"):
            self._take_raw(event, inside)

    def _take_raw(self, event: Event, inside: Iterable[Event]) -> None:
        data = event.args[1]
        body = 0 if channel_state(event)["_handlingRequest"] else length(data) - _beyond_body(event, inside)
        places = self.stream.take(body, BODY, is_refused(inside))
        beyond = self.stream.take(length(data) - body, KEPT_BACK)
        self.stream.learn(places + beyond, head(data))
        self._kept_back.extend(beyond)
        self.stream.waited |= dict.fromkeys(beyond, WAITED)

    def _return(self, size: int) -> None:
        if size > len(self._kept_back):
            raise self.stream.incomplete()
        self.stream.give_back([self._kept_back.popleft() for _ in range(size)])


def _beyond_body(event: Event, inside: Iterable[Event]) -> int:
    """How many bytes of a raw piece came after the end of the body."""
    if channel_state(event)["__first_line"] == channel_state(event, after=True)["__first_line"]:
        return 0
    for call in inside:
        if is_channel(call, "_finishRequestBody"):
            return length(call.args[1])
    raise LensError(
        "where the body ended isn't in this trace: record HTTPChannel._finishRequestBody too, "
        "as CHANNEL_POINTS from snippets.lens.figures does"
    )
