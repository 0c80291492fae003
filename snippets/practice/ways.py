"""Holds conversations with a learner's code, in the learner's own process: what came back, step by step."""

import gc
import hashlib
import html
import inspect
import io
import linecache
import re
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import CodeType, ModuleType, TracebackType
from typing import Any, TextIO

Outcome = dict[str, Any]

UNENDED = b" ... (the last chunk has not come)"  # stands behind the data of a chunked body that has no end yet
MOST_PRINTED = 2000  # characters of what the learner's code prints, that are kept
MOST_TOLD = 4000  # bytes of what came in one step, that are told as they are


class Played:
    """What one conversation came to: the outcome of each step, and what went wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.outcomes: list[Outcome] = []
        self.errors: list[Outcome] = []
        self.failures: list[Any] = []  # what Twisted logs meanwhile
        self._heard = 0

    def heard(self) -> None:
        """Keep the failures that were logged since it was last called: so all stands in the order in which it was."""
        for failure in self.failures[self._heard :]:
            self.errors.append(described(failure.value, self.file, failure.getTracebackObject()))
        self._heard = len(self.failures)

    def failed(self, error: BaseException) -> None:
        """Keep an exception: its type, what it says, and the learner's line from which it came."""
        self.errors.append(described(error, self.file))

    def as_dict(self) -> Outcome:
        return {"outcomes": self.outcomes, "errors": self.errors}


def described(error: BaseException, file: str, trace: TracebackType | None = None) -> Outcome:
    """An exception as data, with the last line of the learner's file that it went through."""
    line, text = _own_line(error, trace or error.__traceback__, file)
    says = str(error.msg if isinstance(error, SyntaxError) else error)[:500]
    return {"type": type(error).__name__, "says": says, "line": line, "text": text}


def _own_line(error: BaseException, trace: TracebackType | None, file: str) -> tuple[int | None, str]:
    if isinstance(error, SyntaxError) and error.filename in (file, None):
        return error.lineno, (error.text or "").strip()
    own = [frame for frame in traceback.extract_tb(trace) if frame.filename == file]
    return (own[-1].lineno, own[-1].line or "") if own else (None, "")


class Limited(io.TextIOBase):
    """Keeps the beginning of what is written, and drops the rest."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: MOST_PRINTED - len(self.text)]
        return len(text)


def compiled(source: str, file: str) -> CodeType:
    """A learner's file, ready to be run; its lines are found in tracebacks."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return compile(source, file, "exec", dont_inherit=True)


def load(code: CodeType, file: str) -> dict[str, Any]:
    """Run a learner's file as a module of its own; return its names."""
    module = sys.modules["learner"] = ModuleType("learner")
    module.__file__ = file
    exec(code, module.__dict__)
    return module.__dict__


def play(source: str, file: str, way: str, name: str, talks: list[list[list[Any]]]) -> Outcome:
    """Hold conversations with a learner's file, each with the file run anew; what it raises is told, never raised.

    Args:
        source: the text of the file.
        file: its name, for tracebacks.
        way: as in `snippets.practice.talk.Exercise`.
        name: the class or function to talk to.
        talks: the steps of each conversation.

    Returns:
        what became of each, `talks`; or why the file can't be used, `unusable`; and what was printed.
    """
    printed = Limited()
    with redirect_stdout(printed), redirect_stderr(printed), _warned(file), _slept() as slept:
        try:
            code = compiled(source, file)
            names = load(code, file)
            if name not in names:
                says = f"it doesn't define {name}"
                return {
                    "unusable": {"type": "", "says": says, "line": None, "text": ""},
                    "printed": printed.text,
                }
            found = []
            for number, steps in enumerate(talks):
                if number:
                    with redirect_stdout(Limited()), redirect_stderr(Limited()):  # it has been heard once
                        names = load(code, file)
                found.append(_one(file, _WAYS[way], names, name, steps, slept))
        except (Exception, SystemExit) as error:
            return {"unusable": described(error, file), "printed": printed.text}
    return {"talks": [played.as_dict() for played in found], "printed": printed.text}


def _one(
    file: str,
    way: "Callable[..., Step]",
    names: dict[str, Any],
    name: str,
    steps: list[list[Any]],
    slept: list[float],
) -> Played:
    played = Played(file)
    gc.freeze()  # what is left of the conversations before is not to be looked through again
    with _logged() as failures:
        played.failures = failures
        try:
            step = way(names, name)
            for verb, *args in steps:
                before, known = sum(slept), len(failures)
                outcome = {key: _brief(value) for key, value in step(verb, *args).items()}
                if sum(slept) > before:
                    outcome["slept"] = sum(slept) - before
                if verb in ("wait", "leave"):
                    gc.collect()  # a failed Deferred that nobody asks about is logged when it is thrown away
                    if len(failures) > known:
                        outcome["logged"] = len(failures) - known
                played.heard()
                if (returned := outcome.pop("returned", None)) is not None:
                    played.errors.append({"type": "", "says": returned, "line": None, "text": ""})
                played.outcomes.append(outcome)
        except (Exception, SystemExit) as error:
            played.heard()
            played.failed(error)
    played.heard()
    return played


def _unaddressed(value: bytes) -> bytes:
    return re.sub(rb" at 0x[0-9a-f]+", b" at 0x...", value)


def _brief(value: Any) -> Any:
    """What came, without addresses of objects, which are others each time; of what is long both ends and a digest."""
    if not isinstance(value, bytes):
        return value
    value = _unaddressed(value)
    if len(value) <= MOST_TOLD:
        return value
    digest = hashlib.sha256(value).hexdigest()[:12].encode()
    return b"%b ... %b (%d bytes, digest %b)" % (value[:60], value[-20:], len(value), digest)


Step = Callable[..., Outcome]


@contextmanager
def _warned(own: str) -> Iterator[None]:
    """While it runs, a warning is written with the line of the learner's file, or with none: no path of a package."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        print(f"{category.__name__}: {message}{f' in line {lineno}' if filename == own else ''}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


@contextmanager
def _slept() -> Iterator[list[float]]:
    """While it runs, `time.sleep` does not sleep: it says how long it would have."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(float(seconds))

    before, time.sleep = time.sleep, sleep  # type: ignore[assignment]
    try:
        yield slept
    finally:
        time.sleep = before


@contextmanager
def _logged() -> Iterator[list[Any]]:
    """Keep the exceptions that Twisted logs, in the list that it yields."""
    if "twisted.web" not in sys.modules:
        yield []
        return
    from snippets.lens.logged import logged

    with logged() as failures:
        yield failures
        gc.collect()


def plain(names: dict[str, Any], name: str) -> Step:
    """Calls: functions of the file, or methods of the object that the first call has made."""
    made: list[Any] = []

    def step(verb: str, what: str, args: list[Any] | None = None) -> Outcome:
        owner = made[0] if made and (what.startswith(".") or verb == "look") else None
        found = getattr(owner, what.removeprefix(".")) if owner is not None else names[what]
        if verb == "look":
            return {"value": found}
        value = found(*(args or []))
        if isinstance(found, type):
            made[:] = [value]
            return {"made": what}
        return {"value": list(value) if inspect.isgenerator(value) else value}

    return step


def wired(factory: Any, told: Callable[[bytes], Outcome] = lambda came: {"came": came}) -> Step:
    """Connections in memory, by their names, to one factory; `told` says what came of itself, or when time passed."""
    from snippets.lens.wire import Wire

    wires: dict[str, Wire] = {}

    def step(verb: str, at: str, *args: Any) -> Outcome:
        wire = wires.get(at) or wires.setdefault(at, Wire(factory))
        came = b""
        match verb, *args:
            case "send", pieces:
                came = b"".join(wire.send(piece) for piece in pieces)
                return {"came": came, "closed": wire.closed}
            case ("receive",):
                came = wire.receive()
            case "wait", seconds:
                came = _advance(factory, wire, seconds)
            case "leave", reset:
                wire.disconnect(reset)
                came = wire.receive()
            case "reads", on:
                wire.reading = on
                came = wire.receive()
            case "ask", request, headers:
                return response(wire.send(request), headers) | {"closed": wire.closed}
        return told(came) | {"closed": wire.closed}

    return step


def _advance(factory: Any, wire: Any, seconds: float) -> bytes:
    """Time passes for the site and for the connection, which may have different clocks."""
    clock = getattr(factory, "practice_clock", None)
    if clock is not None:
        clock.advance(seconds)
    came: bytes = wire.advance(seconds)
    return came


def protocol(names: dict[str, Any], name: str) -> Step:
    """A Protocol class, or a function that returns a factory; the function may ask for the `reactor`."""
    from twisted.internet.protocol import Factory
    from twisted.internet.task import Clock

    found = names[name]
    if isinstance(found, type):
        return wired(Factory.forProtocol(found))
    clock = Clock()
    made: Any = found(clock) if "reactor" in inspect.signature(found).parameters else found()
    if not isinstance(made, Factory):
        raise TypeError(f"{name} returned {made!r}, and a Factory is expected")
    vars(made)["practice_clock"] = clock
    return wired(made)


def site(names: dict[str, Any], name: str) -> Step:
    """A Resource class, or a function that returns the root; either may ask for the `reactor`."""
    from twisted.internet.task import Clock
    from twisted.web.server import Site

    clock = Clock()
    found = names[name]
    wants = "reactor" in inspect.signature(found).parameters
    made: Any = Site(found(clock) if wants else found(), reactor=clock)
    made.practice_clock = clock
    return wired(made, lambda came: response(came, []))


def response(data: bytes, headers: list[str]) -> Outcome:
    """The status of a response, the body of a 2xx, and the named headers; what is no response is told as it came.

    Of an error page that Twisted makes of what is no bytes, `returned` is the `repr` of that.
    """
    head, blank, body = data.partition(b"\r\n\r\n")
    line, _, fields = head.partition(b"\r\n")
    parts = line.split(b" ", 2)
    if not blank or not parts[0].startswith(b"HTTP/") or len(parts) < 2:
        return {"came": data}
    told: Outcome = {"status": int(parts[1])}
    named = [field.partition(b":")[::2] for field in fields.split(b"\r\n")]
    for header in headers:
        told[header] = [value.strip() for key, value in named if key.lower() == header.lower().encode()]
    chunked = any(key.lower() == b"transfer-encoding" for key, _ in named)
    if told["status"] == 500 and (returned := re.search(rb"did not return bytes.*Value: <pre>(.*?)</pre>", body, re.S)):
        told["returned"] = html.unescape(_unaddressed(returned[1]).decode(errors="replace"))[:500]
    if told["status"] // 100 == 2:
        told["body"] = _unchunked(body) if chunked else body
    return told


def _unchunked(body: bytes) -> bytes:
    """The data of a chunked body as far as it has come, with a mark where its end is missing."""
    data = b""
    while True:
        size, line, body = body.partition(b"\r\n")
        if not line or not size:
            return data + UNENDED
        length = int(size, 16)
        if not length:
            return data
        data, body = data + body[:length], body[length + 2 :]


_WAYS: dict[str, Callable[[dict[str, Any], str], Step]] = {"plain": plain, "protocol": protocol, "site": site}
