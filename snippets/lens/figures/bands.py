"""Time that runs to the right, in bands: what happens side by side, and a lane for each part."""

from collections.abc import Iterable, Sequence

from snippets.lens.figures.palette import FADED, GROUND, RULE
from snippets.lens.figures.picture import Sheet

HEAD = 18  # over the lanes, for the times


def in_bands(groups: Iterable[Sequence[float]], room: float, pause: float = 0) -> list[tuple[int, float]]:
    """The band and the left edge of each of the widths in `groups`; a band is `room` points wide.

    A group that does not fit at the end of a band, with the pause after it, begins the next.
    """
    edges: list[tuple[int, float]] = []
    band, x = 0, 0.0
    for widths in groups:
        if x and x + sum(widths) + pause > room:
            band, x = band + 1, 0.0
        for wide in widths:
            if x and x + wide > room:
                band, x = band + 1, 0.0
            edges.append((band, x))
            x += wide
        x += pause
    return edges


def draw_lanes(sheet: Sheet, left: float, right: float, middles: dict[str, float], bold: str = "") -> None:
    """Draw the lanes of a band from `left` to `right`, and their names; `middles` is lane -> its height."""
    for lane, middle in middles.items():
        sheet.text(left - 8, middle, lane, align="right", bold=lane == bold)
        sheet.line([(left, middle), (right, middle)], colour=RULE, line=0.8)


def draw_time(sheet: Sheet, x: float, top: float, wide: float, high: float, said: str, shaded: bool = True) -> None:
    """Draw where a stretch of time begins, and say which; what is `shaded` happens at one time or in one turn."""
    if shaded:
        sheet.box(x, top, wide, high, GROUND, layer=0)
    sheet.line([(x, top), (x, top + high)], colour=FADED, line=0.8)
    sheet.text(x + 4, top + HEAD / 2, said, colour=FADED)
