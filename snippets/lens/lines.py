"""Which lines of chosen functions ran while a block was running, and how often."""

import ast
import functools
import inspect
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import CodeType

from snippets.lens.names import locate


class Lines:
    """Line counts: `counts[function][line]`, functions by full name, lines as they are numbered in the file.

    What is counted is statements: how often control came to a statement from another one, or began there. A
    statement written over three lines is counted once a visit, at its first line, and the other two are lit with it.
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

    Args:
        names: names of functions, as `snippets.lens.names.locate` takes them.

    Yields:
        the `Lines`; its counts are there when the block has ended.

    Raises:
        LensError: a function is not found.
    """
    run = Lines()
    owners: dict[CodeType, tuple[str, dict[int, int]]] = {}
    for name in names:
        place = locate(name)
        run.counts[place.name] = Counter()
        function = inspect.unwrap(getattr(place.raw, "__func__", place.raw))
        statements = statement_lines(function.__code__)
        for code in nested_code(function.__code__):
            owners[code] = (place.name, statements)
    visits: Counter[tuple[CodeType, int]] = Counter()
    count = _monitored if sys.version_info >= (3, 12) else _traced
    try:
        with count(owners, visits):
            yield run
    finally:
        for (code, line), times in visits.items():
            run.counts[owners[code][0]][line] += times


def nested_code(code: CodeType) -> list[CodeType]:
    """A code object and those of the functions, lambdas and comprehensions inside it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return [code, *(deeper for one in inner for deeper in nested_code(one))]


@functools.cache
def statement_lines(code: CodeType) -> dict[int, int]:
    """Line -> first line of its statement, for every line of the function.

    Of a compound statement only the head (an `if` with its test) is the statement; its body holds its own. Interpreters
    differ in how often they report the lines inside one statement, but not in when they come to it.
    """
    source, first = _source(code)
    tree = ast.parse(textwrap.dedent(source))
    found: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            end = _end_of_head(node)
            for line in range(node.lineno, end + 1):
                found[line + first - 1] = node.lineno + first - 1
    return found


def _source(code: CodeType) -> tuple[str, int]:
    block, first = inspect.getsourcelines(code)
    return "".join(block), first


_BLOCKS = {"body", "orelse", "finalbody", "handlers", "decorator_list", "cases"}


def _end_of_head(node: ast.stmt | ast.ExceptHandler) -> int:
    """The last line of a statement, or of the head of a compound one: comments before its body aren't part of it."""
    if not hasattr(node, "body"):
        return node.end_lineno or node.lineno
    children = [child for field, value in ast.iter_fields(node) if field not in _BLOCKS for child in _listed(value)]
    ends = [inner.end_lineno for child in children for inner in ast.walk(child) if hasattr(inner, "end_lineno")]
    return max([node.lineno, *ends])


def _listed(value: object) -> list[ast.AST]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, ast.AST)]


class _Visits:
    """Counts visits to statements, frame by frame."""

    def __init__(self, owners: dict[CodeType, tuple[str, dict[int, int]]], visits: Counter) -> None:
        self._owners = owners
        self._visits = visits

    def visit(self, code: CodeType, line: int, last: int | None) -> int:
        """Note that `line` was reached after the statement at `last`; return the line of the statement it is in."""
        statement = self._owners[code][1].get(line, line)
        if statement != last:
            self._visits[code, statement] += 1
        return statement


@contextmanager
def _traced(owners: dict[CodeType, tuple[str, dict[int, int]]], visits: Counter) -> Iterator[None]:
    """Count by `sys.settrace` (before Python 3.12)."""
    counter = _Visits(owners, visits)

    def on_call(frame: object, event: str, arg: object) -> Callable | None:
        if frame.f_code not in owners:
            return None
        last: int | None = None

        def on_line(frame: object, event: str, arg: object) -> Callable:
            nonlocal last
            if event == "line":
                last = counter.visit(frame.f_code, frame.f_lineno, last)
            return on_line

        return on_line

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        yield
    finally:
        sys.settrace(before)


def _monitored(
    owners: dict[CodeType, tuple[str, dict[int, int]]], visits: Counter
) -> AbstractContextManager[None]:
    """Count by `sys.monitoring` (from Python 3.12): only the chosen code objects pay for it."""
    monitoring = sys.monitoring
    counter = _Visits(owners, visits)
    # Frames of one code object may nest (recursion), so what was visited last is kept on a stack for each.
    last: dict[CodeType, list[int | None]] = {code: [] for code in owners}

    def on_start(code: CodeType, offset: int) -> None:
        last[code].append(None)

    def on_line(code: CodeType, line: int) -> None:
        stack = last[code]
        if stack:
            stack[-1] = counter.visit(code, line, stack[-1])

    def on_end(code: CodeType, offset: int, value: object) -> None:
        if last[code]:
            last[code].pop()

    callbacks = {
        monitoring.events.PY_START: on_start,
        monitoring.events.LINE: on_line,
        monitoring.events.PY_RETURN: on_end,
        monitoring.events.PY_UNWIND: on_end,
    }
    return _monitoring(list(owners), callbacks)


@contextmanager
def _monitoring(codes: list[CodeType], callbacks: dict[int, Callable]) -> Iterator[None]:
    monitoring = sys.monitoring
    tool = next(number for number in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "snippets.lens.lines")
    # An unwinding can't be watched for single code objects; what is not ours has an empty stack and is dropped.
    everywhere = monitoring.events.PY_UNWIND
    local = sum(event for event in callbacks if event != everywhere)
    try:
        for event, callback in callbacks.items():
            monitoring.register_callback(tool, event, callback)
        monitoring.set_events(tool, everywhere)
        for code in codes:
            monitoring.set_local_events(tool, code, local)
        yield
    finally:
        for code in codes:
            monitoring.set_local_events(tool, code, 0)
        monitoring.set_events(tool, 0)
        for event in callbacks:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
