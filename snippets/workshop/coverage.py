"""The reading measured both ways: functions on the path without notes, and notes whose line is gone."""

import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

import twisted

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.lens.lines import Lines, lines, nested_code, statement_lines
from snippets.lens.logged import logged
from snippets.lens.names import locate, mangled
from snippets.lens.notes import Annotation, placed, store
from snippets.lens.source import Function, find, reading
from snippets.lens.wire import Wire
from snippets.workshop import fingerprints, unread
from snippets.workshop.scenarios import PLAYS, SCENARIOS
from snippets.workshop.scenarios.conversation import play
from snippets.workshop.scenarios.http2 import HTTP2, play2
from snippets.workshop.unread import Unread

_HOME = Path(twisted.__file__).parent
_READ = ("web", "protocols", "internet")


@dataclass(frozen=True)
class Covered:
    """One function on the path: how many notes it has, how many lines that can run, and how many of them did.

    `unlit` are the first lines of its statements that did not, by their numbers.
    """

    name: str
    notes: int
    lines: int
    lit: int
    unlit: Mapping[int, str]


@dataclass(frozen=True)
class Coverage:
    """The whole measure.

    `lost`, `missing`, `stale` and `changed` hold complaints: an annotation whose line or function is gone; a function
    that ran, or a line that didn't, of which the book says neither this nor that; a reason why not that holds no
    longer; a function whose text is not the one that its notes were written against.
    """

    functions: list[Covered]
    scenarios: int
    lost: list[str]
    missing: list[str]
    stale: list[str]
    changed: list[str]
    rows: Unread

    @property
    def annotated(self) -> list[Covered]:
        """The functions on the path that have notes."""
        return [covered for covered in self.functions if covered.notes]

    @property
    def complaints(self) -> list[str]:
        """All of them, each with its kind in front."""
        kinds = ("lost", "missing", "stale", "changed")
        return [f"{kind}: {complaint}" for kind in kinds for complaint in getattr(self, kind)]

    def as_dict(self) -> dict[str, object]:
        """The measure in terms of JSON."""
        return {
            "twisted": twisted.__version__,
            "scenarios": self.scenarios,
            "functions": [vars(covered) for covered in self.functions],
            "on_path": len(self.functions),
            "annotated": len(self.annotated),
            "unread": len(self.rows.functions),
            "lines": sum(covered.lines for covered in self.functions),
            "lit": sum(covered.lit for covered in self.functions),
            "unlit": sum(len(covered.unlit) for covered in self.annotated),
            "unlit_with_reason": self.rows.rows - len(self.rows.functions),
            "lost": self.lost,
            "missing": self.missing,
            "stale": self.stale,
            "changed": self.changed,
        }


def lost_annotations() -> list[str]:
    """A complaint for each annotation whose function or line is not in the installed Twisted."""
    complaints = []
    for annotation in store().values():
        try:
            function = find(annotation.name)
        except LensError as error:
            complaints.append(f"{annotation.source}: {error}")
            continue
        complaints += placed(annotation, function.lines, f"{function.short} in Twisted {twisted.__version__}")[1]
    return complaints


def measure() -> Coverage:
    """Play all scenarios twice over the wire: once to see which functions ran, once to see which of their lines.

    Raises:
        LensError: there are no annotations, or what is kept beside them can't be read.
    """
    catalogue.check_text()
    rows, changed = unread.read(), fingerprints.changed()
    codes: set[CodeType] = set()
    # Some scenarios raise on purpose; what Twisted logs of it is not for the reader.
    with logged(), _calls_into(codes):
        _play_all()
    names = sorted({name for code in codes if (name := _name(code))})
    with logged(), lines(names) as run:
        _play_all()
    functions = [_covered(name, run) for name in names]
    scenarios = len(SCENARIOS) + len(HTTP2) + len(PLAYS)
    missing, stale = reckoned(functions, rows)
    return Coverage(functions, scenarios, lost_annotations(), missing, stale, changed, rows)


def reckoned(functions: list[Covered], rows: Unread) -> tuple[list[str], list[str]]:
    """What is missing, and which rows of `unread.toml` are stale, a complaint each.

    Args:
        functions: what ran.
        rows: what the book says of what it does not read.
    """
    ran, named = {covered.name: covered for covered in functions}, _named_in_chapters()
    missing = [
        f"{name} ran and has no notes: annotate it in chapters/annotations, or say in {unread.FILE.name} why not"
        for name, covered in ran.items()
        if not (covered.notes or name in rows.functions) and (not name.startswith("twisted.internet.") or named(name))
    ]
    stale = [f"{unread.FILE.name}: {name} did not run: take it out" for name in sorted(rows.functions.keys() - ran)]
    stale += [f"{unread.FILE.name}: {name} has notes now: take it out" for name in rows.functions if name in store()]
    for name in sorted(store().keys() | rows.lines.keys()):
        if name not in store():
            stale.append(f"{unread.FILE.name}: {name} has no notes, so its lines need no reason: take them out")
        elif name not in ran:
            missing.append(f"{name} has notes, and no scenario runs it: add one to snippets/workshop/scenarios")
        else:
            _reckon_lines(ran[name], rows.lines.get(name, Annotation(name, unread.FILE.name)), missing, stale)
    return missing, stale


def _reckon_lines(covered: Covered, rows: Annotation, missing: list[str], stale: list[str]) -> None:
    where, gone = placed(rows, find(covered.name).lines, covered.name)
    stale += [f"{complaint}: mend its row or take it out" for complaint in gone]
    for number in where:
        if number not in covered.unlit and _can_run(covered.name, number):
            stale.append(f"{unread.FILE.name}: {covered.name}, {where[number][0].anchor}: it is lit now: take it out")
    missing += [
        f"{covered.name}: no scenario lights line {number}, `{text.strip()}`: add one to snippets/workshop/scenarios, "
        f"or say in {unread.FILE.name} why not"
        for number, text in covered.unlit.items()
        if number not in where
    ]


def _named_in_chapters() -> Callable[[str], bool]:
    """Does a chapter name this function, by class and method, or in quotes if it is in no class?"""
    text = "\n".join((catalogue.CHAPTERS / f"{slug}.md").read_text(encoding="utf-8") for slug in catalogue.slugs())
    dotted = set(re.findall(r"(?<![\w.])[A-Za-z_][\w.]*\w", text))
    quoted = set(re.findall(r"""[`"'](?:\w+\.)?(\w+)[`"'(]""", text))

    def named(name: str) -> bool:
        short = name.partition(":")[2]
        return short in (dotted if "." in short else quoted)

    return named


def _play_all() -> None:
    with warnings.catch_warnings():
        # Some scenarios do on purpose what Twisted warns of.
        warnings.simplefilter("ignore")
        for scenario in SCENARIOS:
            play(scenario, Wire)
        for over2 in HTTP2:
            play2(over2)
        for each in PLAYS:
            each()


@contextmanager
def _calls_into(codes: set[CodeType]) -> Iterator[None]:
    """Collect the code of every Python function that is called while the block runs."""
    before = sys.getprofile()

    def on_event(frame: FrameType, event: str, arg: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(on_event)
    try:
        yield
    finally:
        sys.setprofile(before)


def _name(code: CodeType) -> str | None:
    """The full name of the function whose code this is, if it is one that the book may read."""
    try:
        parts = Path(code.co_filename).relative_to(_HOME).with_suffix("").parts
    except ValueError:
        return None
    if "<" in code.co_qualname:
        return None
    name = f"twisted.{'.'.join(parts)}:{_attribute(code.co_qualname)}"
    for candidate in (name, f"{name}.setter"):
        try:
            place = locate(candidate)
        except LensError:
            continue
        if place.function and place.function.__code__ is code:
            return place.name if parts[0] in _READ or place.name in store() else None
    return None  # made at run time, a class body, or decorated out of reach: nothing with a heading of its own


def _attribute(qualname: str) -> str:
    """Where a function is kept, from its name as it was written: `__timedOut` in `TimeoutMixin` is kept mangled."""
    holder, dot, name = qualname.rpartition(".")
    return f"{holder}.{mangled(holder.rpartition('.')[2], name)}" if dot else name


def _covered(name: str, run: Lines) -> Covered:
    function = find(name)
    rows = [row for row in reading(name, run, notes=False).rows if row.lit is not None]
    starts = statement_lines(function.code)
    compiled = _compiled(function, starts)
    rows = [row for row in rows if row.lit or starts[row.number] in compiled]
    annotation = store().get(name)
    unlit = {row.number: row.text for row in rows if not row.lit and starts[row.number] == row.number}
    return Covered(
        name, len(annotation.notes) if annotation else 0, len(rows), sum(bool(row.lit) for row in rows), unlit
    )


def _can_run(name: str, number: int) -> bool:
    function = find(name)
    starts = statement_lines(function.code)
    return starts.get(number) == number and number in _compiled(function, starts)


def _compiled(function: Function, starts: Mapping[int, int]) -> set[int]:
    """The first lines of the statements of which the compiler made something: not of a declaration, or a docstring."""
    numbers = {line for code in nested_code(function.code) for _, _, line in code.co_lines() if line is not None}
    return {starts[number] for number in numbers if number in starts}
