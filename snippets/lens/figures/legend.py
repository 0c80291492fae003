"""The one legend of all figures: samples in a row, each with what it means at its right."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from snippets.lens.figures.picture import Sheet, width


class Entry(NamedTuple):
    """What a sample means, how far from the sample's left edge that is written, and what draws the sample.

    `draw` is given the sheet, the left edge of the sample and the height of its middle; `gap` is left behind the text.
    """

    text: str
    lead: float = 0
    draw: Callable[[Sheet, float, float], None] = lambda sheet, x, y: None
    gap: float = 16

    @property
    def wide(self) -> float:
        """From its left edge to that of the next one."""
        return self.lead + width(self.text) + self.gap


def in_rows(entries: Iterable[Entry], room: float) -> list[list[Entry]]:
    """As many to a row as fit into `room` points."""
    rows: list[list[Entry]] = []
    for entry in entries:
        if not rows or sum(each.wide for each in [*rows[-1], entry]) > room:
            rows.append([])
        rows[-1].append(entry)
    return rows


def draw_legend(sheet: Sheet, x: float, y: float, entries: Sequence[Entry]) -> None:
    """Draw one row, from its left edge `x`, its middle at the height `y`."""
    for entry in entries:
        entry.draw(sheet, x, y)
        sheet.text(x + entry.lead, y, entry.text)
        x += entry.wide
