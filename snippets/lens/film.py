"""Steps as plain data for a player: rows, changes and bytes in columns, without a line of Twisted's source.

The format, field by field, is in the README of the lens.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import twisted

from snippets.lens.errors import LensError
from snippets.lens.kept import show
from snippets.lens.lines import Lines, statement_lines
from snippets.lens.path import PATH, lane_of
from snippets.lens.source import reading
from snippets.lens.steps import CALL, LINE, MOST_STEPS, RAISE, RESUME, RETURN, YIELD, Step, Steps, steps
from snippets.lens.wire import Wire, pieces

FORMAT = 1
LETTERS = {CALL: "c", LINE: "l", RETURN: "r", RAISE: "x", YIELD: "y", RESUME: "g"}
LONGEST = 240  # characters of a value

# What a film of a request looks at, unless it is told otherwise.
FUNCTIONS = tuple(step.name for step in PATH)
WATCH = {
    "FileDescriptor": ("connected", "disconnecting", "dataBuffer", "_tempDataBuffer", "offset"),
    "HTTPChannel": (
        *("_buffer", "line_mode", "__first_line", "__header", "length", "persistent", "requests"),
        *("_handlingRequest", "_dataBuffer"),
    ),
    "http.Request": (
        *("method", "uri", "path", "args", "prepath", "postpath", "code", "startedWriting", "sentLength"),
        *("finished", "_disconnected"),
    ),
}


class Exchange(NamedTuple):
    """What went over a connection while steps were recorded.

    `cuts`: after how many bytes of the request each piece but the last one ended. `acts`: what the client did, each
    with the number of steps recorded before: ("send", step, first byte, end), ("advance", step, seconds),
    ("disconnect", step, whether by a reset).
    """

    request: bytes
    cuts: tuple[int, ...]
    response: bytes
    acts: tuple[tuple, ...]


def film(run: Steps, exchange: Exchange | None = None, title: str = "") -> dict[str, Any]:
    """Steps as plain data, which `json.dumps` takes.

    Args:
        run: the steps; with an exchange, `measured` of each are the bytes that had arrived, that waited in a buffer,
            and that were sent.
        exchange: what went over the connection, if that is to be shown.
        title: what to call the film.
    """
    rows, listings, objects, names, values = run.steps, _Numbers(), _Numbers(), _Numbers(), _Numbers()
    functions = [[each.name, listings[each.listing], each.line - each.listed_from] for each in run.functions]
    changes = [
        (at, 1 + objects[holder] if holder else 0, names[name], values[show(value, LONGEST)])
        for at, step in enumerate(rows)
        for holder, name, value in step.changes
    ]
    results = [(at, values[show(step.value, LONGEST)]) for at, step in enumerate(rows) if _has_value(step)]
    made: dict[str, Any] = {
        "format": FORMAT,
        "twisted": twisted.__version__,
        "title": title,
        "stopped": run.stopped,
        "listings": list(listings),
        "functions": functions,
        "calls": run.calls,
        "kinds": "".join(LETTERS[step.kind] for step in rows),
        "call": _differences([step.call for step in rows]),
        "line": [step.line - run.function_of(step).listed_from for step in rows],
        "objects": list(objects),
        "names": list(names),
        "values": list(values),
        "changes": _columns(changes, "holder", "name", "value"),
        "results": _columns(results, "value"),
    }
    return made | {"bytes": _bytes(rows, exchange) if exchange else None}


class _Numbers(dict[str, int]):
    """Numbers texts in the order in which they are met."""

    def __missing__(self, text: str) -> int:
        return self.setdefault(text, len(self))


def _has_value(step: Step) -> bool:
    return step.kind in (RETURN, RAISE, YIELD) or step.value is not None


def _columns(rows: Sequence[tuple], *names: str) -> dict[str, list]:
    """Rows of which each begins with the number of a step, as columns: they take less room so."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(1 + len(names))]
    return {"step": _differences(columns[0])} | dict(zip(names, columns[1:], strict=True))


def _differences(numbers: Sequence[int]) -> list[int]:
    """Each number less the one before it; the first one less 0."""
    return [after - before for before, after in itertools.pairwise([0, *numbers])]


def _bytes(rows: Sequence[Step], exchange: Exchange) -> dict[str, Any]:
    """The bytes, and how many of them had arrived, were consumed and were sent at each step."""
    consumed = _consumed(rows)
    counters = {
        "arrived": [step.measured[0] for step in rows],
        "consumed": consumed,
        "sent": [step.measured[2] for step in rows],
    }
    # Between two calls a line may have read some bytes and not have put them anywhere yet.
    at_calls = [at for at, step in enumerate(rows) if step.kind != LINE]
    moved = {name: _columns(_moved((at, counts[at]) for at in at_calls), "count") for name, counts in counters.items()}
    taken = [(max(at - 1, 0), count) for at, count in _moved(enumerate(consumed))]
    return {
        "request": exchange.request.decode("latin-1"),
        "cuts": list(exchange.cuts),
        "response": exchange.response.decode("latin-1"),
        "acts": [list(act) for act in exchange.acts],
        **moved,
        "taken": _columns(taken, "count"),
    }


def _consumed(rows: Sequence[Step]) -> list[int]:
    """How many bytes are consumed at each step: those that have arrived, and wait nowhere from then on.

    Between a read and the buffer, and between one buffer and another, bytes are on their way and seen nowhere; so at
    each step it is the least of what seems to be consumed then and later.
    """
    seems = [step.measured[0] - step.measured[1] for step in rows]
    return list(itertools.accumulate(reversed(seems), min))[::-1]


def _moved(counts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those at which a count is another than before; it begins with 0."""
    moved, before = [], 0
    for at, count in counts:
        if count != before:
            moved.append((at, count))
        before = count
    return moved


def play_film(
    request: bytes | Sequence[tuple],
    root: object,
    size: int | Iterable[int] | None = None,
    functions: Iterable[str] = FUNCTIONS,
    watch: Any = WATCH,
    limit: int = MOST_STEPS,
    title: str = "",
    **site_options: Any,
) -> dict[str, Any]:
    """Send a request to a site over a `Wire`, and make a film of what it does.

    Args:
        request: the bytes to send; or what the client does, one after another: ("send", bytes) or
            ("send", bytes, size), ("advance", seconds), ("disconnect",) or ("disconnect", True) for a reset.
        root: the root resource of the site, or a factory, as `Wire` takes it.
        size: the pieces to send `request` in, in bytes, as for `Wire.send`.
        functions, watch, limit: as for `steps`.
        title: what to call the film; the first line of the request, if that is left out.
        site_options: as for `Wire`.

    Raises:
        LensError: an act is none of these, or as `Wire` and `steps` say. Nothing is sent then.
    """
    acts = _checked([("send", request, size)] if isinstance(request, bytes) else request)
    wire = Wire(root, **site_options)
    client = _Client(wire)
    with steps(functions, watch, limit=limit, measure=client.measure) as run:
        for kind, argument in acts:
            client.act(kind, argument, len(run))
    exchange = client.exchange()
    return film(run, exchange, title or exchange.request.partition(b"\r\n")[0].decode("latin-1"))


def _checked(acts: Sequence[tuple]) -> list[tuple[str, Any]]:
    """Each act with its argument: the pieces to send, the seconds to wait, whether to reset."""
    if not isinstance(acts, Sequence):
        raise LensError(f"a client sends bytes, or does what a list says, as in [('send', b'...')], not {acts!r}")
    checked: list[tuple[str, Any]] = []
    for act in acts:
        match act:
            case ("send", data, *size) if len(size) < 2:
                checked.append(("send", list(pieces(data, *(size or [None])))))
            case ("advance", int() | float() as seconds) if seconds >= 0:
                checked.append(("advance", seconds))
            case ("disconnect",):
                checked.append(("disconnect", False))
            case ("disconnect", bool() as reset):
                checked.append(("disconnect", reset))
            case _:
                known = '("send", b"...", size), ("advance", seconds) and ("disconnect",)'
                raise LensError(f"a client does {known}, one after another, not {act!r}")
    return checked


class _Client:
    """Does one act after another, and keeps what went over the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._sent = bytearray()
        self._received = bytearray()
        self._ends: list[int] = []
        self._done: list[tuple] = []

    def act(self, kind: str, argument: Any, step: int) -> None:
        """Do what `kind` says, after so many steps."""
        if kind == "send":
            first = len(self._sent)
            for piece in argument:
                self._sent += piece
                self._ends.append(len(self._sent))
                self._received += self._wire.send(piece)
            self._done.append((kind, step, first, len(self._sent)))
            return
        if kind == "advance":
            self._received += self._wire.advance(argument)
        else:
            self._wire.disconnect(argument)
            self._received += self._wire.receive()
        self._done.append((kind, step, argument))

    def measure(self) -> tuple[int, ...]:
        """How many bytes have arrived, how many of them wait in a buffer, and how many were sent."""
        socket = self._wire.socket
        return socket.received, _waiting(self._wire.protocol), socket.sent

    def exchange(self) -> Exchange:
        """What went over the wire."""
        return Exchange(bytes(self._sent), tuple(self._ends[:-1]), bytes(self._received), tuple(self._done))


def _waiting(protocol: object) -> int:
    """How many received bytes are in the buffers of an HTTP connection: of its lines, of pipelining, of chunks."""
    channel = getattr(protocol, "_channel", protocol)
    decoder = getattr(channel, "_transferDecoder", None)
    buffers = [getattr(channel, "_buffer", b""), *getattr(channel, "_dataBuffer", ()), getattr(decoder, "_buffer", b"")]
    return sum(map(len, buffers))


def texts(film: dict[str, Any]) -> list[dict[str, Any]]:
    """The listings of a film, with their notes, read from the installed Twisted: one for each in `listings`.

    Raises:
        LensError: the film is of another Twisted than the one installed.
    """
    if film["twisted"] != twisted.__version__:
        raise LensError(
            f"this film is of Twisted {film['twisted']}, and {twisted.__version__} is installed: make it anew"
        )
    return [_text_of(name) for name in film["listings"]]


def _text_of(name: str) -> dict[str, Any]:
    """One listing; lines are counted from 0, the first one of the function."""
    said = {"name": name, "short": name.partition(":")[2], "lane": lane_of(name)}
    try:
        read = reading(name, Lines())
    except LensError as error:  # a class inside a function can't be found by its name
        return said | {"missing": str(error)}
    first, statements = read.function.first, statement_lines(read.function.code)
    folds = {(row.fold.start - first, row.fold.stop - first) for row in read.rows if row.fold}
    return said | {
        "file": read.function.module_path,
        "first": first,
        "link": read.function.link,
        "purpose": read.purpose_html,
        "lines": read.text.split("\n"),
        "statements": [statements[row.number] - first if row.lit is not None else None for row in read.rows],
        "folds": sorted(map(list, folds)),
        "notes": [[row.number - first, note.html] for row in read.rows for note in row.notes],
    }
