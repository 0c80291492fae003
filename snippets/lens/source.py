"""Finds a function in the installed Twisted, and joins it with its annotations and with the lines that ran."""

import ast
import textwrap
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import ClassVar

import twisted

from snippets.lens.errors import LensError
from snippets.lens.lines import Definition, Lines, deciding_lines, definition, first_line, statement_lines
from snippets.lens.names import locate
from snippets.lens.notes import Annotation, Note, note_on, placed, store
from snippets.lens.release import FOLDER, PINNED, OtherTwisted
from snippets.lens.trace import Trace

LONG = 4  # lines, from which on a comment is folded


@dataclass(frozen=True)
class Function:
    """A function as it stands in a file: `lines` maps line numbers to text.

    `doc` is the range of its docstring, `body` the first line of its body: one line can be both head and body.
    `comments` are those of at least LONG lines.
    """

    name: str
    lines: dict[int, str]
    doc: range
    body: int
    code: CodeType
    comments: tuple[range, ...] = ()

    @property
    def file(self) -> str:
        return self.code.co_filename

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


def find(name: str) -> Function:
    """The function called `name` (as `snippets.lens.names.locate` takes it), read from the installed package.

    Raises:
        LensError: there is no such function, or it has no source.
    """
    place = locate(name)
    if place.function is None:
        raise LensError(f"{place.name} has no source to show: it is looked up in another object")
    code = place.function.__code__
    written = definition(code)
    numbers = range(code.co_firstlineno, _last(written) + 1)
    lines = {number: written.file_lines[number - 1].rstrip("\n") for number in numbers}
    body = written.node.body if isinstance(written.node.body, list) else [written.node]
    return Function(place.name, lines, _docstring(body[0], lines), first_line(body[0]), code, tuple(_comments(lines)))


def _last(written: Definition) -> int:
    """The last line: comments after the last statement belong to the function if they stand deeper than its head."""
    last = written.node.end_lineno or 0
    for number, line in enumerate(written.file_lines[last:], last + 1):
        text = line.lstrip()
        if text and not (text.startswith("#") and len(line) - len(text) > written.node.col_offset):
            break
        last = number if text else last
    return last


def _docstring(node: ast.AST, lines: dict[int, str]) -> range:
    """Its lines, if `node` is one that begins a line."""
    match node:
        case ast.Expr(ast.Constant(str())) if not lines[node.lineno][: node.col_offset].strip():
            return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


def _comments(lines: dict[int, str]) -> Iterator[range]:
    """The stretches of at least LONG lines that are comments alone."""
    start = None
    for number in [*lines, max(lines) + 1]:
        if lines.get(number, "").lstrip().startswith("#"):
            start = start or number
        elif start:
            if number - start >= LONG:
                yield range(start, number)
            start = None


@dataclass(frozen=True)
class Row:
    """One line to show.

    `fold`: the lines that can be folded away with it, of a docstring or of a long comment.
    `lit`: True if it ran, False if it could have and did not, None if it is not to run. `moved`: whether it ran in one
    of two runs that are compared, and not in the other. `decided`: it is the condition that sent the two runs different
    ways.
    """

    number: int
    text: str
    lit: bool | None
    count: int
    notes: list[Note]
    fold: range
    moved: bool
    decided: bool = False

    @property
    def times(self) -> str:
        """How often it ran, in figures: "0" if only the other run came to it, "" where there is nothing to say."""
        return str(self.count) if self.count or (self.moved and not self.lit) else ""


@dataclass(frozen=True)
class Gap:
    """A stretch of lines left out of a listing, with their notes: nothing changed there, or nothing ran."""

    lines: int
    notes: ClassVar[list[Note]] = []

    def __str__(self) -> str:
        return f"... {count_of_lines(self.lines)} not shown"


def count_of_lines(count: int) -> str:
    """A number of lines, in words."""
    return "1 line" if count == 1 else f"{count} lines"


@dataclass(frozen=True)
class Reading:
    """A function joined with its notes and with what ran: what a listing shows.

    `read` is the slug of the chapter in which it is shown whole, "" where that is here; `only` has the numbers of the
    lines to show, where these were chosen.
    """

    function: Function
    rows: list[Row]
    purpose: str
    purpose_html: str
    has_run: bool
    compared: bool
    lost: list[str]
    read: str = ""
    only: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """The source, without the indentation of its class."""
        return textwrap.dedent("\n".join(self.function.lines.values()))

    @property
    def shown(self) -> list[Row | Gap]:
        """What to show, from top to bottom: one row for what is folded; else what moved, or what ran, alone."""
        shown: list[Row | Gap] = []
        for row in self.rows:
            if row.fold and row.number != row.fold.start:
                continue
            lines = len(row.fold) or 1
            if self._shows(row):
                shown.append(row)
            elif shown and isinstance(shown[-1], Gap):
                shown[-1] = Gap(shown[-1].lines + lines)
            else:
                shown.append(Gap(lines))
        return shown

    @property
    def part(self) -> str:
        """Which part of the function is shown, and where the whole is; "" if that is here."""
        if not self.read:
            return ""
        part = "Some lines of it" if self.only else "What ran of it"
        return f"{part}; {self.chapter} shows it whole, with its notes."

    @property
    def chapter(self) -> str:
        """The chapter that shows it whole, in words."""
        return f"chapter {self.read[:2]}"

    def _shows(self, row: Row) -> bool:
        if row.number == self.function.first:
            return True
        if self.only:
            return row.number in self.only
        if self.compared:
            return row.moved or row.decided
        return bool(row.lit) or not self.read


def reading(
    name: str,
    lit: Lines | Trace | None = None,
    notes: bool = True,
    than: Lines | Trace | None = None,
    read: str = "",
    only: Sequence[str] = (),
) -> Reading:
    """Join the source of a function with its annotations and with the lines that a run lit.

    Args:
        name: the function, as `snippets.lens.names.locate` takes it.
        lit: a `Lines`, which lights the lines that ran; or a `Trace`, which lights the lines that made a recorded call.
        notes: whether to take the annotations.
        than: another run to compare with: only the lines that ran in one of the two and not in the other are shown,
            and the conditions that decided it.
        read: the number of the chapter in which the function is shown whole, as in "05": here only the lines that ran
            are shown, without the notes.
        only: lines of it as they stand, with "#2" after one that stands twice: these are shown, without the notes.

    Raises:
        LensError: there is no such function, chapter or line, or (with the pinned Twisted) a note's line is gone.
    """
    function = find(name)
    chapter = _chapter(read) if read else ""
    # Purpose and notes stand where the function is shown whole: here it is about what ran.
    whole = notes and not read and not only and than is None
    annotation = store().get(function.name) if whole else None
    where: dict[int, list[Note]] = {}
    lost: list[str] = []
    if annotation:
        where, lost = placed(annotation, function.lines, f"{function.short} in Twisted {twisted.__version__}")
    if lost and twisted.__version__ == PINNED:
        raise LensError(lost[0])
    if lost:
        warnings.warn(f"{len(lost)} of the notes on {function.short} have no line here", OtherTwisted, stacklevel=2)
    rows = _rows(function, _counts(function, lit), _counts(function, than), where)
    chosen = _chosen(function, only)
    if than is not None:
        rows = _decided(function, rows)
    purpose = (annotation.purpose, annotation.purpose_html) if annotation else ("", "")
    return Reading(function, rows, *purpose, lit is not None, than is not None, lost, chapter, chosen)


def _chosen(function: Function, lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that read so."""
    wanted = [note_on(line) for line in lines]
    about = f"{function.short} in Twisted {twisted.__version__}"
    where, lost = placed(Annotation(function.name, "asked for by a cell", notes=wanted), function.lines, about)
    if lost:
        raise LensError(lost[0])
    return frozenset(where)


def _chapter(number: str) -> str:
    """The slug of a chapter."""
    slugs = [path.stem for path in FOLDER.parent.glob(f"{number}_*.md")]
    if len(slugs) != 1:
        raise LensError(f'there is no chapter {number}: say its number, as in read="05"')
    return slugs[0]


def _decided(function: Function, rows: list[Row]) -> list[Row]:
    """The rows of a comparison, with those marked that decided what ran."""
    statements, around = statement_lines(function.code), deciding_lines(function.code)
    moved = {statements[row.number] for row in rows if row.moved}
    heads = {around[statement] for statement in moved if statement in around} - moved
    return [replace(row, decided=statements.get(row.number) in heads) for row in rows]


def _counts(function: Function, lit: Lines | Trace | None) -> Counter[int]:
    if isinstance(lit, Lines):
        return lit.counts.get(function.name, Counter())
    callers = [event.caller for event in lit.events] if lit is not None else []
    return Counter(caller.line for caller in callers if caller.file == function.file and caller.line in function.lines)


def _rows(function: Function, counts: Counter[int], before: Counter[int], where: dict[int, list[Note]]) -> list[Row]:
    statements = statement_lines(function.code)
    ran, ran_before = ({statements.get(line, line) for line in lines} for lines in (counts, before))
    foldable = [function.doc, *(lines for lines in function.comments if not where.keys() & set(lines))]
    rows = []
    for number, text in function.lines.items():
        statement = statements.get(number)
        fold = next((lines for lines in foldable if number in lines), range(0))
        # The head of the function ran once, when its module was imported, and never at a call.
        can_run = statement is not None and statement >= function.body and not fold
        lit = statement in ran if can_run else None
        moved = lit is not None and lit != (statement in ran_before)
        rows.append(Row(number, text, lit, counts[number], where.get(number, []), fold, moved))
    return rows
