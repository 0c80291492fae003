"""The turns of a reactor as a timeline: a lane for each descriptor, one call after another."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from snippets.lens.figures.palette import BLACK, FADED, GREEN, GROUND, INK, ORANGE, RULE, SKY, WHITE, Fill, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, drawn, legible, width
from snippets.lens.turns import Ready, Turn

MARGIN = 4
LANE = 30
BOX = 24
HEAD = 18  # the numbers of the turns
BETWEEN = 14  # bands
LEGEND = 22
POLL = 34
LEAST = 46  # the width of a call's box, at least
PAD = 12
MOST_LETTERS = 18  # of the name of a delayed call

REACTOR = "reactor"
POLLED = "poll"
ACCEPTED, READ, WRITTEN, HUNG_UP, DUE = "accept", "read", "write", "hang-up", "delayed call"
FILLS = {
    ACCEPTED: Fill(tint(GREEN, 0.45)),
    READ: Fill(tint(SKY, 0.4)),
    WRITTEN: Fill(tint(ORANGE, 0.75)),
    HUNG_UP: Fill(RULE),
    DUE: Fill(WHITE),
    POLLED: Fill(GROUND),
}
LOST = "the connection is lost"
READER, WRITER = "r", "w"


class Slot(NamedTuple):
    """One stretch of time: the poll of a turn, or one call in one lane.

    `kind` is a key of `FILLS`; `text` stands in the box, on two lines; `lost` says that the call ended the connection.
    """

    turn: int
    lane: str
    kind: str
    text: tuple[str, ...]
    lost: bool = False


def slots(turn: Turn) -> list[Slot]:
    """What one turn did, in the order in which it did it: the calls that were due, the poll, the ready descriptors."""
    ready = list(dict.fromkeys(each.descriptor for each in turn.ready))
    due = [name for name in turn.ran if name.rpartition(".")[0] not in ready]
    found = [Slot(turn.number, REACTOR, DUE, ("call", _cut(name.rpartition(".")[2]))) for name in due]
    found.append(Slot(turn.number, REACTOR, POLLED, (POLLED,)))
    for descriptor, events in groupby(turn.ready, key=lambda each: each.descriptor):
        ran = [name.rpartition(".")[2] for name in turn.ran if name.rpartition(".")[0] == descriptor]
        calls = [_call(turn.number, each) for each in events if each.event != WRITTEN or "doWrite" in ran]
        if "connectionLost" in ran:
            calls[-1] = calls[-1]._replace(lost=True)
        found += calls
    return found


def _call(turn: int, ready: Ready) -> Slot:
    if ready.event == READ and ready.descriptor.startswith("Port"):
        return Slot(turn, ready.descriptor, ACCEPTED, (ACCEPTED,))
    if ready.event == HUNG_UP:
        return Slot(turn, ready.descriptor, HUNG_UP, (HUNG_UP,))
    size = f"{ready.moved:,} byte{'s' * (ready.moved != 1)}"
    return Slot(turn, ready.descriptor, ready.event, (ready.event, size))


def _cut(name: str) -> str:
    return cut(legible(name), MOST_LETTERS)


class Placed(NamedTuple):
    """A slot with its band and its left edge, in points from where the first slot begins."""

    band: int
    x: float
    wide: float
    slot: Slot


def _wide(slot: Slot) -> float:
    return POLL if slot.kind == POLLED else max(LEAST, *(width(line) + PAD for line in slot.text))


def placed(found: list[Slot], room: float) -> list[Placed]:
    """Put the slots side by side; a turn that does not fit at the end of a band begins the next, if it fits there."""
    band, x = 0, 0.0
    result: list[Placed] = []
    for _, turn in groupby(found, key=lambda slot: slot.turn):
        wides = [(_wide(slot), slot) for slot in turn]
        whole = sum(wide for wide, _ in wides)
        if x and x + whole > room >= whole:
            band, x = band + 1, 0.0
        for wide, slot in wides:
            if x and x + wide > room:
                band, x = band + 1, 0.0
            result.append(Placed(band, x, wide, slot))
            x += wide
    return result


@drawn
def timeline(turns: Iterable[Turn], most: int = 24) -> Picture:
    """Draw what the turns of a reactor did: time to the right, a lane for the reactor and one for each descriptor.

    In the column of a poll stands, in each lane, what the descriptor was watched for.

    Args:
        turns: as `Turns.turn` and `Turns.until` return them.
        most: the number of turns to draw; the title says how many more there were.
    """
    every = list(turns)
    shown = every[:most]
    lanes = _lanes(shown)
    left = 2 * MARGIN + max(width(lane, bold=True) for lane in lanes) + 8
    boxes = placed([slot for turn in shown for slot in slots(turn)], WIDTH - left - MARGIN)
    pitch = HEAD + LANE * len(lanes) + BETWEEN
    foot = HEAD + pitch * (boxes[-1].band + 1 if boxes else 0)
    sheet = Sheet(foot + LEGEND)
    sheet.text(MARGIN, 9, _title(every, shown), bold=True)
    watched = {turn.number: turn for turn in shown}
    for band, row in groupby(boxes, key=lambda box: box.band):
        _draw_band(sheet, left, HEAD + pitch * band, list(row), lanes, watched)
    _draw_legend(sheet, foot + LEGEND / 2, {box.slot.kind for box in boxes}, any(box.slot.lost for box in boxes))
    return sheet.finished(_alt(every, shown))


def _lanes(turns: list[Turn]) -> list[str]:
    """The lanes from top to bottom: the reactor, then each descriptor as it is first watched or served."""
    names = [
        name for turn in turns for name in [*turn.readers, *turn.writers, *(each.descriptor for each in turn.ready)]
    ]
    return [REACTOR, *dict.fromkeys(names)]


def _draw_band(
    sheet: Sheet, left: float, top: float, row: list[Placed], lanes: list[str], watched: dict[int, Turn]
) -> None:
    end = left + row[-1].x + row[-1].wide
    middles = {lane: top + HEAD + LANE * (number + 0.5) for number, lane in enumerate(lanes)}
    for lane, middle in middles.items():
        sheet.text(left - 8, middle, lane, align="right", bold=lane == REACTOR)
        sheet.line([(left, middle), (end, middle)], colour=RULE, line=0.8)
    for number, boxes in groupby(row, key=lambda box: box.slot.turn):
        boxes = list(boxes)
        start, wide = left + boxes[0].x, boxes[-1].x + boxes[-1].wide - boxes[0].x
        if number % 2:
            sheet.box(start, top, wide, HEAD + LANE * len(lanes), GROUND, layer=0)
        sheet.line([(start, top), (start, top + HEAD + LANE * len(lanes))], colour=FADED, line=0.8)
        sheet.text(start + 4, top + HEAD / 2, f"turn {number}" if wide > 2 * POLL else str(number), colour=FADED)
    for box in row:
        _draw_box(sheet, left + box.x, middles[box.slot.lane], box)
        if box.slot.kind == POLLED:
            _draw_watched(sheet, left + box.x + box.wide / 2, middles, watched[box.slot.turn])


def _draw_box(sheet: Sheet, x: float, middle: float, box: Placed) -> None:
    sheet.box(x + 2, middle - BOX / 2, box.wide - 4, BOX, FILLS[box.slot.kind], edge=INK, round_by=3, layer=2)
    lines = box.slot.text
    for number, text in enumerate(lines):
        y = middle + 11 * (number - (len(lines) - 1) / 2)
        sheet.text(x + box.wide / 2, y, text, align="center", colour=BLACK)
    if box.slot.lost:
        sheet.cross(x + box.wide - 2, middle - BOX / 2)


def _draw_watched(sheet: Sheet, x: float, middles: dict[str, float], turn: Turn) -> None:
    """In each lane, what the poll watched the descriptor for."""
    for lane, middle in middles.items():
        tags = [READER] * (lane in turn.readers) + [WRITER] * (lane in turn.writers)
        for number, tag in enumerate(tags):
            _draw_tag(sheet, x + 13 * (number - (len(tags) - 1) / 2), middle, tag)


def _draw_tag(sheet: Sheet, x: float, middle: float, tag: str) -> None:
    fill = FILLS[READ if tag == READER else WRITTEN]
    sheet.box(x - 6, middle - 7, 12, 14, fill, edge=FADED, line=0.6, round_by=6, layer=2)
    sheet.text(x, middle - 0.5, tag, align="center", colour=BLACK)


def _draw_legend(sheet: Sheet, y: float, kinds: set[str], lost: bool) -> None:
    x = MARGIN + 8.0
    entries = [(READER, "watched for reading"), (WRITER, "watched for writing")]
    for tag, text in entries:
        _draw_tag(sheet, x, y, tag)
        sheet.text(x + 11, y, text)
        x += 11 + width(text) + 22
    if POLLED in kinds:
        text = "poll: wait until one of them is ready"
        sheet.text(x - 6, y, text)
        x += width(text) + 16
    if lost:
        sheet.cross(x, y)
        sheet.text(x + 10, y, LOST)


def _title(every: list[Turn], shown: list[Turn]) -> str:
    more = f", the first {len(shown)} of them" if len(shown) < len(every) else ""
    return f"{len(every)} turn{'s' * (len(every) != 1)} of the reactor{more}; time runs to the right"


def _alt(every: list[Turn], shown: list[Turn]) -> str:
    lanes = _lanes(shown)
    return f"Timeline: {_title(every, shown)}. Lanes: {', '.join(lanes)}. {' '.join(map(_said, shown[:8]))}".rstrip()


def _said(turn: Turn) -> str:
    calls: Iterator[Slot] = (slot for slot in slots(turn) if slot.kind != POLLED)
    said = [
        f"{'reactor' if slot.kind == DUE else slot.lane} {' '.join(slot.text)}{', ' + LOST if slot.lost else ''}"
        for slot in calls
    ]
    return f"Turn {turn.number}: {'; '.join(said) or 'nothing was ready'}."
