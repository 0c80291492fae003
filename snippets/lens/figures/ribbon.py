"""The byte ribbon: every byte of a connection, coloured by what the channel took it for."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import groupby
from math import ceil
from typing import NamedTuple

from snippets.lens.figures.legend import Entry, draw_legend, in_rows
from snippets.lens.figures.palette import BLACK, FADED, PURPLE, RULE, SKY, WHITE, YELLOW, Fill
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, width
from snippets.lens.follow.channel import (
    BODY,
    EARLY,
    END,
    FOLDED,
    HEADER,
    KEPT_BACK,
    REQUEST_LINE,
    UNPARSED,
    WAITED,
    received,
)
from snippets.lens.follow.stream import Byte, Received
from snippets.lens.trace import Trace

MARGIN = 4
GUTTER = 34  # the number of the first byte of a row
COLUMNS = 60
CELL = (WIDTH - GUTTER - 2 * MARGIN) / COLUMNS
HIGH = 15
STRIP = 4.5  # under the cells, with the hatch: in the cells it would make the characters hard to read
BETWEEN = 6  # rows
ABOVE = 9  # over the cells of a row, where the marks of the cuts stand
HEAD = 22
LEGEND_ROW = 19
MOST = 1024  # bytes shown
SHORTEST = 16  # bytes shown of a stretch
LEAST = 24  # bytes worth leaving out: to say how many takes about ten columns

SIGNS = {0x0D: r"\r", 0x0A: r"\n", 0x09: r"\t"}

CUT = "a piece ends here"
REFUSED = "answered with 400 Bad Request"

# What the channel takes bytes for, coloured; in the figure of its states, a state has the colour of what it takes.
FILLS = {
    EARLY: Fill(YELLOW, "...."),
    REQUEST_LINE: Fill(YELLOW),
    HEADER: Fill(SKY, "---"),
    FOLDED: Fill(SKY, "////"),
    END: Fill(SKY, "||||"),
    BODY: Fill(PURPLE, "...."),
    KEPT_BACK: Fill("#CCCCCC", "\\\\\\\\"),
    UNPARSED: Fill(WHITE),
}
UNFILLED = Fill(WHITE)


class Look(NamedTuple):
    """How the bytes of a ribbon look: the fill of each kind, and the colour of the bar above those that waited."""

    fills: Mapping[str, Fill]
    bars: Mapping[str, str]

    def bar_of(self, byte: Byte) -> str:
        """What the bar above a byte says, "" without one; a byte that is still kept back says it by its fill."""
        return byte.waited if byte.kind != KEPT_BACK else ""


CHANNEL = Look(FILLS, {WAITED: BLACK})


class Cell(NamedTuple):
    """A stretch of the ribbon: one byte, or the `length` bytes that were left out, with `cuts` between them.

    `byte` is the first of them; None if they are of more than one kind.
    """

    start: int
    length: int
    byte: Byte | None
    cuts: int = 0

    @property
    def text(self) -> str:
        """What stands in the cell."""
        if self.length > 1:
            cuts = f", {self.cuts} cut{'s' * (self.cuts > 1)}" if self.cuts else ""
            return f"… {self.length:,} bytes{cuts} …"
        value = self.byte and self.byte.value
        if value is None:
            return "…"
        return SIGNS.get(value) or (chr(value) if 0x20 <= value < 0x7F else "·")

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return 1 if self.length == 1 else ceil((width(self.text) + 6) / CELL)


class CellInRow(NamedTuple):
    """A cell on its row and column."""

    row: int
    column: int
    cell: Cell

    @property
    def left(self) -> float:
        """Its left edge on the sheet, in points."""
        return MARGIN + GUTTER + CELL * self.column

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + CELL * self.cell.columns


def cells(arrived: Received, most: int = MOST) -> list[Cell]:
    """The ribbon's cells: every byte is in one.

    The middle of long stretches is left out, so that about `most` columns are taken, and what the recording left out.
    """
    stretches = _stretches(arrived.bytes, most)
    cap = _cap(list(map(len, stretches)), most)
    return [cell for stretch in stretches for cell in _cells_of(arrived, stretch, cap)]


def _stretches(every: list[Byte], most: int) -> list[list[int]]:
    """Stretches short enough in number to show some of each: lines, or lines of one kind, or the whole."""
    ways: tuple[Callable[[int], object], ...] = (
        lambda place: (every[place].run, every[place].kind),
        lambda place: (every[place].kind, every[place].waited, every[place].refused),
        lambda place: None,
    )
    for way in ways:
        stretches = [list(stretch) for _, stretch in groupby(range(len(every)), way)]
        if sum(min(len(stretch), SHORTEST + LEAST) for stretch in stretches) <= most:
            break
    return stretches


def _cap(lengths: list[int], most: int) -> int:
    """How much of each stretch to show, so that all of them together take at most `most` columns."""

    def columns(cap: int) -> int:
        return sum(min(length, cap + LEAST) for length in lengths)

    too_much = bisect_right(range(most), most, key=columns)  # the least cap with which they take more
    return max(too_much - 1, SHORTEST)


def _cells_of(arrived: Received, stretch: list[int], cap: int) -> list[Cell]:
    hidden = {place for place in stretch if arrived.bytes[place].value is None}
    if len(stretch) > cap + LEAST:
        hidden.update(stretch[cap // 2 : len(stretch) - (cap - cap // 2)])
    made: list[Cell] = []
    for place in stretch:
        byte = arrived.bytes[place]
        if place in hidden and made and made[-1].start in hidden:
            last = made[-1]
            same = last.byte is not None and last.byte.kind == byte.kind
            cuts = last.cuts + (place in arrived.cuts)
            made[-1] = Cell(last.start, last.length + 1, last.byte if same else None, cuts)
        else:
            made.append(Cell(place, 1, byte))
    return made


def in_ribbon(shown: list[Cell]) -> list[CellInRow]:
    """Fill row after row; what doesn't fit at the end of one begins the next."""
    row = column = 0
    filled = []
    for cell in shown:
        if column + cell.columns > COLUMNS:
            row, column = row + 1, 0
        filled.append(CellInRow(row, column, cell))
        column += cell.columns
    return filled


def ribbon(trace: Trace) -> Picture:
    """Draw the bytes that one connection received, each as what the channel took it for, and where the pieces ended.

    Args:
        trace: one connection, recorded with `record(CHANNEL_POINTS, watch=CHANNEL_WATCH)`, from before the first byte.

    Raises:
        LensError: the trace lacks a call or an attribute that tells; the message says which.
    """
    arrived = received(trace)
    notes = []
    if refused := sum(byte.refused for byte in arrived.bytes):
        notes.append(f"{refused:,} bytes were answered with 400 Bad Request")
    if waited := sum(bool(byte.waited) for byte in arrived.bytes):
        notes.append(f"{waited:,} bytes were kept back while a request was handled")
    return draw_ribbon(arrived, CHANNEL, notes)


def draw_ribbon(arrived: Received, look: Look, notes: list[str]) -> Picture:
    """Draw the ribbon of what has arrived, and where the pieces ended; one for each byte is said in the title.

    Args:
        arrived: the bytes.
        look: how they look.
        notes: what else the alt text is to say.
    """
    how = f"received in {len(arrived.cuts) + 1:,} piece{'s' * bool(arrived.cuts)}"
    if 0 < len(arrived.cuts) == len(arrived.bytes) - 1:
        # A mark after every byte would say nothing, and hide what does.
        arrived, how = arrived._replace(cuts=[]), "received one by one"
    filled = in_ribbon(cells(arrived))
    legend = in_rows(_legend(arrived, look), WIDTH - GUTTER - 2 * MARGIN)
    above = ABOVE if arrived.cuts or any(byte.waited for byte in arrived.bytes) else 0
    pitch = above + HIGH + STRIP + BETWEEN
    foot = HEAD + pitch * (filled[-1].row + 1 if filled else 0) + 3
    sheet = Sheet(foot + LEGEND_ROW * len(legend) + 3)
    title = f"{len(arrived.bytes):,} byte{'s' * (len(arrived.bytes) != 1)}, {how}"
    sheet.text(MARGIN + GUTTER, 11, title, bold=True)
    for number, row in groupby(filled, key=lambda item: item.row):
        _draw_row(sheet, HEAD + pitch * number + above, list(row), arrived.cuts, look)
    for number, entries in enumerate(legend):
        draw_legend(sheet, MARGIN + GUTTER, foot + LEGEND_ROW * (number + 0.5), entries)
    return sheet.finished(_alt(arrived, title, look, notes))


def _draw_row(sheet: Sheet, top: float, row: list[CellInRow], cuts: list[int], look: Look) -> None:
    sheet.text(MARGIN + GUTTER - 5, top + HIGH / 2, str(row[0].cell.start), align="right", colour=FADED)
    for byte, run in groupby(row, key=lambda item: item.cell.byte and item.cell.byte._replace(value=None)):
        if byte:
            _draw_run(sheet, top, byte, list(run), look)
    for item in row:
        # Two signs for one byte fit into a cell only in the narrower face.
        mono = item.cell.length == 1 and len(item.cell.text) == 1
        if item.cell.text != " ":
            middle = (item.left + item.right) / 2
            sheet.text(middle, top + HIGH / 2, item.cell.text, align="center", colour=BLACK, mono=mono)
        if item.cell.start in cuts:
            _draw_cut(sheet, item.left, top)


def _draw_run(sheet: Sheet, top: float, byte: Byte, run: list[CellInRow], look: Look) -> None:
    left, wide = run[0].left, run[-1].right - run[0].left
    fill = look.fills[byte.kind]
    bar = look.bars.get(look.bar_of(byte))
    _draw_fill(sheet, left, top, wide, HIGH, fill, bar, line=2.0 if byte.refused else 0.6)
    for item in run[1:]:
        colour = RULE if fill.colour == WHITE else WHITE
        sheet.line([(item.left, top), (item.left, top + HIGH)], colour=colour, line=0.5, layer=2)


def _draw_fill(
    sheet: Sheet, x: float, top: float, wide: float, high: float, fill: Fill, bar: str | None, line: float
) -> None:
    """Draw what bytes look like: their colour, the hatch under it, the bar above those that waited, and a frame."""
    sheet.box(x, top, wide, high, fill.colour)
    sheet.box(x, top + high, wide, STRIP, fill, edge=BLACK, line=0.6, layer=2.5)
    if bar:
        sheet.box(x, top - 2.5, wide, 2.5, bar, layer=2.5)
    sheet.box(x, top, wide, high + STRIP, "none", edge=BLACK, line=line, layer=3)


def _draw_cut(sheet: Sheet, x: float, top: float, high: float = HIGH + STRIP) -> None:
    sheet.line([(x, top - 4), (x, top + high + 2)], colour=BLACK, line=1.2, layer=4)
    sheet.shape([(x - 3.4, top - 8), (x + 3.4, top - 8), (x, top - 2)], BLACK)


def _legend(arrived: Received, look: Look) -> list[Entry]:
    """What occurs."""
    kinds = {byte.kind for byte in arrived.bytes}
    bars = {look.bar_of(byte) for byte in arrived.bytes}
    entries = [_sample(kind, fill) for kind, fill in look.fills.items() if kind in kinds]
    entries += [_sample(bar, bar=colour) for bar, colour in look.bars.items() if bar in bars]
    if any(byte.refused for byte in arrived.bytes):
        entries.append(_sample(REFUSED, line=2.0))
    if arrived.cuts:
        entries.append(Entry(CUT, 20, lambda sheet, x, y: _draw_cut(sheet, x + 7, y + 1, 5)))
    return entries


def _sample(text: str, fill: Fill = UNFILLED, bar: str | None = None, line: float = 0.6) -> Entry:
    return Entry(text, 20, lambda sheet, x, y: _draw_fill(sheet, x, y - 7, 14, 10, fill, bar, line))


def _alt(arrived: Received, title: str, look: Look, notes: list[str]) -> str:
    kinds = Counter(byte.kind for byte in arrived.bytes)
    counted = "; ".join(f"{kind} {kinds[kind]:,}" for kind in look.fills if kinds[kind])
    said = [f"Byte ribbon: {title}.", f"Bytes by what they were taken for: {counted}."]
    if cuts := arrived.cuts:
        after = ", ".join(map(str, cuts[:10])) + (" and so on" if len(cuts) > 10 else "")
        notes = [f"pieces end after byte {after}", *notes]
    if notes:
        said.append(f"Also: {'; '.join(notes)}.")
    return " ".join(said)
