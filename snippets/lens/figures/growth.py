"""What something costs against its size: curves on logarithmic scales, on which a power law is a straight line."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from matplotlib.axes import Axes

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import BLUE, FADED, INK, ORANGE, RULE, TEXT, VERMILION, WHITE
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, in_book_style, width

TOP = 24
HIGH = 210
FOOT = 40
MARGIN = 4
LINE = 13  # from one curve's name to the next, at least
# A colour and a mark of its own for each curve: what the colours tell apart, their shapes do too.
LOOKS = ((BLUE, "s", BLUE), (VERMILION, "^", VERMILION), (ORANGE, "o", WHITE))


@in_book_style()
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
    if not 1 <= len(curves) <= len(LOOKS) or min(map(len, curves.values())) < 2 or min(sizes + costs) <= 0:
        raise LensError(f"growth() draws one to {len(LOOKS)} curves, each of two points or more, all numbers above 0")
    lowest = floor(log10(min(costs)))
    powers = [10.0**power for power in range(lowest, max(ceil(log10(max(costs))), lowest + 1) + 1)]
    left = MARGIN + max(width(_number(power)) for power in powers) + 7
    right = WIDTH - MARGIN - max(width(name, bold=True) for name in curves) - 8
    sheet = Sheet(TOP + HIGH + FOOT)
    axes = sheet.area(left, TOP, right - left, HIGH)
    _draw_scales(axes, sizes, powers, right - left)
    sheet.text(MARGIN, 9, up, bold=True)
    sheet.text((left + right) / 2, TOP + HIGH + FOOT - 10, across, align="center", bold=True)
    ends = {}
    for (colour, mark, inside), (name, curve) in zip(LOOKS, curves.items(), strict=False):
        marks: dict[str, Any] = {"marker": mark, "markersize": 6, "markerfacecolor": inside, "markeredgewidth": 1.6}
        x, y = zip(*sorted(curve.items()), strict=True)
        axes.plot(x, y, color=colour, linewidth=1.8, clip_on=False, zorder=3, **marks)
        ends[name] = TOP + HIGH * (1 - _share(curve[max(curve)], powers))
    for name, middle in _spread(ends).items():
        sheet.text(right + 8, middle, name, bold=True)
    return sheet.finished(_alt(curves, across, up))


def _draw_scales(axes: Axes, sizes: Sequence[float], powers: Sequence[float], wide: float) -> None:
    """Put a tick at each size and a line at each power of ten, and a number to as many of them as there is room for."""
    axes.set(xscale="log", yscale="log", xlim=(sizes[0], sizes[-1]), ylim=(powers[0], powers[-1]))
    end, names = -WIDTH, []
    for size in sizes:
        middle, half = _share(size, sizes) * wide, width(_number(size)) / 2
        fits = middle - half > end + 5
        names.append(_number(size) if fits else "")
        end = middle + half if fits else end
    every = ceil(LINE * len(powers) / HIGH)
    axes.set_xticks(sizes, names)
    axes.set_yticks(powers, ["" if place % every else _number(power) for place, power in enumerate(powers)])
    axes.minorticks_off()
    axes.tick_params(length=3, width=0.8, color=FADED, labelcolor=FADED, labelsize=TEXT)
    axes.tick_params(axis="y", length=0, pad=5)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=INK, linewidth=0.8)


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
