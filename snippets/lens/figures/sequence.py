"""The sequence diagram of a trace: who called whom, in which lane, in which order."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from snippets.lens.event import Event
from snippets.lens.figures.labels import short_names
from snippets.lens.figures.palette import FADED, GROUND, INK, LANE_COLOURS, RULE, ink_on, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, legible, width
from snippets.lens.kept import show
from snippets.lens.path import LANES, lane_of
from snippets.lens.trace import Trace

MARGIN = 8
PITCH = 50  # from one lane to the next
ROW = 17
HEAD = 30  # the names of the lanes
BAR = 6  # width of an activation bar
STEP = 3.5  # how far a bar inside another of the same lane stands to its right
MOST_STEPS = 5


class CallRow(NamedTuple):
    """One call as it is drawn: its lane, its caller's row (None: no caller was recorded), and its last row."""

    event: Event
    lane: str
    caller: int | None
    last: int
    step: int


def rows(events: list[Event]) -> list[CallRow]:
    """Lay out calls, one a row: each hangs on the nearest recorded call around it, in its own thread."""
    laid: list[CallRow] = []
    open_calls: list[int] = []
    for number, event in enumerate(events):
        if number and event.thread != events[number - 1].thread:
            open_calls.clear()
        while open_calls and events[open_calls[-1]].depth >= event.depth:
            open_calls.pop()
        lane = lane_of(event.name)
        around = [row for row in open_calls if laid[row].lane == lane]
        step = min(len(around), MOST_STEPS)
        laid.append(CallRow(event, lane, open_calls[-1] if open_calls else None, number, step))
        open_calls.append(number)
        for row in open_calls[:-1]:
            laid[row] = laid[row]._replace(last=number)
    return laid


def sequence(trace: Trace, most: int = 60) -> Picture:
    """Draw who called whom: a lane for each part of the path, a row for each call, time downwards.

    Args:
        trace: what was recorded.
        most: the number of calls to draw; a last line says how many more there were.
    """
    every = rows(trace.events)
    shown = every[:most]
    lanes = [lane for lane in LANES if any(row.lane == lane for row in shown)]
    more = len(every) - len(shown)
    height = HEAD + ROW * (len(shown) + bool(more) + (not shown)) + MARGIN
    sheet = Sheet(height)
    x = {lane: 2 * MARGIN + PITCH * (place + 0.5) for place, lane in enumerate(lanes)}
    labels = 2 * MARGIN + PITCH * len(lanes) + 6
    end = HEAD + ROW * len(shown)
    names = short_names(row.event.name for row in shown)
    _draw_lanes(sheet, x, end)
    for number, row in enumerate(shown):
        _draw_bar(sheet, x[row.lane], row, number, len(shown))
        if row.event.raised and not _raised_around(shown[:number], row):
            _draw_cross(sheet, x[row.lane], row, len(shown))
        _draw_call(sheet, x, shown, number)
        _draw_label(sheet, labels, number, row.event, names[row.event.name])
    if more:
        sheet.text(labels, end + ROW / 2, f"… and {more} more call{'s' * (more > 1)}", colour=FADED)
    if not shown:
        sheet.text(2 * MARGIN, HEAD + ROW / 2, "nothing was recorded", colour=FADED)
    return sheet.finished(_alt(every, shown, lanes))


def _draw_lanes(sheet: Sheet, x: dict[str, float], end: float) -> None:
    for lane, middle in x.items():
        colour = LANE_COLOURS[lane]
        sheet.box(middle - PITCH / 2 + 1, 6, PITCH - 2, 16, colour, round_by=3)
        sheet.text(middle, 14, lane, align="center", colour=ink_on(colour))
        sheet.line([(middle, 22), (middle, end)], colour=RULE, line=0.8, layer=0.5)


def _top(number: int) -> float:
    return HEAD + ROW * number


def _bar_left(middle: float, row: CallRow) -> float:
    return middle - BAR / 2 + STEP * row.step


def _draw_bar(sheet: Sheet, middle: float, row: CallRow, number: int, shown: int) -> None:
    top = _top(number) + ROW / 2 - 3
    bottom = _bottom(row, shown)
    colour = LANE_COLOURS[row.lane]
    fill = tint(colour, 0.55)
    sheet.box(_bar_left(middle, row), top, BAR, bottom - top, fill, edge=colour, line=0.8, layer=2 + 0.01 * row.step)
    if number % 2:
        sheet.box(0, _top(number), WIDTH, ROW, GROUND, layer=0)


def _bottom(row: CallRow, shown: int) -> float:
    return _top(min(row.last, shown - 1)) + ROW / 2 + 4 - (row.step % 2)


def _raised_around(before: list[CallRow], row: CallRow) -> bool:
    """Does a call around this one, in the same lane, end in the same row by an exception too? One cross is enough."""
    return any(other.lane == row.lane and other.last == row.last and other.event.raised for other in before)


def _draw_cross(sheet: Sheet, middle: float, row: CallRow, shown: int) -> None:
    x, y, reach = _bar_left(middle, row) + BAR / 2, _bottom(row, shown), 4
    for down in (1, -1):
        sheet.line([(x - reach, y - down * reach), (x + reach, y + down * reach)], line=1.6, layer=4)


def _draw_call(sheet: Sheet, x: dict[str, float], shown: list[CallRow], number: int) -> None:
    row = shown[number]
    y = _top(number) + ROW / 2
    left = _bar_left(x[row.lane], row)
    if row.caller is None:
        sheet.arrow([(left - 12, y), (left - 0.5, y)])
        sheet.box(left - 14.5, y - 2.5, 5, 5, INK, round_by=2.5, layer=4)
        return
    caller = shown[row.caller]
    from_left = _bar_left(x[caller.lane], caller)
    if caller.lane == row.lane:
        right, above = left + BAR, y - ROW / 2 + 3
        sheet.arrow([(from_left + BAR, above), (right + 6, above), (right + 6, y), (right + 0.5, y)], head=4.5)
    elif from_left < left:
        sheet.arrow([(from_left + BAR, y), (left - 0.5, y)])
    else:
        sheet.arrow([(from_left, y), (left + BAR + 0.5, y)])


def _draw_label(sheet: Sheet, x: float, number: int, event: Event, name: str) -> None:
    y = _top(number) + ROW / 2
    letters = int((WIDTH - MARGIN - x) / width("x", mono=True))
    name, arguments, outcome = _label(event, name, letters)
    *qualifier, method = name.rpartition(".")
    for text, style in (
        ("".join(qualifier), {"colour": FADED}),
        (method, {"bold": True}),
        (arguments, {}),
        (f" {outcome}" if outcome else "", {"bold": True} if event.raised else {"colour": FADED}),
    ):
        if text:
            sheet.text(x, y, text, mono=True, **style)
            x += width("x", mono=True) * len(text)


def _label(event: Event, name: str, letters: int) -> tuple[str, str, str]:
    """Name, arguments and outcome of a call, in `letters` letters all together."""
    name = cut(name, letters - 15)
    outcome = _fitting(partial(_outcome, event), max(letters - len(name) - 12, 12))
    room = letters - len(name) - (len(outcome) + 1 if outcome else 0)
    return name, f"({_fitting(partial(_arguments, event), room - 2)})", outcome


def _arguments(event: Event, most: int) -> str:
    return ", ".join(show(arg, most) for arg in event.args[event.point.bound :])


def _outcome(event: Event, most: int) -> str:
    if event.raised:
        return f"✗ {show(event.raised)}"
    return "" if event.result is None else f"→ {show(event.result, most)}"


def _fitting(shown: Callable[[int], str], letters: int) -> str:
    """What is shown with as many letters for each value as fit; where none do, its beginning."""
    for most in (60, 48, 36, 28, 20, 14):
        form = legible(shown(most))
        if len(form) <= letters:
            return form
    return cut(form, letters)


def _alt(every: list[CallRow], shown: list[CallRow], lanes: list[str]) -> str:
    if not every:
        return "Sequence diagram without a call: nothing was recorded."
    count = f"{len(every)} call{'s' * (len(every) > 1)}"
    drawn_count = f", of which the first {len(shown)} are drawn" if len(shown) < len(every) else ""
    said = [f"Sequence diagram of {count}{drawn_count}, in the lane{'s' * (len(lanes) > 1)} {', '.join(lanes)}."]
    names = list(dict.fromkeys(row.event.method for row in shown))
    called = ", ".join(names[:12]) + (f" and {len(names) - 12} others" if len(names) > 12 else "")
    said.append(f"Called, in the order of the first call of each: {called}.")
    raised = [f"{row.event.method} raised {row.event.raised.kind}" for row in shown if row.event.raised]
    if raised:
        said.append(f"{'; '.join(raised[:3])}{f'; and {len(raised) - 3} more raised' if len(raised) > 3 else ''}.")
    return " ".join(said)
