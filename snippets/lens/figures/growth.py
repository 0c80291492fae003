"""What something costs against its size: curves on logarithmic scales, on which a power law is a straight line."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import BLUE, ORANGE, VERMILION, WHITE
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, width
from snippets.lens.figures.plot import CURVE_LAYER, Plot, Tick, draw_scales, room_for

TOP = 24
HIGH = 210
FOOT = 40
MARGIN = 4
NAME = 24  # letters of a curve's name that are shown
LINE = 13  # from one curve's name to the next, at least
SIGN = 3  # points, half of a sign on a curve
SQUARE, TRIANGLE, DISC = "square", "triangle", "disc"


class Look(NamedTuple):
    """How a curve looks: its colour, and the sign at each of its points, filled with another."""

    colour: str
    sign: str
    inside: str


# A colour and a sign of its own for each curve: what the colours tell apart, their shapes do too.
LOOKS = (Look(BLUE, SQUARE, BLUE), Look(VERMILION, TRIANGLE, VERMILION), Look(ORANGE, DISC, WHITE))


def growth(curves: Mapping[str, Mapping[float, float]], across: str, up: str) -> Picture:
    """Draw up to three curves over the same sizes.

    Args:
        curves: name -> size -> what it costs; all numbers above 0, and finite.
        across: what the sizes are, with their unit.
        up: what the cost is, with its unit.

    Raises:
        LensError: there is no curve or more than three, a curve has fewer than two points, or a number is not above 0
            or not finite.
    """
    sizes = sorted({size for curve in curves.values() for size in curve})
    costs = [cost for curve in curves.values() for cost in curve.values()]
    drawable = all(isfinite(number) and number > 0 for number in sizes + costs)
    if not 1 <= len(curves) <= len(LOOKS) or min(map(len, curves.values())) < 2 or not drawable:
        said = f"one to {len(LOOKS)} curves, each of two points or more, all numbers finite and above 0"
        raise LensError(f"growth() draws {said}")
    lowest = floor(log10(min(costs)))
    powers = [10.0**power for power in range(lowest, max(ceil(log10(max(costs))), lowest + 1) + 1)]
    left = MARGIN + room_for([_number(power) for power in powers])
    right = WIDTH - MARGIN - max(width(cut(name, NAME), bold=True) for name in curves) - 8
    sheet = Sheet(TOP + HIGH + FOOT)
    plot = Plot(left, TOP, right - left, HIGH)
    draw_scales(sheet, plot, _sizes(sizes, plot.wide), _powers(powers))
    sheet.text(MARGIN, 9, up, bold=True)
    sheet.text((left + right) / 2, TOP + HIGH + FOOT - 10, across, align="center", bold=True)
    ends = {}
    for look, (name, curve) in zip(LOOKS, curves.items(), strict=False):
        points = [plot.place(_share(size, sizes), _share(cost, powers)) for size, cost in sorted(curve.items())]
        _draw_curve(sheet, points, look)
        ends[name] = points[-1][1]
    for name, middle in _spread(ends).items():
        sheet.text(right + 8, middle, cut(name, NAME), bold=True)
    return sheet.finished(_alt(curves, across, up))


def _sizes(sizes: Sequence[float], wide: float) -> list[Tick]:
    """A mark at each size, with a number where there is room for it; `wide` is all the room."""
    end, marks = -WIDTH, []
    for size in sizes:
        middle, half = _share(size, sizes) * wide, width(_number(size)) / 2
        fits = middle - half > end + 5
        marks.append(Tick(middle / wide, _number(size) if fits else ""))
        end = middle + half if fits else end
    return marks


def _powers(powers: Sequence[float]) -> list[Tick]:
    """A mark at each power of ten, with a number at as many of them as there is room for."""
    every = ceil(LINE * len(powers) / HIGH)
    return [Tick(_share(power, powers), "" if place % every else _number(power)) for place, power in enumerate(powers)]


def _draw_curve(sheet: Sheet, points: Sequence[tuple[float, float]], look: Look) -> None:
    sheet.line(points, colour=look.colour, line=1.8, layer=CURVE_LAYER)
    for x, y in points:
        _draw_sign(sheet, x, y, look)


def _draw_sign(sheet: Sheet, x: float, y: float, look: Look) -> None:
    if look.sign == TRIANGLE:
        corners = [(x, y - SIGN), (x - SIGN, y + SIGN), (x + SIGN, y + SIGN)]
        sheet.shape(corners, look.inside, edge=look.colour, line=1.6, layer=CURVE_LAYER)
    else:
        round_by = SIGN if look.sign == DISC else 0
        left, top, wide = x - SIGN, y - SIGN, 2 * SIGN
        edge = look.colour
        sheet.box(left, top, wide, wide, look.inside, edge=edge, line=1.6, round_by=round_by, layer=CURVE_LAYER)


def _share(value: float, scale: Sequence[float]) -> float:
    """Where `value` stands on a logarithmic scale: 0 at its first number, 1 at its last."""
    return log10(value / scale[0]) / log10(scale[-1] / scale[0])


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
