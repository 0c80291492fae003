"""The life of one connection, drawn: time to the right, a lane for each part, a bar as long as a state lasts."""

from collections.abc import Callable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from snippets.lens.figures.bands import HEAD, draw_lanes, draw_time, in_bands
from snippets.lens.figures.legend import Entry, draw_legend
from snippets.lens.figures.palette import (
    BLACK,
    BLUE,
    GROUND,
    INK,
    PURPLE,
    RULE,
    SKY,
    VERMILION,
    WHITE,
    Fill,
    tint,
)
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, width
from snippets.lens.figures.ribbon import FILLS
from snippets.lens.follow.channel import KEPT_BACK
from snippets.lens.follow.life import (
    ABORT,
    ARRIVING,
    AT_WORK,
    CLIENT,
    CLOSING,
    CONNECTION,
    IDLE,
    KEPT,
    OPEN,
    READING,
    TIMER,
    Bar,
    Moment,
    moments,
)
from snippets.lens.trace import Trace

MARGIN = 4
LANE = 22
BAR = 15
BETWEEN = 12  # bands
LEGEND = 22
PAD = 8
LEAST = 18  # the width of a moment, at least
PAUSE = 26  # what stands for the time between two moments, at least

FILL = {
    OPEN: Fill(tint(BLUE, 0.25)),
    CLOSING: Fill(tint(BLUE, 0.25), "////"),
    READING: Fill(tint(SKY, 0.4)),
    KEPT: FILLS[KEPT_BACK],
    ARRIVING: Fill(tint(PURPLE, 0.2)),
    AT_WORK: Fill(tint(PURPLE, 0.6)),
    IDLE: Fill(tint(VERMILION, 0.3)),
    ABORT: Fill(tint(VERMILION, 0.3), "////"),
}


class Column(NamedTuple):
    """A moment with its band, its left edge in points from where the band begins, its width, and that of the time
    which passes after it."""

    band: int
    x: float
    wide: float
    after: float
    moment: Moment


def columns(every: list[Moment], room: float) -> list[Column]:
    """Put the moments side by side; moments at one time that don't fit at the end of a band begin the next."""
    groups = [list(group) for _, group in groupby(every, key=lambda moment: moment.time)]
    wides = [_wides(group) for group in groups]
    afters = [after for group in groups for after in [*[0.0] * (len(group) - 1), PAUSE]]
    afters[-1] = 0.0
    edges = in_bands(wides, room, PAUSE)
    parts = zip(edges, chain(*wides), afters, every, strict=True)
    side_by_side = [Column(*edge, wide, after, moment) for edge, wide, after, moment in parts]
    return [column for _, row in groupby(side_by_side, key=lambda each: each.band) for column in _spread([*row], room)]


def _wides(together: list[Moment]) -> list[float]:
    """The width of each of some moments at one time: room for its mark, for each bar that begins, and for the time."""
    wides = [LEAST + width(_seconds(together[0].time)) if len(together) == 1 else LEAST, *[LEAST] * len(together[1:])]
    for number, moment in enumerate(together):
        before = together[number - 1].bars if number else {}
        texts = [moment.mark, *(bar.text for lane, bar in moment.bars.items() if before.get(lane) != bar)]
        wides[number] = max([wides[number], *(width(text) + PAD for text in texts if text)])
    return wides


def _spread(row: list[Column], room: float) -> list[Column]:
    """Let the time that passes take what room is left in a band."""
    passing = sum(1 for column in row if column.after)
    more = max(0.0, room - row[-1].x - row[-1].wide - row[-1].after) / passing if passing else 0.0
    moved, x = [], 0.0
    for column in row:
        after = column.after + more if column.after else 0.0
        moved.append(column._replace(x=x, after=after))
        x += column.wide + after
    return moved


def life(trace: Trace) -> Picture:
    """Draw what happened on one connection: time to the right, a lane for each part, a bar as long as a state lasts.

    Args:
        trace: one connection of a `Wire`, recorded with `record(LIFE_POINTS, watch=LIFE_WATCH)` from before the `Wire`
            was made.

    Raises:
        LensError: the trace shows no connection or more than one, or lacks what must be watched.
    """
    every = moments(trace)
    lanes = _lanes(every)
    left = 2 * MARGIN + max(width(lane) for lane in lanes) + 8
    side_by_side = columns(every, WIDTH - left - MARGIN)
    pitch = HEAD + LANE * len(lanes) + BETWEEN
    foot = HEAD + pitch * (side_by_side[-1].band + 1) - BETWEEN
    sheet = Sheet(foot + LEGEND)
    sheet.text(MARGIN, 9, _title(every), bold=True)
    bars: dict[str, Bar] = {}
    for band, in_band in groupby(side_by_side, key=lambda column: column.band):
        row = list(in_band)
        _Band(sheet, left, HEAD + pitch * band, lanes, row, bars).draw()
        bars = row[-1].moment.bars
    draw_legend(sheet, MARGIN, foot + LEGEND / 2, _legend(every))
    return sheet.finished(_alt(every))


def _lanes(every: list[Moment]) -> list[str]:
    used = {lane for moment in every for lane in [moment.lane, *moment.bars]}
    requests = sorted((lane for lane in used if lane.startswith("request ")), key=lambda lane: int(lane.split()[1]))
    return [lane for lane in [CONNECTION, CLIENT, READING, KEPT, *requests, TIMER] if lane in used]


class _Band:
    """One band of the figure: its moments, and the bars that run through them."""

    def __init__(
        self, sheet: Sheet, left: float, top: float, lanes: list[str], row: list[Column], bars: dict[str, Bar]
    ) -> None:
        self._sheet, self._left, self._top = sheet, left, top
        self._middles = {lane: top + HEAD + LANE * (number + 0.5) for number, lane in enumerate(lanes)}
        self._row, self._bars = row, bars

    def draw(self) -> None:
        end = self._left + self._row[-1].x + self._row[-1].wide + self._row[-1].after
        draw_lanes(self._sheet, self._left, end, self._middles)
        for _, group in groupby(self._row, key=lambda column: column.moment.time):
            self._draw_time(list(group))
        for lane, middle in self._middles.items():
            for x, until, bar in self._runs(lane, end):
                self._draw_bar(x, until, middle, bar)
        for column in self._row:
            self._draw_mark(self._left + column.x, column)

    def _draw_time(self, group: list[Column]) -> None:
        x, wide = self._left + group[0].x, group[-1].x + group[-1].wide - group[0].x
        high = HEAD + LANE * len(self._middles)
        draw_time(self._sheet, x, self._top, wide, high, _seconds(group[0].moment.time))

    def _runs(self, lane: str, end: float) -> Iterator[tuple[float, float, Bar]]:
        """The bars of one lane, from where to where."""
        steps = [(self._left, self._bars.get(lane))]
        steps += [(self._left + column.x, column.moment.bars.get(lane)) for column in self._row]
        start, bar = steps[0]
        for x, following in [*steps[1:], (end, None)]:
            if following != bar:
                if bar and x > start:
                    yield start, x, bar
                start, bar = x, following

    def _draw_bar(self, x: float, until: float, middle: float, bar: Bar) -> None:
        self._sheet.box(x + 1, middle - BAR / 2, until - x - 2, BAR, FILL[bar.kind], edge=INK, line=0.6)
        if width(bar.text) + PAD - 2 <= until - x:
            if FILL[bar.kind].hatch:
                wide = width(bar.text) + 4
                self._sheet.box(x + 2, middle - BAR / 2 + 1.5, wide, BAR - 3, FILL[bar.kind].colour, layer=3)
            self._sheet.text(x + 4, middle, bar.text, colour=BLACK)

    def _draw_mark(self, x: float, column: Column) -> None:
        moment = column.moment
        if moment.restarted:
            _draw_restart(self._sheet, x - 3, self._middles[TIMER])
        if not moment.lane:
            return
        middle = self._middles[moment.lane]
        if moment.mark:
            edge = BLACK if moment.lane == CLIENT else "none"
            wide = width(moment.mark) + PAD - 2
            self._sheet.box(x + 1, middle - BAR / 2, wide, BAR, WHITE, edge=edge, line=0.8, round_by=3, layer=3)
            self._sheet.text(x + 4, middle, moment.mark)
        if moment.cross:
            self._sheet.cross(x - 6, middle)


def _draw_restart(sheet: Sheet, x: float, y: float) -> None:
    sheet.shape([(x - 3, y - 5), (x + 3, y), (x - 3, y + 5)], layer=4)


def _legend(every: list[Moment]) -> list[Entry]:
    samples: list[tuple[str, Callable[[Sheet, float, float], None]]] = [
        ("these happen at one time", lambda sheet, x, y: sheet.box(x, y - 6, 16, 12, GROUND, edge=RULE))
    ]
    if any(moment.restarted for moment in every):
        samples.append(("the timer starts anew", lambda sheet, x, y: _draw_restart(sheet, x + 8, y)))
    if any(moment.cross for moment in every):
        samples.append(("fired, refused or lost", lambda sheet, x, y: sheet.cross(x + 8, y)))
    return [Entry(text, 21, draw, gap=18) for text, draw in samples]


def _seconds(time: float) -> str:
    return f"{time:g} s"


def _title(every: list[Moment]) -> str:
    requests = len({lane for moment in every for lane in moment.bars if lane.startswith("request ")})
    last = every[-1]
    end = "lost" if last.lane == CONNECTION else "still open"
    after = _seconds(last.time - every[0].time)
    return f"One connection with {requests} request{'s' * (requests != 1)}, {end} after {after}; time is not to scale"


def _alt(every: list[Moment]) -> str:
    groups = [
        f"At {_seconds(time)}: {'; '.join(moment.said for moment in group)}."
        for time, group in groupby(every, key=lambda moment: moment.time)
    ]
    return f"{_title(every)}. {' '.join(groups)}"
