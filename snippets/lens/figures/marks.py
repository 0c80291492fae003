"""What a sheet is made of: texts, boxes, lines and shapes, each with its place in points; a maker draws them."""

from collections.abc import Iterable
from typing import NamedTuple

from snippets.lens.figures.palette import Fill

WIDTH = 8.6 * 72  # points, of every sheet

# A line drawn through, or how long it is on and off: in widths of the line.
Dashes = tuple[()] | tuple[float, float]
THROUGH: Dashes = ()
DASHED: Dashes = (3, 2)
HATCH_LINE = 0.5  # points, the width of the lines of a hatch

Points = tuple[tuple[float, float], ...]


class Text(NamedTuple):
    """One line of text; `x` is its left, center or right as `align` says, `y` is its base line."""

    x: float
    y: float
    text: str
    align: str
    colour: str
    mono: bool
    bold: bool
    layer: float = 5


class Box(NamedTuple):
    """A rectangle; `line` is the width of its edge, `round_by` the radius of its corners."""

    x: float
    y: float
    wide: float
    high: float
    fill: Fill
    edge: str
    line: float
    dashes: Dashes
    round_by: float
    layer: float


class Line(NamedTuple):
    """A line through `points`, `line` points wide."""

    points: Points
    colour: str
    line: float
    dashes: Dashes
    layer: float


class Shape(NamedTuple):
    """The area between `points`; `line` is the width of its edge."""

    points: Points
    colour: str
    edge: str
    line: float
    layer: float


Mark = Text | Box | Line | Shape


def in_layers(marks: Iterable[Mark]) -> list[Mark]:
    """In the order in which they are drawn, one over the other: by layer, within one as they were put on the sheet."""
    return sorted(marks, key=lambda mark: mark.layer)
