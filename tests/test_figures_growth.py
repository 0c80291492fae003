"""Curves of a cost against a size: they stand where their numbers say, and can be read."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from snippets.lens.errors import LensError
from snippets.lens.figures import growth
from snippets.lens.figures.growth import COLOURS, HIGH, LINE, MARK, TOP, Scale, _spread
from snippets.lens.figures.picture import WIDTH
from tests.pictures import assert_legible, texts

SIZES = [2**power for power in range(15)]
SQUARE = {size: size**2 for size in SIZES}
FLAT = dict.fromkeys(SIZES, 0.5)
HALF = {size: size / 2 for size in SIZES}


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.floats(2, 1e6))
def test_a_scale_makes_equal_factors_equal_steps(one, other, factor):
    scale = Scale(1e-4, 1e10)
    assert scale(one * factor) - scale(one) == pytest.approx(scale(other * factor) - scale(other))
    assert (scale(scale.low), scale(scale.high)) == (0, 1)


def marks(picture):
    """The middles of the marks of each curve, from left to right."""
    found = {colour: [] for colour in COLOURS}
    for patch in picture.figure.axes[0].patches:
        box = patch.get_path().get_extents(patch.get_patch_transform())
        colour = {Rectangle: COLOURS[0], Polygon: COLOURS[1], FancyBboxPatch: COLOURS[2]}[type(patch)]
        assert box.width == pytest.approx(MARK)
        found[colour].append(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2))
    return [sorted(middles) for middles in found.values() if middles]


def test_every_point_has_a_mark_where_it_belongs():
    picture = growth({"square": SQUARE, "flat": FLAT, "half": HALF}, "bytes", "seconds")
    found = marks(picture)
    assert [len(middles) for middles in found] == [len(SIZES)] * 3
    decades = math.log10(1e9 / 1e-1)
    for middles, curve in zip(found, [SQUARE, FLAT, HALF], strict=True):
        for (_, y), cost in zip(middles, curve.values(), strict=True):
            assert y == pytest.approx(TOP + HIGH * (1 - math.log10(cost / 1e-1) / decades))
        steps = [after[0] - before[0] for before, after in pairwise(middles)]
        assert steps == pytest.approx([steps[0]] * len(steps))
        assert 0 < middles[0][0] < middles[-1][0] < WIDTH


@pytest.mark.parametrize(
    "curves",
    [
        {"one": SQUARE},
        {"in one piece": FLAT, "byte by byte": HALF},
        {"a": SQUARE, "nearly a": {size: cost + 1 for size, cost in SQUARE.items()}, "and again": SQUARE},
        {"not whole": {0.001: 0.01, 0.003: 0.02, 7: 0.01}},
        {"the same all over": {1: 10, 2: 10}},
        {"from next to nothing": {1: 1e-20, 2: 1e20}},
    ],
)
def test_can_be_read(curves):
    picture = growth(curves, "bytes in a line", "bytes copied")
    assert_legible(picture)
    assert {*curves, "bytes in a line", "bytes copied"} <= set(texts(picture))


@given(st.dictionaries(st.text(min_size=1), st.floats(0, HIGH), max_size=3))
def test_names_keep_their_order_and_their_distance(ends):
    spread = _spread(ends)
    assert list(spread) == sorted(ends, key=ends.__getitem__)
    heights = list(spread.values())
    assert all(after - before >= LINE - 1e-9 for before, after in pairwise(heights))
    assert all(spread[name] >= ends[name] for name in ends)


def test_alt_says_where_each_curve_begins_and_ends():
    alt = growth({"square": SQUARE, "half": HALF}, "bytes", "seconds").alt
    assert alt == (
        "Curves on logarithmic scales: seconds, against bytes. square: from 1 at 1 to 268,435,456 at 16,384. "
        "half: from 0.5 at 1 to 8,192 at 16,384."
    )


@pytest.mark.parametrize(
    "curves",
    [
        {},
        {"a": {1: 1}},
        {"a": {}},
        {"a": {1: 1, 2: 0}},
        {"a": {0: 1, 2: 1}},
        dict.fromkeys("abcd", SQUARE),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_line(curves):
    with pytest.raises(LensError, match="one to 3 curves, each of two points or more, all numbers above 0"):
        growth(curves, "bytes", "seconds")
