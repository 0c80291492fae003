"""What waits in a send buffer, turn by turn, against a client that reads slowly."""

import functools
import itertools
from collections.abc import Mapping
from math import ceil, floor, log10

from snippets.lens.errors import LensError
from snippets.lens.figures.legend import Entry, draw_legend
from snippets.lens.figures.marks import THROUGH, Dashes
from snippets.lens.figures.palette import BLUE, FADED, INK, ORANGE, VERMILION, WHITE
from snippets.lens.figures.picture import WIDTH, Picture, Sheet
from snippets.lens.figures.plot import CURVE_LAYER, Plot, Tick, draw_scales, room_for
from snippets.lens.follow.buffer import PAUSE, RESUME, Level, levels
from snippets.lens.trace import Trace

TOP = 24
HIGH = 190
FOOT = 40
LEGEND = 20
MARGIN = 4
MOST_NUMBERS = 6  # on a scale: steps, at most
LINE = 1.8
FULL: Dashes = (2, 2)
SIGN = 3  # points, half of a sign
# A colour and dashes of its own for each run: what the colours tell apart, the dashes do too.
LOOKS: tuple[tuple[str, Dashes], ...] = ((BLUE, THROUGH), (VERMILION, (5, 2)), (ORANGE, (1, 1.2)))


def send_buffer(runs: Mapping[str, Trace], full: int) -> Picture:
    """Draw how much waits in the send buffers of up to three connections, one turn after another.

    Of several pauses in a row the first is marked.

    Args:
        runs: name -> one connection, recorded with `record(BUFFER_POINTS, watch=BUFFER_WATCH)`.
        full: the number of bytes above which a transport asks its producer to pause.

    Raises:
        LensError: there is no run or more than three, or a trace shows no connection or more than one, or lacks what
            must be watched.
    """
    if not 1 <= len(runs) <= len(LOOKS):
        raise LensError(f"send_buffer() draws one to {len(LOOKS)} runs, as in send_buffer({{'a file': trace}}, 65536)")
    followed = {name: levels(trace) for name, trace in runs.items()}
    most = max([full, *(level.waiting for run in followed.values() for level in run)])
    turns = max(1, *(level.turn for run in followed.values() for level in run))
    numbers = _numbers(most)
    left = MARGIN + room_for([f"{number:,}" for number in numbers])
    right = WIDTH - MARGIN - 8
    sheet = Sheet(TOP + HIGH + FOOT + 2 * LEGEND)
    sheet.text(MARGIN, 9, "bytes in the send buffer", bold=True)
    plot = Plot(left, TOP, right - left, HIGH)
    draw_scales(sheet, plot, _turns(turns), [Tick(number / numbers[-1], f"{number:,}") for number in numbers])
    limit = full / numbers[-1]
    sheet.line([plot.place(0, limit), plot.place(1, limit)], colour=FADED, dashes=FULL, layer=2)
    for (colour, dashes), run in zip(LOOKS, followed.values(), strict=False):
        curve = _curve(run, turns)
        points = [plot.place(turn / turns, waiting / numbers[-1]) for turn, waiting in curve]
        sheet.line(points, colour=colour, line=LINE, dashes=dashes, layer=CURVE_LAYER)
        for level in _news(run):
            _draw_sign(sheet, *plot.place(level.turn / turns, level.waiting / numbers[-1]), level.told)
    sheet.text((left + right) / 2, TOP + HIGH + 27, "turns in which the socket had room", align="center", bold=True)
    foot = TOP + HIGH + FOOT
    draw_legend(sheet, left, foot + LEGEND / 2, _names(followed))
    draw_legend(sheet, left, foot + 1.5 * LEGEND, _signs(followed, full))
    return sheet.finished(_alt(followed, full))


def _numbers(most: int) -> list[int]:
    """The numbers of a scale, 1, 2 or 5 times a power of ten apart, up to the first that is not less than `most`."""
    power = 10 ** floor(log10(most / MOST_NUMBERS)) if most > MOST_NUMBERS else 1
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * MOST_NUMBERS >= most)
    return [step * number for number in range(ceil(most / step) + 1)]


def _turns(turns: int) -> list[Tick]:
    return [Tick(number / turns, str(number)) for number in _numbers(turns) if number <= turns]


def _curve(run: list[Level], turns: int) -> list[tuple[int, int]]:
    """The corners of a line that rises and falls in the turns in which bytes come and go, and ends at the last turn."""
    corners = [(0, 0)]
    for level in run:
        corners += [(level.turn, corners[-1][1]), (level.turn, level.waiting)]
    return [*corners, (turns, run[-1].waiting)]


def _news(run: list[Level]) -> list[Level]:
    """What a producer was told that it had not been told before: of several pauses in a row, the first."""
    told = (level for level in run if level.told)
    return [next(same) for _, same in itertools.groupby(told, key=lambda level: level.told)]


def _names(followed: Mapping[str, list[Level]]) -> list[Entry]:
    return [
        Entry(name, 24, functools.partial(_draw_stroke, colour=colour, dashes=dashes))
        for (colour, dashes), name in zip(LOOKS, followed, strict=False)
    ]


def _draw_stroke(sheet: Sheet, x: float, y: float, colour: str, dashes: Dashes) -> None:
    sheet.line([(x, y), (x + 19, y)], colour=colour, line=LINE, dashes=dashes)


def _signs(followed: Mapping[str, list[Level]], full: int) -> list[Entry]:
    told = {level.told for run in followed.values() for level in run}
    entries = [Entry(f"full: {full:,} bytes", 24, _draw_full)]
    for which, text in ((PAUSE, "its producer is told to pause"), (RESUME, "its producer is told to go on")):
        if which in told:
            entries.append(Entry(text, 12, functools.partial(_draw_sample, told=which)))
    return entries


def _draw_full(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x, y), (x + 19, y)], colour=FADED, dashes=FULL)


def _draw_sample(sheet: Sheet, x: float, y: float, told: str) -> None:
    _draw_sign(sheet, x + 4, y, told)


def _draw_sign(sheet: Sheet, x: float, y: float, told: str) -> None:
    """A triangle: filled and with its point down for a pause, hollow and with its point up where it goes on."""
    down, inside = (SIGN, INK) if told == PAUSE else (-SIGN, WHITE)
    corners = [(x - SIGN, y - down), (x + SIGN, y - down), (x, y + down)]
    sheet.shape(corners, inside, edge=INK, layer=4)


def _alt(followed: Mapping[str, list[Level]], full: int) -> str:
    said = [f"Bytes in the send buffer, turn by turn; it is full above {full:,}."]
    for name, run in followed.items():
        told = [sum(level.told == which for level in run) for which in (PAUSE, RESUME)]
        times = f"its producer was told to pause {_times(told[0])}, to go on {_times(told[1])}"
        said.append(
            f"{name}: at most {max(level.waiting for level in run):,} in {run[-1].turn} turns,"
            f" {run[-1].waiting:,} at the end; {times if any(told) else 'no producer was told anything'}."
        )
    return " ".join(said)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
