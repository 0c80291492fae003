"""What something costs against its size: curves on logarithmic scales, on which a power law is a straight line."""

from collections.abc import Mapping
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import BLUE, FADED, INK, ORANGE, RULE, VERMILION, WHITE
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, drawn, width

TOP = 24
HIGH = 210
FOOT = 40
MARGIN = 4
MARK = 7
LINE = 13  # from one curve's name to the next, at least
COLOURS = (BLUE, VERMILION, ORANGE)


class Scale(NamedTuple):
    """A logarithmic scale: where `value` lies between `low`, which is 0, and `high`, which is 1."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        return log10(value / self.low) / log10(self.high / self.low)


class Plot(NamedTuple):
    """The area between the scales: its left and right edge in points, and the scales."""

    left: float
    right: float
    x: Scale
    y: Scale

    def at(self, size: float, cost: float) -> tuple[float, float]:
        """Where a point of a curve stands on the sheet."""
        return self.left + self.x(size) * (self.right - self.left), TOP + HIGH * (1 - self.y(cost))


@drawn
def growth(curves: Mapping[str, Mapping[float, float]], across: str, up: str) -> Picture:
    """Draw up to three curves over the same sizes.

    Args:
        curves: name -> size -> what it costs; all numbers above 0.
        across: what the sizes are, with their unit.
        up: what the cost is, with its unit.

    Raises:
        LensError: there is no curve or more than three, a curve has fewer than two points, or a number is not above 0.
    """
    sizes = sorted({size for curve in curves.values() for size in curve})
    costs = [cost for curve in curves.values() for cost in curve.values()]
    if not 1 <= len(curves) <= len(COLOURS) or min(map(len, curves.values())) < 2 or min(sizes + costs) <= 0:
        raise LensError(f"growth() draws one to {len(COLOURS)} curves, each of two points or more, all numbers above 0")
    right = WIDTH - MARGIN - max(width(name, bold=True) for name in curves) - 8
    x = Scale(sizes[0], sizes[-1])
    low, high = floor(log10(min(costs))), ceil(log10(max(costs)))
    powers = range(low, max(high, low + 1) + 1)
    y = Scale(10.0 ** powers[0], 10.0 ** powers[-1])
    left = MARGIN + max(width(_number(10.0**power)) for power in powers) + 7
    plot = Plot(left, right, x, y)
    sheet = Sheet(TOP + HIGH + FOOT)
    _draw_scales(sheet, plot, sizes, powers)
    sheet.text(MARGIN, 9, up, bold=True)
    sheet.text((left + right) / 2, TOP + HIGH + FOOT - 10, across, align="center", bold=True)
    ends = {}
    for colour, (name, curve) in zip(COLOURS, curves.items(), strict=False):
        points = [plot.at(size, cost) for size, cost in sorted(curve.items())]
        _draw_curve(sheet, points, colour)
        ends[name] = points[-1][1]
    for name, middle in _spread(ends).items():
        sheet.text(right + 8, middle, name, bold=True)
    return sheet.finished(_alt(curves, across, up))


def _draw_scales(sheet: Sheet, plot: Plot, sizes: list[float], powers: range) -> None:
    bottom = TOP + HIGH
    for power in powers:
        _, height = plot.at(sizes[0], 10.0**power)
        sheet.line([(plot.left, height), (plot.right, height)], colour=RULE, line=0.6, layer=0)
    for power in powers[:: ceil(LINE * len(powers) / HIGH)]:
        _, height = plot.at(sizes[0], 10.0**power)
        sheet.text(plot.left - 5, height, _number(10.0**power), align="right", colour=FADED)
    end = 0.0
    for size in sizes:
        at, _ = plot.at(size, plot.y.low)
        sheet.line([(at, bottom), (at, bottom + 3)], colour=FADED, line=0.8)
        half = width(_number(size)) / 2
        if at - half > end + 5:
            sheet.text(at, bottom + 11, _number(size), align="center", colour=FADED)
            end = at + half
    sheet.line([(plot.left, TOP), (plot.left, bottom), (plot.right, bottom)], colour=INK, line=0.8)


def _draw_curve(sheet: Sheet, points: list[tuple[float, float]], colour: str) -> None:
    for one, other in pairwise(points):
        sheet.line([one, other], colour=colour, line=1.8, layer=2)
    for at, height in points:
        _draw_mark(sheet, at, height, colour)


def _draw_mark(sheet: Sheet, at: float, height: float, colour: str) -> None:
    """A mark of its own for each curve: what the colours tell apart, their shapes do too."""
    half = MARK / 2
    if colour == COLOURS[0]:
        sheet.box(at - half, height - half, MARK, MARK, colour, layer=3)
    elif colour == COLOURS[1]:
        sheet.shape([(at - half, height + half), (at + half, height + half), (at, height - half)], colour)
    else:
        sheet.box(at - half, height - half, MARK, MARK, WHITE, edge=colour, line=1.6, round_by=half, layer=3)


def _spread(ends: dict[str, float]) -> dict[str, float]:
    """Move the names of the curves apart, downwards, where they would overlap."""
    spread: dict[str, float] = {}
    for name, middle in sorted(ends.items(), key=lambda item: item[1]):
        spread[name] = max([middle, *(above + LINE for above in spread.values())])
    return spread


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _alt(curves: Mapping[str, Mapping[float, float]], across: str, up: str) -> str:
    said = [f"Curves on logarithmic scales: {up}, against {across}."]
    for name, curve in curves.items():
        (first, low), (last, high) = min(curve.items()), max(curve.items())
        said.append(f"{name}: from {_number(low)} at {_number(first)} to {_number(high)} at {_number(last)}.")
    return " ".join(said)
