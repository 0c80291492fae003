"""What the tests of figures ask of the two makers: the same figure as PNG and as SVG, and an SVG that is whole."""

import re
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from snippets.lens.figures import Picture, drawn_as, png
from snippets.lens.figures.marks import Box, Line, Mark, Text
from snippets.lens.figures.svg import HATCHES

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
CLOSE = 0.011  # points: an SVG has hundredths


def both(draw: Callable[..., Picture], *args, **options) -> Picture:
    """The figure that `draw` makes, after it was made for both makers and both were found the same."""
    picture = draw(*args, **options)
    with drawn_as("svg"):
        other = draw(*args, **options)
    assert other.alt == picture.alt
    assert other.height == picture.height
    assert other.marks == picture.marks, "each mark stands where it stands in the other, and no width differs"
    assert_whole(picture)
    return picture


def assert_whole(picture: Picture) -> None:
    """The SVG is one XML element that shows each mark where it belongs, and takes nothing from elsewhere."""
    root = ElementTree.fromstring(picture.svg)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert set(tags) <= {"svg", "defs", "pattern", "path", "g", "use"}
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.alt
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    used = {*re.findall(r'href="(.*?)"', picture.svg), *re.findall(r"url\((.*?)\)", picture.svg)}
    assert used == {f"#{name}" for name in ids}
    _, ground, *drawn = root
    assert [ground.get("fill"), *NUMBER.findall(ground.get("d"))[2:4]] == ["#FFFFFF", *root.get("viewBox").split()[2:]]
    for mark in picture.marks:
        if isinstance(mark, Box) and mark.fill.hatch:
            assert mark.fill.hatch in HATCHES
            assert drawn.pop(0).get("fill") == mark.fill.colour
        assert_shown(mark, drawn.pop(0))
    assert not drawn


def assert_shown(mark: Mark, element: Element) -> None:
    if isinstance(mark, Text):
        assert_written(mark, element)
        return
    places = corners_of(mark) if isinstance(mark, Box) else [number for point in mark.points for number in point]
    assert shown(mark, element.get("d")) == pytest.approx(places, abs=CLOSE)
    edge = mark.colour if isinstance(mark, Line) else mark.edge
    assert element.get("stroke", "none") == edge
    if edge != "none":
        assert abs(float(element.get("stroke-width")) - mark.line) < CLOSE
        lengths = [float(length) for length in element.get("stroke-dasharray", "").split()]
        assert lengths == pytest.approx([length * mark.line for length in getattr(mark, "dashes", ())], abs=CLOSE)


def assert_written(text: Text, element: Element) -> None:
    assert element.get("fill") == text.colour
    wide = png.width(text.text, text.mono, text.bold)
    left = text.x - wide * {"left": 0, "center": 0.5, "right": 1}[text.align]
    x, y, scale = map(float, NUMBER.findall(element.get("transform")))
    assert abs(x - left) < CLOSE
    assert abs(y - text.y) < CLOSE
    places = [float(letter.get("x")) * scale for letter in element]
    assert all(one < other for one, other in pairwise(places))
    assert not places or places[-1] < wide


def corners_of(box: Box) -> list[float]:
    """The corners, from the upper right one on if they are round."""
    left, top, right, bottom = box.x, box.y, box.x + box.wide, box.y + box.high
    return [right, top, right, bottom, left, bottom, left, top] if box.round_by else [left, top, right, bottom, left]


def shown(mark: Mark, path: str) -> list[float]:
    """The numbers of a path; of a round corner, those of the point that it bends to."""
    if isinstance(mark, Box) and mark.round_by:
        path = " ".join(re.findall(r"Q(\S+ \S+)", path))
    return list(map(float, NUMBER.findall(path)))
