"""What the tests of plots read off a picture: where its scales, its curves and their signs are."""

from math import log10

from snippets.lens.figures import Picture
from snippets.lens.figures.marks import Box, Line, Shape, Text
from snippets.lens.figures.palette import FADED, TEXT
from snippets.lens.figures.plot import CURVE_LAYER

Point = tuple[float, float]


class Scales:
    """The scales of a plot, as the numbers tell that stand below it and at its left."""

    def __init__(self, picture: Picture, logarithmic: bool = False) -> None:
        self._log = logarithmic
        texts = [mark for mark in picture.marks if isinstance(mark, Text) and mark.colour == FADED]
        self.across = [(_number(text), text.x) for text in texts if text.align == "center"]
        self.up = [(_number(text), text.y - 0.36 * TEXT) for text in texts if text.align == "right"]

    def read(self, point: Point) -> Point:
        """The pair of values that stands at a point of the sheet."""
        x, y = point
        return self._along(self.across, x), self._along(self.up, y)

    def _along(self, scale: list[Point], place: float) -> float:
        (low, start), (high, end) = scale[0], scale[-1]
        share = (place - start) / (end - start)
        value = low * (high / low) ** share if self._log else low + (high - low) * share
        return round(value, 6 - (int(log10(value)) if value > 1 else 0))


def _number(text: Text) -> float:
    return float(text.text.replace(",", ""))


def curves(picture: Picture) -> list[Line]:
    """The curves of a plot, in their order."""
    return [mark for mark in picture.marks if isinstance(mark, Line) and mark.layer == CURVE_LAYER]


def signs(picture: Picture) -> list[Shape | Box]:
    """The signs on its curves, in their order; those of a legend, which stands below the plot, are none."""
    bottom = max(y for line in curves(picture) for _, y in line.points)
    marks = [mark for mark in picture.marks if isinstance(mark, Shape | Box) and mark.layer >= CURVE_LAYER]
    return [mark for mark in marks if middle(mark)[1] <= bottom + 0.01]


def middle(sign: Shape | Box) -> Point:
    """Where a sign stands: in the middle of its height and its width."""
    if isinstance(sign, Box):
        return sign.x + sign.wide / 2, sign.y + sign.high / 2
    xs, ys = zip(*sign.points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
