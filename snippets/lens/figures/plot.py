"""The scales of a plot: a frame with numbers below and at the left, and a line across at each height."""

from collections.abc import Sequence
from typing import NamedTuple

from snippets.lens.figures.palette import FADED, RULE
from snippets.lens.figures.picture import Sheet, width

LONG = 3  # points, how far a tick goes out of the frame
PAD = 5  # between a number and the frame
DROP = 10  # from the frame to the middle of the numbers below it
CURVE_LAYER = 3


class Tick(NamedTuple):
    """A place on a scale: how far along it, 0 to 1, and the number that stands there, "" for none."""

    share: float
    text: str


class Plot(NamedTuple):
    """The part of a sheet that curves are drawn in."""

    left: float
    top: float
    wide: float
    high: float

    def place(self, across: float, up: float) -> tuple[float, float]:
        """The point that is so far along the two scales, each 0 to 1."""
        return self.left + self.wide * across, self.top + self.high * (1 - up)


def room_for(numbers: Sequence[str]) -> float:
    """How much room the numbers at the left of a plot need."""
    return max(map(width, numbers)) + PAD + 2


def draw_scales(sheet: Sheet, plot: Plot, across: Sequence[Tick], up: Sequence[Tick]) -> None:
    """Draw the frame, a short line at each tick of the scale `across`, and a line at each of that which leads `up`."""
    for share, text in up:
        start, end = plot.place(0, share), plot.place(1, share)
        sheet.line([start, end], colour=RULE, line=0.6)
        if text:
            sheet.text(plot.left - PAD, start[1], text, align="right", colour=FADED)
    for share, text in across:
        x, y = plot.place(share, 0)
        sheet.line([(x, y), (x, y + LONG)], colour=FADED, line=0.8)
        if text:
            sheet.text(x, y + DROP, text, align="center", colour=FADED)
    sheet.line([plot.place(0, 1), plot.place(0, 0), plot.place(1, 0)], line=0.8, layer=2)
