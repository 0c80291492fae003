"""The byte ribbon of a chunked body: which state of the decoder took each byte."""

from collections import deque
from itertools import pairwise
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import PURPLE, SKY, WHITE, YELLOW, Fill
from snippets.lens.figures.parsing import all_watched, kept_values
from snippets.lens.figures.picture import Picture, drawn
from snippets.lens.figures.ribbon import Look, draw_pieces
from snippets.lens.trace import Event, Trace

_DECODER = "twisted.web.http:_ChunkedTransferDecoder."
_RECEIVED = _DECODER + "dataReceived"
_STATE = _DECODER + "_dataReceived_"

# What to record, and what to watch, for `chunk_ribbon`.
CHUNK_POINTS = (_RECEIVED, *(_STATE + state for state in ("CHUNK_LENGTH", "BODY", "CRLF", "TRAILER")))
CHUNK_WATCH = {"_ChunkedTransferDecoder": ("state", "length")}

SIZE = "CHUNK_LENGTH: size and extensions"
DATA = "BODY: data"
LINE_END = "CRLF: end of a chunk"
TRAILER = "TRAILER: trailer, or the empty line at the end"
AFTER = "after the body"
LEFT = "waits in the buffer"

LOOK = Look(
    {
        SIZE: Fill(YELLOW),
        DATA: Fill(PURPLE, "...."),
        LINE_END: Fill(SKY, "||||"),
        TRAILER: Fill(SKY, "////"),
        AFTER: Fill("#CCCCCC", "\\\\\\\\"),
        LEFT: Fill(WHITE),
    },
    {},
    lambda byte: "",
)
_KINDS = {"CHUNK_LENGTH": SIZE, "BODY": DATA, "CRLF": LINE_END, "TRAILER": TRAILER}

_ADVICE = (
    "record(CHUNK_POINTS, watch=CHUNK_WATCH), both from snippets.lens.figures, and enter it before the first chunk"
)


class ChunkByte(NamedTuple):
    """One byte that a decoder received: which state took it (`kind`), and in which call (`run`).

    `value` is None where the recording kept only the beginning of a long piece; `refused` says that the state found it
    malformed, and the channel answered with 400. `waited` is never true.
    """

    value: int | None
    kind: str
    run: int
    refused: bool
    waited: bool = False


@drawn
def chunk_ribbon(trace: Trace) -> Picture:
    """Draw the bytes that one chunked decoder received: which state took each, and where the pieces ended.

    Args:
        trace: one chunked body, recorded with `record(CHUNK_POINTS, watch=CHUNK_WATCH)`, from its first byte.

    Raises:
        LensError: the trace lacks a call or an attribute that tells, or shows another number of bodies than one.
    """
    found, cuts = received_chunks(trace)
    notes = [f"{refused:,} bytes were answered with 400"] if (refused := sum(byte.refused for byte in found)) else []
    return draw_pieces(found, cuts, LOOK, notes)


def received_chunks(trace: Trace) -> tuple[list[ChunkByte], list[int]]:
    """Follow every byte to the state that took it; also, after how many bytes each piece but the last one ended.

    Raises:
        LensError: as `chunk_ribbon`.
    """
    events = [event for event in trace.events if event.name in CHUNK_POINTS]
    bodies = {event.receiver for event in events if event.name == _RECEIVED}
    if len(bodies) != 1:
        raise LensError(f"a ribbon shows one chunked body, and this trace has {len(bodies)}: {_ADVICE}")
    follower = _Follower()
    for event in events:
        if event.name == _RECEIVED:
            follower.arrive(event.args[1])
        else:
            follower.see(event)
    return follower.result()


class _Follower:
    """Keeps the bytes where the decoder keeps them: in its `_buffer`, or taken."""

    def __init__(self) -> None:
        self._values: list[int | None] = []
        self._cuts: list[int] = []
        self._buffer: deque[int] = deque()
        self._taken: dict[int, tuple[str, int, bool]] = {}
        self._runs = 0

    def arrive(self, data: object) -> None:
        """A piece has come."""
        start = len(self._values)
        self._values += kept_values(data)
        self._buffer.extend(range(start, len(self._values)))
        self._cuts.append(start)

    def see(self, event: Event) -> None:
        """Follow one call of a state, by what it returned and what it made of the watched attributes."""
        state, wanted = _watched(event)
        after, _ = _watched(event, after=True)
        kind = _KINDS[state]
        if event.raised:
            self._take(len(self._buffer), kind, refused=True)
        elif state == "BODY":
            self._take(min(wanted, len(self._buffer)), kind)
        elif after == "FINISHED":
            self._take(2, kind)
            self._take(len(self._buffer), AFTER)
        elif event.result:
            self._take(2 if state == "CRLF" else self._line(), kind)

    def _line(self) -> int:
        """The length of the first line in the buffer, its CRLF included."""
        values = [self._values[place] for place in self._buffer]
        for end, pair in enumerate(pairwise(values), 2):
            if pair == (0x0D, 0x0A):
                return end
        raise LensError(f"the end of a line is not in what was kept of a long piece: send smaller ones, and {_ADVICE}")

    def _take(self, size: int, kind: str, refused: bool = False) -> None:
        if size > len(self._buffer):
            raise LensError(f"more bytes were taken than had come in: {_ADVICE}")
        places = [self._buffer.popleft() for _ in range(size)]
        self._taken |= dict.fromkeys(places, (kind, self._runs, refused))
        self._runs += 1

    def result(self) -> tuple[list[ChunkByte], list[int]]:
        """The bytes, and where the pieces ended."""
        left = (LEFT, self._runs, False)
        found = [ChunkByte(value, *self._taken.get(place, left)) for place, value in enumerate(self._values)]
        return found, self._cuts[1:]


def _watched(event: Event, after: bool = False) -> tuple[object, object]:
    found = all_watched(event, CHUNK_WATCH["_ChunkedTransferDecoder"], _ADVICE, after)
    return found["state"], found["length"]
