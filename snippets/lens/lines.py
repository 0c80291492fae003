"""Which lines of chosen functions ran while a block was running, and how often."""

import ast
import functools
import inspect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.execution import Visits, Watched, following
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
    watched: dict[int, Watched] = {}
    for place in map(locate, listed(names)):
        run.counts[place.name] = Counter()
        if place.function is None:
            raise LensError(f"{place.name} has no lines of its own: what runs is looked up in another object")
        statements = statement_lines(place.function.__code__)
        for code in nested_code(place.function.__code__):
            before = watched.get(id(code)) or Watched(code, (), statements, code.co_code)
            watched[id(code)] = before._replace(names=(*dict.fromkeys((*before.names, place.name)),))
    visits = _Counts(watched)
    try:
        with following(visits, __name__):
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
    except (OSError, SyntaxError, ValueError) as error:
        file_lines, node = [], None
        unread = isinstance(error, OSError)
    else:
        unread = file.startswith("<")  # from 3.13 on "<string>" can be what `python -c` was given
    if node is None and unread:
        raise LensError(f"{code.co_qualname} has no source to show or to count: it was made at run time")
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
    return dict(_statement_lines(definition(code).node))


@functools.cache  # of the trees that `_definitions` keeps; to walk one takes longer than to run what it stands for
def _statement_lines(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> dict[int, int]:
    starts: dict[int, int] = {}
    for node in ast.walk(function):
        if node is function or isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            start = first_line(node)
            starts |= dict.fromkeys(range(start, _end_of_head(node) + 1), start)
    return starts


def deciding_lines(code: CodeType) -> dict[int, int]:
    """First line of a block under a condition, a loop or a case -> that of its head, which decided that the block ran.

    What stands behind that line in the block may have been kept from running by something else, an exception or a
    `return`.
    """
    heads = [node for node in ast.walk(definition(code).node) if isinstance(node, _DECIDING)]
    blocks = [(node, block) for node in heads for block in (node.body, getattr(node, "orelse", [])) if block]
    return {first_line(block[0]): first_line(node) for node, block in blocks}


def first_line(node: ast.AST) -> int:
    """The number of the line on which a statement, a part of one or a lambda begins; decorators are part of it."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return min(each.lineno for each in [node, *getattr(node, "decorator_list", [])])


_DECIDING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.match_case)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def _end_of_head(node: ast.AST) -> int:
    """The last line of a statement, or of the head of a compound one: a comment before its body is not part of it."""
    blocks = [inner for name in _BLOCKS if isinstance(block := getattr(node, name, None), list) for inner in block]
    head = [node] if not blocks else [child for child in ast.iter_child_nodes(node) if child not in blocks]
    ends = [inner.end_lineno for child in head for inner in ast.walk(child) if hasattr(inner, "end_lineno")]
    return max([first_line(node), getattr(node, "lineno", 0), *ends])


class _Counts(Visits):
    """Counts visits to statements: by the identity of the code, and the line."""

    def __init__(self, watched: dict[int, Watched]) -> None:
        super().__init__(watched)
        self.counts: Counter[tuple[int, int]] = Counter()

    def visit(self, frame: FrameType, statement: int) -> None:
        self.counts[id(frame.f_code), statement] += 1
