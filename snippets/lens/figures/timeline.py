"""The turns of a reactor as a timeline: a lane for each descriptor, one call after another."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from snippets.lens.figures.bands import HEAD, draw_lanes, draw_time, in_bands
from snippets.lens.figures.legend import Entry, draw_legend
from snippets.lens.figures.palette import BLACK, FADED, GREEN, GROUND, INK, ORANGE, RULE, SKY, WHITE, Fill, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, width
from snippets.lens.turns import Ready, Turn

MARGIN = 4
LANE = 30
BOX = 24
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
    done = [Slot(turn.number, REACTOR, DUE, ("call", cut(name.rpartition(".")[2], MOST_LETTERS))) for name in due]
    done.append(Slot(turn.number, REACTOR, POLLED, (POLLED,)))
    for descriptor, events in groupby(turn.ready, key=lambda each: each.descriptor):
        ran = [name.rpartition(".")[2] for name in turn.ran if name.rpartition(".")[0] == descriptor]
        calls = [_call(turn.number, each) for each in events if each.event != WRITTEN or "doWrite" in ran]
        if "connectionLost" in ran:
            calls[-1] = calls[-1]._replace(lost=True)
        done += calls
    return done


def _call(turn: int, ready: Ready) -> Slot:
    if ready.event == READ and ready.descriptor.startswith("Port"):
        return Slot(turn, ready.descriptor, ACCEPTED, (ACCEPTED,))
    if ready.event == HUNG_UP:
        return Slot(turn, ready.descriptor, HUNG_UP, (HUNG_UP,))
    size = f"{ready.moved:,} byte{'s' * (ready.moved != 1)}"
    return Slot(turn, ready.descriptor, ready.event, (ready.event, size))


class Box(NamedTuple):
    """A slot with its band, its left edge in points from where the band begins, and its width."""

    band: int
    x: float
    wide: float
    slot: Slot


def _wide(slot: Slot) -> float:
    return POLL if slot.kind == POLLED else max(LEAST, *(width(line) + PAD for line in slot.text))


def boxes(turns: Iterable[Turn], room: float) -> list[Box]:
    """Put the slots side by side; a turn that does not fit at the end of a band begins the next."""
    in_turns = [slots(turn) for turn in turns]
    every = [slot for turn in in_turns for slot in turn]
    edges = in_bands([list(map(_wide, turn)) for turn in in_turns], room)
    return [Box(*edge, _wide(slot), slot) for edge, slot in zip(edges, every, strict=True)]


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
    row = boxes(shown, WIDTH - left - MARGIN)
    pitch = HEAD + LANE * len(lanes) + BETWEEN
    foot = HEAD + pitch * (row[-1].band + 1 if row else 0)
    sheet = Sheet(foot + LEGEND)
    sheet.text(MARGIN, 9, _title(every, shown), bold=True)
    watched = {turn.number: turn for turn in shown}
    for band, in_band in groupby(row, key=lambda box: box.band):
        _draw_band(sheet, left, HEAD + pitch * band, list(in_band), lanes, watched)
    draw_legend(sheet, MARGIN + 2, foot + LEGEND / 2, _legend([box.slot for box in row]))
    return sheet.finished(_alt(every, shown))


def _lanes(turns: list[Turn]) -> list[str]:
    """The lanes from top to bottom: the reactor, then each descriptor as it is first watched or served."""
    names = [
        name for turn in turns for name in [*turn.readers, *turn.writers, *(each.descriptor for each in turn.ready)]
    ]
    return [REACTOR, *dict.fromkeys(names)]


def _draw_band(
    sheet: Sheet, left: float, top: float, row: list[Box], lanes: list[str], watched: dict[int, Turn]
) -> None:
    middles = {lane: top + HEAD + LANE * (number + 0.5) for number, lane in enumerate(lanes)}
    draw_lanes(sheet, left, left + row[-1].x + row[-1].wide, middles, bold=REACTOR)
    for number, in_turn in groupby(row, key=lambda box: box.slot.turn):
        calls = list(in_turn)
        x, wide = calls[0].x, calls[-1].x + calls[-1].wide - calls[0].x
        said = f"turn {number}" if wide > 2 * POLL else str(number)
        draw_time(sheet, left + x, top, wide, HEAD + LANE * len(lanes), said, shaded=number % 2 == 1)
    for box in row:
        _draw_box(sheet, left + box.x, middles[box.slot.lane], box)
        if box.slot.kind == POLLED:
            _draw_watched(sheet, left + box.x + box.wide / 2, middles, watched[box.slot.turn])


def _draw_box(sheet: Sheet, x: float, middle: float, box: Box) -> None:
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


def _legend(shown: list[Slot]) -> list[Entry]:
    entries = [
        Entry("watched for reading", 17, lambda sheet, x, y: _draw_tag(sheet, x + 6, y, READER)),
        Entry("watched for writing", 17, lambda sheet, x, y: _draw_tag(sheet, x + 6, y, WRITER)),
    ]
    if shown:
        entries.append(Entry("poll: wait until one of them is ready"))
    if any(slot.lost for slot in shown):
        entries.append(Entry(LOST, 16, lambda sheet, x, y: sheet.cross(x + 6, y)))
    return entries


def _title(every: list[Turn], shown: list[Turn]) -> str:
    more = f", the first {len(shown)} of them" if len(shown) < len(every) else ""
    return f"{len(every)} turn{'s' * (len(every) != 1)} of the reactor{more}; time runs to the right"


def _alt(every: list[Turn], shown: list[Turn]) -> str:
    lanes = _lanes(shown)
    return f"Timeline: {_title(every, shown)}. Lanes: {', '.join(lanes)}. {' '.join(map(_said, shown[:8]))}".rstrip()


def _said(turn: Turn) -> str:
    said = [
        f"{slot.lane} {' '.join(slot.text)}{', ' + LOST if slot.lost else ''}"
        for slot in slots(turn)
        if slot.kind != POLLED
    ]
    return f"Turn {turn.number}: {'; '.join(said) or 'nothing was ready'}."
