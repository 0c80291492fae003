"""Who waits for whom, to scale: time to the right, a bar for each request at work and for each source that it asks."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from snippets.lens.figures.legend import Entry, draw_legend
from snippets.lens.figures.life import FILL
from snippets.lens.figures.life import KEPT as LIFE_KEPT
from snippets.lens.figures.palette import BLACK, FADED, INK, RULE, YELLOW, Fill, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, width
from snippets.lens.follow.life import AT_WORK as LIFE_AT_WORK
from snippets.lens.follow.waits import AT_WORK, KEPT, SOURCE, Wait, waits
from snippets.lens.trace import Trace

MARGIN = 4
LANE = 20
BAR = 13
HEAD = 18
TITLE = 18  # over each of several traces
AXIS = 18
LEGEND = 22
PAD = 8
MOST_LETTERS = 24  # of the name of a lane
MOST_TICKS = 8
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

FILLS = {AT_WORK: FILL[LIFE_AT_WORK], KEPT: FILL[LIFE_KEPT], SOURCE: Fill(tint(YELLOW, 0.5))}
SAID = {AT_WORK: "a request at work", KEPT: "bytes kept unparsed", SOURCE: "a source that was asked"}


class Part(NamedTuple):
    """What one trace shows: its name, and its stretches by their lanes."""

    name: str
    lanes: dict[str, list[Wait]]


def waits_for(traces: Trace | Mapping[str, Trace]) -> Picture:
    """Draw how long requests and sources took on a `Wire`, to scale.

    Args:
        traces: recorded with `record(WAIT_POINTS, watch=WAIT_WATCH)`; or several of them, by their names, to be
            compared on one scale.

    Raises:
        LensError: a trace shows no request, or lacks what must be watched.
    """
    named = traces if isinstance(traces, Mapping) else {"": traces}
    parts = [Part(name, _lanes(waits(trace))) for name, trace in named.items()]
    every = [wait for part in parts for lane in part.lanes.values() for wait in lane]
    last = max([wait.begin for wait in every] + [wait.end for wait in every if wait.end is not None]) or 1.0
    left = 2 * MARGIN + max(width(cut(lane, MOST_LETTERS)) for part in parts for lane in part.lanes) + 8
    scale = _Scale(left, WIDTH - MARGIN - 24, last)
    high = sum(_high(part) for part in parts)
    sheet = Sheet(HEAD + high + AXIS + LEGEND)
    sheet.text(MARGIN, 9, _title(parts, last), bold=True)
    top = float(HEAD)
    for part in parts:
        _draw_part(sheet, scale, top, part)
        top += _high(part)
    for seconds in _ticks(last):
        sheet.text(scale.x(seconds), top + AXIS / 2, _seconds(seconds), align="center", colour=FADED)
    draw_legend(sheet, MARGIN, HEAD + high + AXIS + LEGEND / 2, _legend(every))
    return sheet.finished(_alt(parts, last))


class _Scale(NamedTuple):
    """Where a time stands: `left` is 0 s, `right` is `last`."""

    left: float
    right: float
    last: float

    def x(self, seconds: float) -> float:
        return self.left + (self.right - self.left) * seconds / self.last


def _lanes(every: list[Wait]) -> dict[str, list[Wait]]:
    lanes: dict[str, list[Wait]] = {}
    for wait in every:
        lanes.setdefault(wait.lane, []).append(wait)
    return lanes


def _high(part: Part) -> float:
    return TITLE * bool(part.name) + LANE * len(part.lanes)


def _ticks(last: float) -> list[float]:
    step = next((step for step in STEPS if last / step <= MOST_TICKS), last)
    return [number * step for number in range(int(last / step + 1e-9) + 1)]


def _draw_part(sheet: Sheet, scale: _Scale, top: float, part: Part) -> None:
    if part.name:
        sheet.text(MARGIN, top + TITLE / 2, part.name, bold=True)
        top += TITLE
    for seconds in _ticks(scale.last):
        x = scale.x(seconds)
        sheet.line([(x, top), (x, top + LANE * len(part.lanes))], colour=RULE, line=0.8, layer=0)
    for number, (lane, stretches) in enumerate(part.lanes.items()):
        middle = top + LANE * (number + 0.5)
        sheet.text(scale.left - 8, middle, cut(lane, MOST_LETTERS), align="right")
        sheet.line([(scale.left, middle), (scale.right, middle)], colour=RULE, line=0.8)
        for wait in stretches:
            _draw_wait(sheet, scale, middle, wait)


def _draw_wait(sheet: Sheet, scale: _Scale, middle: float, wait: Wait) -> None:
    end = scale.last if wait.end is None else wait.end
    x, wide = scale.x(wait.begin), max(3.0, scale.x(end) - scale.x(wait.begin))
    sheet.box(x, middle - BAR / 2, wide, BAR, FILLS[wait.kind], edge=INK, line=0.6, layer=2 + (wait.kind == AT_WORK))
    said = _lasted(wait)
    if not FILLS[wait.kind].hatch and width(said) + PAD <= wide - 8 * wait.cut:
        sheet.text(x + 4, middle, said, colour=BLACK)
    if wait.cut:
        sheet.cross(x + wide, middle)


def _lasted(wait: Wait) -> str:
    return "still waits" if wait.end is None else _seconds(wait.end - wait.begin)


def _legend(every: list[Wait]) -> list[Entry]:
    kinds = dict.fromkeys(wait.kind for wait in every)
    entries = [Entry(SAID[kind], 21, _sample(FILLS[kind])) for kind in kinds]
    if any(wait.cut for wait in every):
        entries.append(Entry("lost or cancelled", 18, lambda sheet, x, y: sheet.cross(x + 8, y)))
    return entries


def _sample(fill: Fill) -> Callable[[Sheet, float, float], None]:
    return lambda sheet, x, y: sheet.box(x, y - 5, 16, 10, fill, edge=INK, line=0.6)


def _seconds(time: float) -> str:
    return f"{round(time, 3):g} s"


def _title(parts: list[Part], last: float) -> str:
    many = f"{len(parts)} runs, the longest of" if len(parts) > 1 else "One run of"
    return f"{many} {_seconds(last)}; time runs to the right, to scale"


def _alt(parts: list[Part], last: float) -> str:
    said = [_title(parts, last) + "."]
    for part in parts:
        stretches = "; ".join(_said(wait) for lane in part.lanes.values() for wait in lane)
        said.append(f"{part.name}: {stretches}." if part.name else f"{stretches}.")
    return " ".join(said)


def _said(wait: Wait) -> str:
    end = "the end and longer" if wait.end is None else _seconds(wait.end)
    return f"{wait.lane} {wait.kind} from {_seconds(wait.begin)} to {end}{', cut short' * wait.cut}"
