"""Curves of a cost against a size: they stand where their numbers say, and can be read."""

from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.lens.errors import LensError
from snippets.lens.figures import growth
from snippets.lens.figures.growth import HIGH, LINE, _spread
from snippets.lens.figures.marks import Text
from snippets.lens.figures.palette import TEXT
from tests.pictures import assert_legible, texts
from tests.plots import Scales, curves, middle, signs
from tests.svgs import both

SIZES = [2**power for power in range(15)]
SQUARE = {size: size**2 for size in SIZES}
FLAT = dict.fromkeys(SIZES, 0.5)
HALF = {size: size / 2 for size in SIZES}
CURVES = {"square": SQUARE, "flat": FLAT, "half": HALF}


def test_every_point_has_a_mark_where_it_belongs():
    picture = growth(CURVES, "bytes", "seconds")
    scales = Scales(picture, logarithmic=True)
    assert [scales.read((x, scales.up[0][1]))[0] for _, x in scales.across] == [value for value, _ in scales.across]
    assert (scales.across[0][0], scales.across[-1][0]) == (SIZES[0], SIZES[-1])
    assert (scales.up[0][0], scales.up[-1][0]) == (0.1, 1e9)
    drawn = signs(picture)
    of_each = [drawn[start : start + len(SIZES)] for start in range(0, len(drawn), len(SIZES))]
    for line, curve, of_it in zip(curves(picture), CURVES.values(), of_each, strict=True):
        points = list(map(scales.read, line.points))
        assert points == [pytest.approx(point) for point in curve.items()]
        assert [scales.read(middle(sign)) for sign in of_it] == [pytest.approx(point) for point in curve.items()]
        assert {sign.edge for sign in of_it} == {line.colour}
    assert len({(type(sign), getattr(sign, "round_by", 0)) for sign in drawn}) == 3
    assert len({line.colour for line in curves(picture)}) == 3
    for line, name in zip(curves(picture), CURVES, strict=True):
        (written,) = (mark for mark in picture.marks if isinstance(mark, Text) and mark.text == name)
        x, y = line.points[-1]
        assert written.x > x
        assert abs(written.y - 0.36 * TEXT - y) < 3, "its name is at its end"


def test_numbers_stand_where_there_is_room():
    picture = growth({"square": SQUARE}, "bytes", "seconds")
    assert {"1", "16,384", "1,000,000,000"} <= set(texts(picture))
    crowded = texts(growth({"a": dict.fromkeys(range(1000, 1050), 1.0)}, "bytes", "seconds"))
    assert "1,000" in crowded
    assert "1,001" not in crowded
    assert 10 < sum(text.startswith("1,0") for text in crowded) < 20


@pytest.mark.parametrize(
    "costs",
    [
        {"one": SQUARE},
        {"in one piece": FLAT, "byte by byte": HALF},
        {"a": SQUARE, "nearly a": {size: cost + 1 for size, cost in SQUARE.items()}, "and again": SQUARE},
        {"not whole": {0.001: 0.01, 0.003: 0.02, 7: 0.01}},
        {"the same all over": {1: 10, 2: 10}},
        {"from next to nothing": {1: 1e-20, 2: 1e20}},
    ],
)
def test_can_be_read(costs):
    picture = both(growth, costs, "bytes in a line", "bytes copied")
    assert_legible(picture)
    assert {*costs, "bytes in a line", "bytes copied"} <= set(texts(picture))


def test_of_a_long_name_the_beginning_stands_beside_its_curve():
    picture = both(growth, {"abcdefghij" * 15: SQUARE}, "bytes in a line", "bytes copied")
    assert_legible(picture)
    assert "abcdefghijabcdefghijabc…" in texts(picture)


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
    "costs",
    [
        {},
        {"a": {1: 1}},
        {"a": {}},
        {"a": {1: 1, 2: 0}},
        {"a": {0: 1, 2: 1}},
        {"a": {1: 1, 2: inf}},
        {"a": {1: 1, inf: 2}},
        {"a": {1: nan, 2: 1}},
        {"a": {nan: 1, 2: 1}},
        dict.fromkeys("abcd", SQUARE),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_line(costs):
    with pytest.raises(LensError, match="one to 3 curves, each of two points or more, all numbers finite and above 0"):
        growth(costs, "bytes", "seconds")
