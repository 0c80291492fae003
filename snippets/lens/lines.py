"""Which lines of chosen functions ran while a block was running, and how often."""

import ast
import dis
import functools
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import get_ident
from types import CodeType, FrameType
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.names import listed, locate


class Lines:
    """Line counts: `counts[function][line]`, functions by full name, lines as they are numbered in the file.

    What is counted is statements: how often control came to a statement from another one, or began there. A
    statement written over three lines is counted once a visit, at its first line, and the other two are lit with it.
    A loop written on one line, or a comprehension, is one visit, however often it goes round.
    """

    def __init__(self, counts: Mapping[str, Counter[int]] | None = None) -> None:
        self.counts: dict[str, Counter[int]] = {name: Counter(lines) for name, lines in (counts or {}).items()}

    def of(self, name: str) -> dict[int, int]:
        """Line -> count for one function; empty if no line of it ran."""
        return dict(sorted(self.counts.get(locate(name).name, Counter()).items()))

    def __add__(self, other: "Lines") -> "Lines":
        """The counts of two runs together."""
        names = self.counts.keys() | other.counts.keys()
        empty: Counter[int] = Counter()
        return Lines({name: self.counts.get(name, empty) + other.counts.get(name, empty) for name in sorted(names)})

    def __repr__(self) -> str:
        ran = {name.partition(":")[2]: len(lines) for name, lines in self.counts.items() if lines}
        return f"<Lines: {', '.join(f'{name} {count}' for name, count in ran.items()) or 'nothing ran'}>"


@contextmanager
def lines(names: Iterable[str]) -> Iterator[Lines]:
    """Count the lines of some functions while the block runs.

    Only what the thread that entered the block runs is counted, and of a call that was running before, nothing. Before
    Python 3.12 another tracer (a debugger, a coverage measurement) is set aside in this thread while the block runs.

    Args:
        names: names of functions, as `snippets.lens.names.locate` takes them.

    Yields:
        the `Lines`; its counts are there when the block has ended.

    Raises:
        LensError: a function is not found, or has no source.
    """
    run = Lines()
    watched: dict[int, _Watched] = {}
    for place in map(locate, listed(names)):
        run.counts[place.name] = Counter()
        if place.function is None:
            raise LensError(f"{place.name} has no lines of its own: what runs is looked up in another object")
        statements = statement_lines(place.function.__code__)
        for code in nested_code(place.function.__code__):
            before = watched.get(id(code)) or _Watched(code, (), statements, code.co_code)
            watched[id(code)] = before._replace(names=(*dict.fromkeys((*before.names, place.name)),))
    visits = _Visits(watched)
    try:
        with _counting(visits):
            yield run
    finally:
        for (key, line), times in visits.counts.items():
            for name in watched[key].names:
                run.counts[name][line] += times


# From Python 3.12 on, all but the last run in the frame around them: so they are counted with their statement.
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def nested_code(code: CodeType) -> list[CodeType]:
    """A code object and those of the functions and lambdas inside it, however deep; comprehensions are left out."""
    inner = [deeper for const in code.co_consts if isinstance(const, CodeType) for deeper in nested_code(const)]
    return inner if code.co_name in _COMPREHENSIONS else [code, *inner]


class Definition(NamedTuple):
    """A function or a lambda as its file has it: its syntax, and the lines of the file."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    file_lines: list[str]


def definition(code: CodeType) -> Definition:
    """Where the function that `code` belongs to is written.

    Raises:
        LensError: the source is not to be had, or has changed since it was imported.
    """
    return _definition(code, code.co_filename)  # code that reads the same in two files is equal


@functools.cache
def _definition(code: CodeType, file: str) -> Definition:
    try:
        file_lines, _ = inspect.findsource(code)
        node = _definitions("".join(file_lines)).get((code.co_name, code.co_firstlineno))
    except OSError as error:
        raise LensError(f"{code.co_qualname} has no source to show or to count: it was made at run time") from error
    except (SyntaxError, ValueError):
        node = None
    if node is None:
        raise LensError(f"{code.co_qualname} has moved in {file} since it was imported: start Python anew")
    return Definition(node, file_lines)


@functools.cache
def _definitions(source: str) -> dict[tuple[str, int], ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    """The functions of a file by name and first line: by the same that their code objects know."""
    nodes = ast.walk(ast.parse(source))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    # From the inside out: of lambdas that begin on one line, the one around the others has it.
    return {(getattr(node, "name", "<lambda>"), first_line(node)): node for node in reversed(functions)}


def statement_lines(code: CodeType) -> dict[int, int]:
    """Line -> first line of its statement, for every line of the function.

    Of a compound statement only the head (an `if` with its test) is the statement; its body holds its own. Interpreters
    differ in how often they report the lines inside one statement, but not in when they come to it.

    Raises:
        LensError: the source is not to be had, or has changed since it was imported.
    """
    function = definition(code).node
    starts: dict[int, int] = {}
    for node in ast.walk(function):
        if node is function or isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            start = first_line(node)
            starts |= dict.fromkeys(range(start, _end_of_head(node) + 1), start)
    return starts


def deciding_lines(code: CodeType) -> dict[int, int]:
    """First line of a statement -> that of the one around it, whose head decided that control came to it."""
    around: dict[int, int] = {}
    waiting: list[tuple[ast.AST, int | None]] = [(definition(code).node, None)]
    while waiting:
        node, head = waiting.pop()
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and head is not None:
            around[first_line(node)] = head
        if isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While | ast.match_case):
            head = first_line(node)
        waiting += [(child, head) for child in ast.iter_child_nodes(node)]
    return around


def first_line(node: ast.AST) -> int:
    """The number of the line on which a statement, a part of one or a lambda begins; decorators are part of it."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return min(each.lineno for each in [node, *getattr(node, "decorator_list", [])])


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def _end_of_head(node: ast.AST) -> int:
    """The last line of a statement, or of the head of a compound one: a comment before its body is not part of it."""
    blocks = [inner for name in _BLOCKS if isinstance(block := getattr(node, name, None), list) for inner in block]
    head = [node] if not blocks else [child for child in ast.iter_child_nodes(node) if child not in blocks]
    ends = [inner.end_lineno for child in head for inner in ast.walk(child) if hasattr(inner, "end_lineno")]
    return max([first_line(node), getattr(node, "lineno", 0), *ends])


class _Watched(NamedTuple):
    """A code object to watch, the functions that it is counted for, its statements, and its bytecode.

    `co_code` makes a copy each time it is asked for, and before Python 3.12 it is looked at for every line that runs.
    """

    code: CodeType
    names: tuple[str, ...]
    statements: dict[int, int]
    bytecode: bytes


class _Visits:
    """Counts visits to statements, frame by frame."""

    def __init__(self, watched: dict[int, _Watched]) -> None:
        self.watched = watched  # by the identity of the code: two functions that read the same have equal code
        self.counts: Counter[tuple[int, int]] = Counter()
        self._last: dict[int, int] = {}
        self._running = {id(frame) for frame in _frames(sys._getframe()) if id(frame.f_code) in watched}

    def begin(self, frame: FrameType) -> None:
        """Note that a call began; a generator that goes on does not begin again."""
        self._last.pop(id(frame), None)
        self._running.discard(id(frame))

    def visit(self, frame: FrameType, line: int) -> None:
        """Note that `line` was reached."""
        code = frame.f_code
        statement = self.watched[id(code)].statements.get(line, line)
        if self._last.get(id(frame)) == statement or id(frame) in self._running:
            return
        self._last[id(frame)] = statement
        # The body of a class begins at its head, where control already is.
        if code.co_flags & inspect.CO_NEWLOCALS or line != code.co_firstlineno:
            self.counts[id(code), statement] += 1


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


class _Tracer:
    """What `sys.settrace` is given; it tells the tracer of a block around its own, too."""

    def __init__(self, visits: _Visits, outer: "_Tracer | None") -> None:
        self._visits = visits
        self._outer = outer

    def __call__(self, frame: FrameType, event: str, arg: object) -> Callable | None:
        outer = self._outer(frame, event, arg) if self._outer else None
        watched = self._visits.watched.get(id(frame.f_code))
        if watched is None:
            return outer
        if _begins(frame, watched.bytecode):
            self._visits.begin(frame)

        def on_line(frame: FrameType, event: str, arg: object) -> Callable:
            if outer is not None:
                outer(frame, event, arg)
            if event == "line" and not _cleans_up(frame, watched.bytecode):
                self._visits.visit(frame, frame.f_lineno)
            return on_line

        return on_line


_RERAISE = bytes([dis.opmap["RERAISE"]])
_LEAVING = bytes([dis.opmap["COPY"], dis.opmap["POP_EXCEPT"]])


def _begins(frame: FrameType, bytecode: bytes) -> bool:
    """Does the call begin here, or does a generator go on?"""
    operation, argument = bytecode[frame.f_lasti : frame.f_lasti + 2]
    return (operation, argument) == (dis.opmap["RESUME"], 0)


def _cleans_up(frame: FrameType, bytecode: bytes) -> bool:
    """Is an exception only leaving a `finally` or an `except` here?

    Python 3.11 reports the last line that it compiled for the instructions that see to it; later versions report none.
    (A `pass` that ends a `finally` is compiled to no more than these, and so is lost in 3.11 after an exception.)
    """
    operations = bytecode[frame.f_lasti : frame.f_lasti + 3 : 2]
    return operations == _LEAVING or operations[:1] == _RERAISE


@contextmanager
def _traced(visits: _Visits) -> Iterator[None]:
    """Count by `sys.settrace` (before Python 3.12)."""
    before = sys.gettrace()
    tracer = _Tracer(visits, before if isinstance(before, _Tracer) else None)
    sys.settrace(tracer)
    try:
        yield
    finally:
        if sys.gettrace() is tracer:
            sys.settrace(before)


if sys.version_info >= (3, 12):

    @contextmanager
    def _counting(visits: _Visits) -> Iterator[None]:
        """Count by `sys.monitoring`: only the chosen code objects pay for it."""
        thread, monitoring = get_ident(), sys.monitoring

        def on_start(code: CodeType, offset: int) -> None:
            if get_ident() == thread:
                visits.begin(sys._getframe(1))

        def on_line(code: CodeType, line: int) -> None:
            if get_ident() == thread:
                visits.visit(sys._getframe(1), line)

        callbacks = {monitoring.events.PY_START: on_start, monitoring.events.LINE: on_line}
        codes = [each.code for each in visits.watched.values()]
        tool = next((number for number in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(number) is None), None)
        if tool is None:
            raise LensError("no more than six tools can watch the interpreter at once: end one of them first")
        monitoring.use_tool_id(tool, "snippets.lens.lines")
        try:
            for event, callback in callbacks.items():
                monitoring.register_callback(tool, event, callback)
            for code in codes:
                monitoring.set_local_events(tool, code, sum(callbacks))
            yield
        finally:
            for code in codes:
                monitoring.set_local_events(tool, code, 0)
            for event in callbacks:
                monitoring.register_callback(tool, event, None)
            monitoring.free_tool_id(tool)

else:
    _counting = _traced
