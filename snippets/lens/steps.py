"""The ordered log of what chosen functions did while a block ran: calls, lines, returns, and what each step changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import NamedTuple

from snippets.lens.changes import Change, Objects, Seen, argument_count, local_names
from snippets.lens.errors import LensError
from snippets.lens.execution import Visits, Watched, following
from snippets.lens.kept import MISSING, raised
from snippets.lens.lines import definition, nested_code, statement_lines
from snippets.lens.names import function_in, listed, locate
from snippets.lens.patches import owners_of
from snippets.lens.trace import watched_classes

MOST_STEPS = 20_000

CALL, LINE, RETURN, RAISE, YIELD, RESUME = "call", "line", "return", "raise", "yield", "resume"


class Stepped(NamedTuple):
    """A function that was called: its full name, and its first line in its file.

    `listing` and `listed_from` are the same of the function that it is shown in: itself, or the one that it is inside.
    """

    name: str
    line: int
    listing: str
    listed_from: int


class Step(NamedTuple):
    """One step.

    `kind` is CALL, LINE (about to run this line), RETURN, RAISE (an exception leaves the function), YIELD or RESUME.
    `call` is the number of the call, from 0; `line` the number of the line in its file: of a call the first one of the
    function, else the statement that it is at. `changes` is what the step before did: to the local variables since the
    last step of the same call, and to the watched attributes since the last step of any. `value` is what was returned,
    raised, yielded or thrown in; else None. `measured` is what `measure` said.
    """

    kind: str
    call: int
    line: int
    changes: tuple[Change, ...]
    value: object
    measured: tuple[int, ...]


class Steps:
    """What was recorded: the `steps`; the `functions` in the order of their first calls; of each call its function.

    `calls[step.call]` is the number of a function in `functions`. `stopped`: the limit was reached, and what came after
    it is not here.
    """

    def __init__(self) -> None:
        self._rows: list[tuple] = []
        self.functions: list[Stepped] = []
        self.calls: list[int] = []
        self.stopped = False

    @property
    def steps(self) -> list[Step]:
        """The steps in their order."""
        return [Step(*row) for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def function_of(self, step: Step) -> Stepped:
        """The function that a step is in."""
        return self.functions[self.calls[step.call]]

    def __repr__(self) -> str:
        stopped = ", where it stopped: that is its limit" if self.stopped else ""
        return f"<Steps: {len(self)} steps in {len(self.calls)} calls of {len(self.functions)} functions{stopped}>"


@contextmanager
def steps(
    names: Iterable[str],
    watch: Mapping[str, Iterable[str]] | None = None,
    variables: bool = True,
    limit: int = MOST_STEPS,
    measure: Callable[[], tuple[int, ...]] | None = None,
) -> Iterator[Steps]:
    """Record what some functions do, line by line, while the block runs.

    A method is followed in its class and in every loaded subclass that overrides it in Python. Only what the thread
    that entered the block runs is recorded, and of a call that was running before, nothing. A line is a statement, as
    `snippets.lens.lines` counts them. Values are kept as `record` keeps them; before Python 3.12 another tracer (a
    debugger, a coverage measurement) is set aside in this thread while the block runs. While an asynchronous
    comprehension waits, a local variable of the same name as one of its own shows that one's value from Python 3.12 on.

    Args:
        names: names of functions, as `snippets.lens.names.locate` takes them.
        watch: class name -> attributes to look at, as for `record`. Looked at are the objects that were an argument of
            a recorded call, for as long as they live.
        variables: whether to look at local variables; that takes most of the time, if nothing is watched.
        limit: the most steps to record; after them recording stops, and `stopped` is True.
        measure: is asked at each step for numbers to keep with it.

    Yields:
        the `Steps`, which fill while the block runs.

    Raises:
        LensError: a function or a class is not found, a function has no source, or `limit` is less than 1.
    """
    if not isinstance(limit, int) or limit < 1:
        raise LensError(f"the limit is a number of steps of at least 1, not {limit!r}")
    run = Steps()
    log = _Log(*_followed(listed(names)), run, Objects(watched_classes(watch or {})), variables, limit, measure)
    try:
        with following(log, __name__):
            yield run
    finally:
        log.end()


def _followed(names: tuple[str, ...]) -> tuple[dict[int, Watched], dict[int, Stepped]]:
    """The code of the functions, of those that override them, and of those inside; what each is called."""
    watched: dict[int, Watched] = {}
    stepped: dict[int, Stepped] = {}
    for name, outer in _outer_codes(names).items():
        statements = statement_lines(outer)
        for code in nested_code(outer):
            if id(code) not in watched:
                watched[id(code)] = Watched(code, (name,), statements, code.co_code)
                inner = code.co_qualname.removeprefix(outer.co_qualname)
                stepped[id(code)] = Stepped(name + inner, code.co_firstlineno, name, outer.co_firstlineno)
    return watched, stepped


def _outer_codes(names: tuple[str, ...]) -> dict[str, CodeType]:
    """The code of the functions by their full names, and of those of loaded subclasses that override them."""
    codes: dict[str, CodeType] = {}
    for place in map(locate, names):
        if place.function is None:
            raise LensError(f"{place.name} has no lines of its own: what runs is looked up in another object")
        codes[place.name] = place.function.__code__
        for owner in owners_of(place)[1:]:
            assert isinstance(owner, type)
            overriding = function_in(vars(owner)[place.attribute], place.part)
            if overriding is not None and _has_lines(overriding.__code__):
                codes[f"{owner.__module__}:{owner.__qualname__}.{place.attribute}"] = overriding.__code__
    return codes


def _has_lines(code: CodeType) -> bool:
    try:
        return bool(definition(code))
    except LensError:  # a class made at run time, which nobody asked for
        return False


class _Call:
    """A call that has not ended, at a line, with no number until it has a step. `waits`: it waits after a yield."""

    __slots__ = ("code", "line", "number", "seen", "thrown", "waits")

    def __init__(self, code: CodeType, names: tuple[str, ...], line: int) -> None:
        self.number: int | None = None
        self.code = code
        self.line = line
        self.seen = Seen(None, names)
        self.waits = True
        self.thrown: BaseException | None = None  # what was thrown into it, and is still to be told


class _Log(Visits):
    """Writes the steps down."""

    with_ends = True

    def __init__(
        self,
        watched: dict[int, Watched],
        stepped: dict[int, Stepped],
        run: Steps,
        objects: Objects,
        variables: bool,
        limit: int,
        measure: Callable[[], tuple[int, ...]] | None,
    ) -> None:
        super().__init__(watched)
        self._stepped = stepped
        self._run, self._objects, self._limit, self._measure = run, objects, limit, measure
        self._numbers: dict[int, int] = {}  # of functions, by the identity of their code
        self._calls: dict[int, _Call] = {}  # by the identity of their frames
        self._names = {key: local_names(each.code) if variables else () for key, each in watched.items()}
        self._rows = run._rows
        self._looks = variables or bool(objects.watched)
        self._is_full = self._ended = False

    def end(self) -> None:
        """The block has ended, and what still runs is not told: nothing is held any more."""
        self._is_full = self._ended = True
        self._calls.clear()
        self._objects.forget()

    def began(self, frame: FrameType) -> None:
        super().began(frame)
        if self._is_full:
            self._stop()
        else:
            call = self._new_call(frame)
            call.waits = False
            self._number(frame, call)
            self._write(frame, call, CALL)

    def visit(self, frame: FrameType, statement: int) -> None:
        if self._is_full:
            self._stop()
            return
        call = self._calls.get(id(frame)) or self._new_call(frame)
        if call.waits:
            self._go_on(frame, call)
        call.line = statement
        self._write(frame, call, LINE)

    def resume(self, frame: FrameType, thrown: BaseException | None) -> None:
        if self._is_full:
            self._stop()
            return
        call = self._calls.get(id(frame))
        if call is None or call.code is not frame.f_code:
            call = self._new_call(frame)
        call.thrown = thrown
        if isinstance(thrown, GeneratorExit):
            call.waits = True  # until something runs: some Pythons don't tell, if nothing does
        else:
            self._go_on(frame, call)

    def leave(self, frame: FrameType, how: str, value: object) -> None:
        if self._is_full:
            self._stop()
            return
        call = self._calls.get(id(frame)) or self._new_call(frame)
        if not (call.waits and how == RAISE and value is call.thrown):
            if call.waits:
                self._go_on(frame, call)
            kept = raised(value) if how == RAISE and isinstance(value, BaseException) else self._objects.keep(value)
            self._write(frame, call, how, kept)
        call.waits, call.thrown = how == YIELD, None
        if not call.waits:
            self._calls.pop(id(frame), None)

    def _stop(self) -> None:
        """Another step would be one too many."""
        if not self._ended:
            self._run.stopped = True
            self.end()

    def _new_call(self, frame: FrameType) -> _Call:
        """The call of a frame that is not known: a generator that waited when the block began, unless it begins."""
        code, line = frame.f_code, frame.f_lineno
        line = self.watched[id(code)].statements.get(line, line)
        call = self._calls[id(frame)] = _Call(code, self._names[id(code)], line)
        return call

    def _number(self, frame: FrameType, call: _Call) -> None:
        """Number a call, and its function, if it is the first one of that."""
        code, run = frame.f_code, self._run
        number = self._numbers.get(id(code))
        if number is None:
            number = self._numbers[id(code)] = len(run.functions)
            run.functions.append(self._stepped[id(code)])
        call.number = len(run.calls)
        run.calls.append(number)
        if self._objects.watched:
            self._objects.meet(map(frame.f_locals.get, code.co_varnames[: argument_count(code)]))

    def _go_on(self, frame: FrameType, call: _Call) -> None:
        # When what it waited for has ended, not every Python tells that it goes on, or all say so by this exception.
        thrown = None if call.thrown is None or isinstance(call.thrown, StopIteration) else raised(call.thrown)
        call.waits, call.thrown = False, None
        if call.number is None:
            self._number(frame, call)
        self._write(frame, call, RESUME, thrown)

    def _write(self, frame: FrameType, call: _Call, kind: str, value: object = None) -> None:
        if self._is_full:
            self._stop()
            return
        changes = self._changes(frame, call) if self._looks else ()
        measured = self._measure() if self._measure else ()
        self._rows.append((kind, call.number, call.line, changes, value, measured))
        if len(self._rows) == self._limit:
            self._is_full = True

    def _changes(self, frame: FrameType, call: _Call) -> tuple[Change, ...]:
        changes: list[Change] = []
        if call.seen.names:
            get = frame.f_locals.get
            self._objects.compare(call.seen, [get(name, MISSING) for name in call.seen.names], changes)
        self._objects.look(changes)
        return tuple(changes)
