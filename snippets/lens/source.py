"""Finds a function in the installed Twisted, and joins it with its annotations and with the lines that ran."""

import ast
import functools
import inspect
import linecache
import textwrap
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType

import twisted

from snippets.lens.errors import LensError
from snippets.lens.lines import Lines, statement_lines
from snippets.lens.names import locate
from snippets.lens.notes import Note, placed, store
from snippets.lens.release import PINNED, OtherTwisted
from snippets.lens.trace import Trace


@dataclass(frozen=True)
class Function:
    """A function as it stands in a file: `lines` maps line numbers to text, `doc` is the range of its docstring."""

    name: str
    file: str
    lines: dict[int, str]
    doc: range
    code: CodeType

    @property
    def short(self) -> str:
        """Class and method, without the module."""
        return self.name.partition(":")[2]

    @property
    def first(self) -> int:
        return min(self.lines)

    @property
    def last(self) -> int:
        return max(self.lines)

    @property
    def module_path(self) -> str:
        """The file's path as the package has it: "twisted/web/http.py"."""
        parts = Path(self.file).parts
        start = max((index for index, part in enumerate(parts) if part == "twisted"), default=len(parts) - 1)
        return "/".join(parts[start:])

    @property
    def link(self) -> str | None:
        """Where these lines stand on the web, at the tag of the installed release; None for the reader's own code."""
        if not self.module_path.startswith("twisted/"):
            return None
        tag = f"https://github.com/twisted/twisted/blob/twisted-{twisted.__version__}/src/"
        return f"{tag}{self.module_path}#L{self.first}-L{self.last}"


@functools.cache
def find(name: str) -> Function:
    """The function called `name` (as `snippets.lens.names.locate` takes it), read from the installed package.

    Raises:
        LensError: there is no such function, or it has no source.
    """
    place = locate(name)
    function = place.function
    try:
        linecache.checkcache(inspect.getsourcefile(function) or "")
        block, first = inspect.getsourcelines(function)
    except (OSError, TypeError) as error:
        raise LensError(f"{place.name} has no Python source to show: it is made at run time") from error
    lines = {first + offset: line.rstrip("\n") for offset, line in enumerate(block)}
    return Function(
        place.name, inspect.getsourcefile(function) or "", lines, _docstring(block, first), function.__code__
    )


def _docstring(block: list[str], first: int) -> range:
    node = ast.parse(textwrap.dedent("".join(block))).body[0]
    body = getattr(node, "body", [])
    if body and isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str):
        return range(first + body[0].lineno - 1, first + (body[0].end_lineno or 0))
    return range(0)


@dataclass(frozen=True)
class Row:
    """One line to show.

    `lit`: True if it ran, False if it could have and did not, None if it is not to run. `moved`: whether it ran in one
    of two runs that are compared, and not in the other.
    """

    number: int
    text: str
    lit: bool | None
    count: int
    notes: list[Note]
    doc: bool
    moved: bool


@dataclass(frozen=True)
class Gap:
    """A stretch of lines left out of a listing because nothing changed there from one run to the other."""

    lines: int

    def __str__(self) -> str:
        return f"... {'1 line' if self.lines == 1 else f'{self.lines} lines'} not shown"


@dataclass(frozen=True)
class Reading:
    """A function joined with its notes and with what ran: what a listing shows."""

    function: Function
    rows: list[Row]
    purpose: str
    purpose_html: str
    has_run: bool
    compared: bool = False
    lost: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[Row | Gap]:
        """What to show, from top to bottom: one row for the whole docstring; of compared runs, what moved."""
        shown: list[Row | Gap] = []
        for row in self.rows:
            if row.doc and row.number != self.function.doc.start:
                continue
            lines = len(self.function.doc) if row.doc else 1
            if not self.compared or row.moved or row.number == self.function.first:
                shown.append(row)
            elif shown and isinstance(shown[-1], Gap):
                shown[-1] = Gap(shown[-1].lines + lines)
            else:
                shown.append(Gap(lines))
        return shown


def reading(
    name: str, lit: Lines | Trace | None = None, notes: bool = True, than: Lines | Trace | None = None
) -> Reading:
    """Join the source of a function with its annotations and with the lines that a run lit.

    Args:
        name: the function, as `snippets.lens.names.locate` takes it.
        lit: a `Lines`, which lights the lines that ran; or a `Trace`, which lights the lines that made a recorded call.
        notes: whether to take the annotations.
        than: another run to compare with: only the lines that ran in one of the two and not in the other are shown.

    Raises:
        LensError: there is no such function, or (with the pinned Twisted) a note's line is gone.
    """
    function = find(name)
    annotation = store().get(function.name) if notes else None
    where: dict[int, list[Note]] = {}
    lost: list[str] = []
    if annotation:
        where, lost = placed(annotation, function.lines, f"{function.short} in Twisted {twisted.__version__}")
    if lost and twisted.__version__ == PINNED:
        raise LensError(lost[0])
    if lost:
        warnings.warn(f"{len(lost)} of the notes on {function.short} have no line here", OtherTwisted, stacklevel=2)
    rows = _rows(function, _counts(function, lit), _counts(function, than), where)
    if than is not None:
        # A comparison is about what moved: the purpose and the notes on other lines stand where it was shown whole.
        rows = [row if row.lit else replace(row, notes=[]) for row in rows]
        annotation = None
    return Reading(
        function,
        rows,
        annotation.purpose if annotation else "",
        annotation.purpose_html if annotation else "",
        lit is not None,
        than is not None,
        lost,
    )


def _counts(function: Function, lit: Lines | Trace | None) -> dict[int, int]:
    if isinstance(lit, Lines):
        return dict(lit.counts.get(function.name, {}))
    if isinstance(lit, Trace):
        counts: dict[int, int] = {}
        for event in lit.events:
            if event.caller.file == function.file and event.caller.line in function.lines:
                counts[event.caller.line] = counts.get(event.caller.line, 0) + 1
        return counts
    return {}


def _rows(
    function: Function, counts: dict[int, int], before: dict[int, int], where: dict[int, list[Note]]
) -> list[Row]:
    statements = statement_lines(function.code)
    # The head of the function itself ran once, when its module was imported, and never at a call.
    head = next(number for number, text in function.lines.items() if text.lstrip().startswith(("def ", "async def")))
    head = statements.get(head, head)  # with decorators, the first of them
    ran, ran_before = ({statements.get(line, line) for line in lines} for lines in (counts, before))
    rows = []
    for number, text in function.lines.items():
        statement = statements.get(number, head)
        in_doc = number in function.doc
        lit = None if in_doc or statement == head else statement in ran
        moved = lit is not None and lit != (statement in ran_before)
        rows.append(Row(number, text, lit, counts.get(number, 0), where.get(number, []), in_doc, moved))
    return rows
