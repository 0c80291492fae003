"""Which state of a chunked decoder took each byte of a body: read from a trace."""

from itertools import pairwise

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import Received, Stream, watched
from snippets.lens.trace import Trace

_DECODER = "twisted.web.http:_ChunkedTransferDecoder."
_RECEIVED = _DECODER + "dataReceived"
_STATE = _DECODER + "_dataReceived_"

# What to record, and what to watch, for `received_chunks`.
CHUNK_POINTS = (_RECEIVED, *(_STATE + state for state in ("CHUNK_LENGTH", "BODY", "CRLF", "TRAILER")))
CHUNK_WATCH = {"_ChunkedTransferDecoder": ("state", "length")}

SIZE = "CHUNK_LENGTH: size and extensions"
DATA = "BODY: data"
LINE_END = "CRLF: end of a chunk"
TRAILER = "TRAILER: trailer, or the empty line at the end"
AFTER = "after the body"
LEFT = "waits in the buffer"
_KINDS = {"CHUNK_LENGTH": SIZE, "BODY": DATA, "CRLF": LINE_END, "TRAILER": TRAILER}

_ADVICE = (
    "record(CHUNK_POINTS, watch=CHUNK_WATCH), both from snippets.lens.figures, and enter it before the first chunk"
)


def received_chunks(trace: Trace) -> Received:
    """Follow every byte of one chunked body to the state that took it.

    A byte is `refused` whose state found it malformed, so that the channel answered with 400.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or shows another number of bodies than one.
    """
    events = [event for event in trace.events if event.name in CHUNK_POINTS]
    bodies = {event.receiver for event in events if event.name == _RECEIVED}
    if len(bodies) != 1:
        raise LensError(f"a ribbon shows one chunked body, and this trace has {len(bodies)}: {_ADVICE}")
    stream = Stream(LEFT, _ADVICE)
    for event in events:
        if event.name == _RECEIVED:
            stream.arrive(event.args[1])
        else:
            _see(stream, event)
    return stream.result()


def _see(stream: Stream, event: Event) -> None:
    """Follow one call of a state, by what it returned and what it made of the watched attributes."""
    state, wanted = _decoder_state(event)
    after, _ = _decoder_state(event, after=True)
    kind, waiting = _KINDS[state], len(stream.waiting)
    if event.raised:
        stream.take(waiting, kind, refused=True)
    elif state == "BODY":
        stream.take(min(wanted, waiting), kind)
    elif after == "FINISHED":
        stream.take(2, kind)
        stream.take(waiting - 2, AFTER)
    elif event.result:
        stream.take(2 if state == "CRLF" else _first_line(stream), kind)


def _first_line(stream: Stream) -> int:
    """The length of the first line in the buffer, its CRLF included."""
    values = [stream.value(place) for place in stream.waiting]
    for end, pair in enumerate(pairwise(values), 2):
        if pair == (0x0D, 0x0A):
            return end
    raise LensError(f"the end of a line is not in what was kept of a long piece: send smaller ones, and {_ADVICE}")


def _decoder_state(event: Event, after: bool = False) -> tuple[str, int]:
    """The state that a decoder was in, and how much of the chunk was still to come."""
    values = watched(event, CHUNK_WATCH["_ChunkedTransferDecoder"], _ADVICE, after)
    return values["state"], values["length"]
