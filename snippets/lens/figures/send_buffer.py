"""What waits in a send buffer, turn by turn, against a client that reads slowly."""

import functools
import itertools
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from matplotlib.axes import Axes

from snippets.lens.errors import LensError
from snippets.lens.figures.legend import Entry, draw_legend
from snippets.lens.figures.palette import BLUE, FADED, INK, ORANGE, RULE, TEXT, VERMILION, WHITE
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, in_book_style, width
from snippets.lens.follow.buffer import PAUSE, RESUME, Level, levels
from snippets.lens.trace import Trace

TOP = 24
HIGH = 190
FOOT = 40
LEGEND = 20
MARGIN = 4
MOST_NUMBERS = 6  # on a scale: steps, at most
LINE = 1.8
Stroke = tuple[()] | tuple[float, float]  # drawn through, or lengths on and off
# A colour and a stroke of its own for each run: what the colours tell apart, the strokes do too.
LOOKS: tuple[tuple[str, Stroke], ...] = ((BLUE, ()), (VERMILION, (5, 2)), (ORANGE, (1, 1.2)))
MARKS = {PAUSE: ("v", INK), RESUME: ("^", WHITE)}


@in_book_style()
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
    turns = max(level.turn for run in followed.values() for level in run)
    numbers = _numbers(most)
    left = MARGIN + max(width(f"{number:,}") for number in numbers) + 7
    right = WIDTH - MARGIN - 8
    sheet = Sheet(TOP + HIGH + FOOT + 2 * LEGEND)
    sheet.text(MARGIN, 9, "bytes in the send buffer", bold=True)
    axes = sheet.area(left, TOP, right - left, HIGH)
    _draw_scales(axes, numbers, turns, full)
    for (colour, stroke), run in zip(LOOKS, followed.values(), strict=False):
        _draw_run(axes, run, turns, colour, stroke)
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


def _draw_scales(axes: Axes, numbers: Sequence[int], turns: int, full: int) -> None:
    axes.set(xlim=(0, max(turns, 1)), ylim=(0, numbers[-1]))
    axes.set_yticks(numbers, [f"{number:,}" for number in numbers])
    every = _numbers(max(turns, 1))
    axes.set_xticks([number for number in every if number <= max(turns, 1)])
    axes.minorticks_off()
    axes.tick_params(length=3, width=0.8, color=FADED, labelcolor=FADED, labelsize=TEXT)
    axes.tick_params(axis="y", length=0, pad=5)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.axhline(full, color=FADED, linewidth=1.0, linestyle=(0, (2, 2)), zorder=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=INK, linewidth=0.8)


def _draw_run(axes: Axes, run: list[Level], turns: int, colour: str, stroke: Stroke) -> None:
    """Draw a line that rises and falls where bytes come and go, and a mark where a producer was told something."""
    x = [0, *(level.turn for level in run), turns]
    y = [0, *(level.waiting for level in run), run[-1].waiting]
    style: Any = (0, stroke) if stroke else "-"
    axes.plot(x, y, color=colour, linestyle=style, linewidth=LINE, drawstyle="steps-post", clip_on=False, zorder=3)
    for told, (mark, inside) in MARKS.items():
        points = [(level.turn, level.waiting) for level in _news(run) if level.told == told]
        look: dict[str, Any] = {"marker": mark, "markerfacecolor": inside, "markeredgecolor": INK, "markersize": 6}
        if points:
            axes.plot(*zip(*points, strict=True), linestyle="none", clip_on=False, zorder=4, **look)


def _news(run: list[Level]) -> list[Level]:
    """What a producer was told that it had not been told before: of several pauses in a row, the first."""
    told = (level for level in run if level.told)
    return [next(same) for _, same in itertools.groupby(told, key=lambda level: level.told)]


def _names(followed: Mapping[str, list[Level]]) -> list[Entry]:
    return [
        Entry(name, 24, functools.partial(_draw_stroke, colour=colour, stroke=stroke))
        for (colour, stroke), name in zip(LOOKS, followed, strict=False)
    ]


def _draw_stroke(sheet: Sheet, x: float, y: float, colour: str, stroke: Stroke) -> None:
    end = x + 19
    on, off = (LINE * each for each in stroke or (end, 0))
    while x < end:
        sheet.line([(x, y), (min(x + on, end), y)], colour=colour, line=LINE)
        x += on + off


def _signs(followed: Mapping[str, list[Level]], full: int) -> list[Entry]:
    told = {level.told for run in followed.values() for level in run}
    entries = [Entry(f"full: {full:,} bytes", 24, _draw_full)]
    for which, text in ((PAUSE, "its producer is told to pause"), (RESUME, "its producer is told to go on")):
        if which in told:
            entries.append(Entry(text, 12, functools.partial(_draw_sign, told=which)))
    return entries


def _draw_full(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x, y), (x + 19, y)], colour=FADED, dashed=True)


def _draw_sign(sheet: Sheet, x: float, y: float, told: str) -> None:
    down = 3 if told == PAUSE else -3
    corners = [(x + 0.5, y - down), (x + 7.5, y - down), (x + 4, y + down)]
    if told == PAUSE:
        sheet.shape(corners)
    else:
        sheet.line([*corners, corners[0]])


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
