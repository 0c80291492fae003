"""The life of one connection, drawn: time to the right, a lane for each part, a bar as long as a state lasts."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from snippets.lens.figures.palette import (
    BLACK,
    BLUE,
    FADED,
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
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, drawn, width
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
HEAD = 18  # the times
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


class Slot(NamedTuple):
    """A moment with its band, its left edge in points from where the band begins, its width, and that of the time
    which passes after it."""

    band: int
    x: float
    wide: float
    after: float
    moment: Moment


def placed(found: list[Moment], room: float) -> list[Slot]:
    """Put the moments side by side; moments at one time that don't fit at the end of a band begin the next."""
    slots: list[Slot] = []
    band, x = 0, 0.0
    for _, group in groupby(found, key=lambda moment: moment.time):
        together = list(group)
        wides = [_wide(moment, previous) for moment, previous in zip(together, [None, *together], strict=False)]
        wides[0] = max(wides[0], LEAST + (width(_seconds(together[0].time)) if len(together) == 1 else 0))
        if x and x + sum(wides) + PAUSE > room:
            band, x = band + 1, 0.0
        for moment, wide in zip(together, wides, strict=True):
            if x and x + wide > room:
                band, x = band + 1, 0.0
            after = PAUSE if moment is together[-1] and moment is not found[-1] else 0.0
            slots.append(Slot(band, x, wide, after, moment))
            x += wide + after
    return [slot for _, row in groupby(slots, key=lambda slot: slot.band) for slot in _spread(list(row), room)]


def _wide(moment: Moment, previous: Moment | None) -> float:
    """Room for the mark, and for each bar that begins here."""
    before = previous.bars if previous else {}
    texts = [bar.text for lane, bar in moment.bars.items() if before.get(lane) != bar]
    return max([LEAST, *(width(text) + PAD for text in [moment.mark, *texts] if text)])


def _spread(row: list[Slot], room: float) -> list[Slot]:
    """Let the time that passes take what room is left in a band."""
    passing = sum(1 for slot in row if slot.after)
    more = max(0.0, room - row[-1].x - row[-1].wide - row[-1].after) / passing if passing else 0.0
    moved, x = [], 0.0
    for slot in row:
        after = slot.after + more if slot.after else 0.0
        moved.append(slot._replace(x=x, after=after))
        x += slot.wide + after
    return moved


@drawn
def life(trace: Trace) -> Picture:
    """Draw what happened on one connection: time to the right, a lane for each part, a bar as long as a state lasts.

    Args:
        trace: one connection of a `Wire`, recorded with `record(LIFE_POINTS, watch=LIFE_WATCH)` from before the `Wire`
            was made.

    Raises:
        LensError: the trace shows no connection or more than one, or lacks what must be watched.
    """
    found = moments(trace)
    lanes = _lanes(found)
    left = 2 * MARGIN + max(width(lane) for lane in lanes) + 8
    slots = placed(found, WIDTH - left - MARGIN)
    pitch = HEAD + LANE * len(lanes) + BETWEEN
    foot = HEAD + pitch * (slots[-1].band + 1) - BETWEEN
    sheet = Sheet(foot + LEGEND)
    sheet.text(MARGIN, 9, _title(found), bold=True)
    bars: dict[str, Bar] = {}
    for band, row in groupby(slots, key=lambda slot: slot.band):
        row = list(row)
        _Band(sheet, left, HEAD + pitch * band, lanes, row, bars).draw()
        bars = row[-1].moment.bars
    _draw_legend(sheet, foot + LEGEND / 2, found)
    return sheet.finished(_alt(found))


def _lanes(found: list[Moment]) -> list[str]:
    used = {lane for moment in found for lane in [moment.lane, *moment.bars]}
    requests = sorted((lane for lane in used if lane.startswith("request ")), key=lambda lane: int(lane.split()[1]))
    return [lane for lane in [CONNECTION, CLIENT, READING, KEPT, *requests, TIMER] if lane in used]


class _Band:
    """One band of the figure: its moments, and the bars that run through them."""

    def __init__(
        self, sheet: Sheet, left: float, top: float, lanes: list[str], row: list[Slot], bars: dict[str, Bar]
    ) -> None:
        self._sheet, self._left, self._top = sheet, left, top
        self._middles = {lane: top + HEAD + LANE * (number + 0.5) for number, lane in enumerate(lanes)}
        self._row, self._bars = row, bars

    def draw(self) -> None:
        end = self._left + self._row[-1].x + self._row[-1].wide + self._row[-1].after
        for lane, middle in self._middles.items():
            self._sheet.text(self._left - 8, middle, lane, align="right")
            self._sheet.line([(self._left, middle), (end, middle)], colour=RULE, line=0.8)
        for _, group in groupby(self._row, key=lambda slot: slot.moment.time):
            self._draw_time(list(group))
        for lane, middle in self._middles.items():
            for x, until, bar in self._runs(lane, end):
                self._draw_bar(x, until, middle, bar)
        for slot in self._row:
            self._draw_mark(self._left + slot.x, slot)

    def _draw_time(self, group: list[Slot]) -> None:
        x, wide = self._left + group[0].x, group[-1].x + group[-1].wide - group[0].x
        self._sheet.box(x, self._top, wide, HEAD + LANE * len(self._middles), GROUND, layer=0)
        self._sheet.line([(x, self._top), (x, self._top + HEAD + LANE * len(self._middles))], colour=FADED, line=0.8)
        self._sheet.text(x + 4, self._top + HEAD / 2, _seconds(group[0].moment.time), colour=FADED)

    def _runs(self, lane: str, end: float) -> Iterator[tuple[float, float, Bar]]:
        """The bars of one lane, from where to where."""
        steps = [(self._left, self._bars.get(lane))]
        steps += [(self._left + slot.x, slot.moment.bars.get(lane)) for slot in self._row]
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

    def _draw_mark(self, x: float, slot: Slot) -> None:
        moment = slot.moment
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


def _draw_legend(sheet: Sheet, y: float, found: list[Moment]) -> None:
    x = MARGIN + 8.0
    sheet.box(x - 8, y - 6, 16, 12, GROUND, edge=RULE)
    entries = [(None, "these happen at one time")]
    entries += [(_draw_restart, "the timer starts anew")] * any(moment.restarted for moment in found)
    entries += [(Sheet.cross, "fired, refused or lost")] * any(moment.cross for moment in found)
    for draw, text in entries:
        if draw:
            draw(sheet, x, y)
        sheet.text(x + 13, y, text)
        x += 13 + width(text) + 26


def _seconds(time: float) -> str:
    return f"{time:g} s"


def _title(found: list[Moment]) -> str:
    requests = len({lane for moment in found for lane in moment.bars if lane.startswith("request ")})
    last = found[-1]
    end = "lost" if last.lane == CONNECTION else "still open"
    after = _seconds(last.time - found[0].time)
    return f"One connection with {requests} request{'s' * (requests != 1)}, {end} after {after}; time is not to scale"


def _alt(found: list[Moment]) -> str:
    groups = [
        f"At {_seconds(time)}: {'; '.join(moment.said for moment in group)}."
        for time, group in groupby(found, key=lambda moment: moment.time)
    ]
    return f"{_title(found)}. {' '.join(groups)}"
