"""Annotated functions by release of Twisted: which stand unchanged, and which notes have lost their line."""

from collections.abc import Iterable
from typing import NamedTuple

from snippets.lens.drift import Compared, Drift, State
from snippets.lens.errors import LensError
from snippets.lens.figures.palette import FADED, GREEN, INK, ORANGE, PALE, SKY, VERMILION, WHITE, Fill, ink_on, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, drawn, legible, width

MARGIN = 6
ROW = 14
GAP = 12  # between two blocks side by side
INDENT = 8  # of a method under its class
HEAD = 22  # the releases, over a block
LEGEND = 20

# From unchanged to lost each is darker than the one before, so that they stay apart in grey.
FILLS = {
    State.UNCHANGED: Fill(tint(GREEN, PALE)),
    State.MOVED: Fill(tint(SKY, 0.5)),
    State.CHANGED: Fill(ORANGE),
    State.NOT_YET: Fill(WHITE),
    State.GONE: Fill(WHITE),
}
LOST = Fill(VERMILION)


class Row(NamedTuple):
    """A line of a block: the head of a class or a module, or (if `compared`) one function of it."""

    label: str
    compared: dict[str, Compared] | None = None


class Columns(NamedTuple):
    """How wide a block is: the names, and each release."""

    names: float
    release: float
    releases: int

    @property
    def wide(self) -> float:
        return self.names + self.release * self.releases


@drawn
def drift(found: Drift) -> Picture:
    """Draw what became of each annotated function in each release.

    Args:
        found: what `snippets.lens.drift.measure` returned.

    Raises:
        LensError: there is no release to draw, or more than fit side by side.
    """
    if not found.releases or not found.functions:
        raise LensError("drift() draws functions by release: there is no release to compare with")
    groups = grouped(found)
    columns = _columns(groups, found.releases)
    if columns.wide > WIDTH - 2 * MARGIN:
        raise LensError(f"{len(found.releases)} releases don't fit side by side: draw fewer at once")
    blocks = _blocks(groups, 2 if 2 * columns.wide + GAP <= WIDTH - 2 * MARGIN else 1)
    top = LEGEND + MARGIN + 16
    sheet = Sheet(top + HEAD + ROW * max(map(len, blocks)) + MARGIN)
    title = f"Annotated functions by release, against Twisted {legible(found.base)}"
    sheet.text(MARGIN, MARGIN + 6, title, bold=True)
    _draw_legend(sheet, MARGIN + 16 + LEGEND / 2, found)
    left = float(MARGIN)
    for block in blocks:
        _draw_block(sheet, left, top, block, columns, found.releases)
        left += columns.wide + GAP
    return sheet.finished(_alt(found))


def grouped(found: Drift) -> list[list[Row]]:
    """The functions under the head of their class, or of their module."""
    groups: dict[str, list[Row]] = {}
    for name, compared in found.functions.items():
        module, _, qualname = name.partition(":")
        kind = ".setter" if qualname.endswith(".setter") else ""
        scope, _, method = qualname.removesuffix(kind).rpartition(".")
        head = ".".join(filter(None, (module.rpartition(".")[2], scope)))
        rows = groups.setdefault(f"{module}:{scope}", [Row(legible(head))])
        rows.append(Row(legible(method + kind), compared))
    return list(groups.values())


def _columns(groups: list[list[Row]], releases: list[str]) -> Columns:
    rows = [row for group in groups for row in group]
    names = max(INDENT + width(row.label) if row.compared else 0 for row in rows) + 3
    cells = [width(one.short) for row in rows if row.compared for one in row.compared.values()]
    release = max([*cells, *(width(legible(each)) for each in releases)]) + 6
    # The head of a class may run over the cells, which its line has not.
    heads = max(width(row.label, bold=True) for row in rows if not row.compared)
    return Columns(max(names, heads - release * len(releases)), release, len(releases))


def _blocks(groups: list[list[Row]], count: int) -> list[list[Row]]:
    """The groups in one block, or in two that are about as long."""
    whole = sum(map(len, groups))
    cuts = range(1, len(groups)) if count == 2 else ()
    cut = min(cuts, key=lambda at: abs(whole - 2 * sum(map(len, groups[:at]))), default=len(groups))
    parts = (groups[:cut], groups[cut:])
    return [[row for group in part for row in group] for part in parts if part]


def _fill(compared: Compared) -> Fill:
    return LOST if compared.lost else FILLS[compared.state]


def _draw_cell(sheet: Sheet, x: float, y: float, wide: float, text: str, fill: Fill) -> None:
    empty = fill.colour == WHITE
    sheet.box(x, y - ROW / 2 + 1, wide, ROW - 2, fill, edge=FADED if empty else "none", line=0.6, dashed=empty)
    sheet.text(x + wide / 2, y, text, align="center", colour=INK if empty else ink_on(fill.colour))


def _draw_block(sheet: Sheet, left: float, top: float, rows: list[Row], columns: Columns, releases: list[str]) -> None:
    starts = [left + columns.names + columns.release * place for place in range(len(releases))]
    for x, release in zip(starts, releases, strict=True):
        sheet.text(x + columns.release / 2, top + HEAD / 2, legible(release), align="center")
    y = top + HEAD + ROW / 2
    for row in rows:
        if row.compared is None:
            sheet.text(left, y, row.label, bold=True)
        else:
            sheet.text(left + INDENT, y, row.label)
            for x, release in zip(starts, releases, strict=True):
                compared = row.compared[release]
                _draw_cell(sheet, x + 1, y, columns.release - 2, compared.short, _fill(compared))
        y += ROW


def _legend(found: Drift) -> Iterable[tuple[str, Fill, str]]:
    """A sample of each kind of cell that there is, and what it means."""
    every = [one for compared in found.functions.values() for one in compared.values()]
    states = {one.state for one in every}
    changed = State.CHANGED.mark
    kinds = [
        (State.UNCHANGED in states, State.UNCHANGED.mark, FILLS[State.UNCHANGED], "unchanged"),
        (State.MOVED in states, f"{State.MOVED.mark} +7", FILLS[State.MOVED], "moved 7 lines down"),
        (any(one.state is State.CHANGED and not one.lost for one in every), changed, FILLS[State.CHANGED], "changed"),
        (any(one.lost for one in every), f"{changed} 4/6", LOST, "changed, 4 of 6 notes fit"),
        (State.NOT_YET in states, State.NOT_YET.mark, FILLS[State.NOT_YET], str(State.NOT_YET)),
        (State.GONE in states, State.GONE.mark, FILLS[State.GONE], str(State.GONE)),
    ]
    return [(text, fill, label) for there, text, fill, label in kinds if there]


def _draw_legend(sheet: Sheet, y: float, found: Drift) -> None:
    x = float(MARGIN)
    for text, fill, label in _legend(found):
        wide = width(text) + 10
        _draw_cell(sheet, x, y, wide, text, fill)
        sheet.text(x + wide + 4, y, label)
        x += wide + 4 + width(label) + 12


def _alt(found: Drift) -> str:
    releases = ". ".join(found.said(release) for release in found.releases)
    return f"{len(found.functions)} annotated functions by release, against Twisted {found.base}. {releases}."
