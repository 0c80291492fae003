"""Bytes that arrive, wait in a buffer, are taken and may be given back: what the followers of a connection share."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.kept import Cut

Piece = bytes | Cut  # bytes as a recording keeps them


class Byte(NamedTuple):
    """One byte that a connection received.

    `value` is None where the recording kept only the beginning of a long piece; `kind` is what it was taken for; `run`
    the number of the line or piece that it belongs to; `waited` says how it had to wait before it was taken, "" if it
    had not; `refused` that it was answered with 400 Bad Request.
    """

    value: int | None
    kind: str
    run: int
    waited: str = ""
    refused: bool = False


class Received(NamedTuple):
    """What one connection received: its bytes, and after how many of them each piece but the last one ended."""

    bytes: list[Byte]
    cuts: list[int]


class Stream:
    """Keeps bytes where the code that is followed keeps them: in its buffer, or taken.

    Args:
        left: what a byte is that nothing took.
        advice: what to record, for the complaint that the trace doesn't show all that happened.
    """

    def __init__(self, left: str, advice: str) -> None:
        self._left = left
        self._advice = advice
        self._values: list[int | None] = []
        self._starts: list[int] = []
        self._buffer: deque[int] = deque()
        self._taken: dict[int, tuple[str, int, bool]] = {}
        self._runs = 0
        self.waited: dict[int, str] = {}

    def __len__(self) -> int:
        """How many bytes have arrived."""
        return len(self._values)

    @property
    def waiting(self) -> list[int]:
        """The places of the bytes in the buffer."""
        return list(self._buffer)

    def value(self, place: int) -> int | None:
        """The byte at a place, None if it was not kept."""
        return self._values[place]

    def arrive(self, data: Piece) -> None:
        """A piece has come."""
        self._starts.append(len(self))
        # None for each byte that was not kept.
        self._values += [*head(data), *[None] * (length(data) - len(head(data)))]
        self._buffer.extend(range(self._starts[-1], len(self)))

    def take(self, size: int, kind: str, refused: bool = False) -> list[int]:
        """Take the first `size` bytes out of the buffer, for `kind`, and return their places.

        Raises:
            LensError: the buffer doesn't hold so many.
        """
        if size > len(self._buffer):
            raise self.incomplete()
        places = [self._buffer.popleft() for _ in range(size)]
        self._taken |= dict.fromkeys(places, (kind, self._runs, refused))
        self._runs += 1
        return places

    def give_back(self, places: Iterable[int]) -> None:
        """Bytes that had been taken are in the buffer again."""
        for place in places:
            del self._taken[place]
            self._buffer.append(place)

    def learn(self, places: Iterable[int], values: bytes) -> None:
        """What took the bytes at these places was handed them: fill in what was not kept on arrival.

        Raises:
            LensError: they were others.
        """
        for place, value in zip(places, values, strict=False):
            if self._values[place] not in (None, value):
                raise self.incomplete()
            self._values[place] = value

    def incomplete(self) -> LensError:
        """The complaint that the trace doesn't show all that happened."""
        return LensError(f"some bytes came or went without a call in this trace: {self._advice}")

    def result(self) -> Received:
        """The bytes as they stand now, and where the pieces ended."""
        received = []
        for place, value in enumerate(self._values):
            kind, run, refused = self._taken.get(place, (self._left, self._runs, False))
            received.append(Byte(value, kind, run, self.waited.get(place, ""), refused))
        return Received(received, self._starts[1:])


def watched(event: Event, names: Iterable[str], advice: str, after: bool = False) -> dict[str, Any]:
    """The watched attributes before (or `after`) a call.

    Raises:
        LensError: one of `names` was not watched; `advice` says what to do.
    """
    values = dict(zip(event.point.watched, event.after if after else event.before, strict=False))
    if missing := [name for name in names if name not in values]:
        raise LensError(f"{event.method} was recorded without watching {', '.join(missing)}: {advice}")
    return values


def calls_inside(events: Sequence[Event], place: int) -> Sequence[Event]:
    """The recorded calls inside the one at `place`, however deep."""
    around, end = events[place], place + 1
    while end < len(events) and events[end].depth > around.depth and events[end].thread == around.thread:
        end += 1
    return events[place + 1 : end]


def with_inside(events: Sequence[Event]) -> Iterator[tuple[Event, Sequence[Event]]]:
    """Each event, with the recorded calls inside it."""
    return ((event, calls_inside(events, place)) for place, event in enumerate(events))


def length(data: Piece) -> int:
    """How many bytes a kept argument stands for."""
    return data.length if isinstance(data, Cut) else len(data)


def head(data: Piece) -> bytes:
    """The beginning of a kept argument, as far as it was kept."""
    kept = data.head if isinstance(data, Cut) else data
    assert isinstance(kept, bytes)
    return kept
