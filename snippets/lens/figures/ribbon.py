"""The byte ribbon: every byte of a connection, coloured by what the channel took it for."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import groupby
from math import ceil
from typing import NamedTuple

from snippets.lens.figures.palette import BLACK, FADED, PURPLE, RULE, SKY, WHITE, YELLOW, Fill
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, drawn, width
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


class Look(NamedTuple):
    """How the bytes of a ribbon look: the fill of each kind, and the colour of the bar above those that waited."""

    fills: Mapping[str, Fill]
    bars: Mapping[str, str]

    def bar_of(self, byte: Byte) -> str:
        """What the bar above a byte says, "" without one; a byte that is still kept back says it by its fill."""
        return byte.waited if byte.kind != KEPT_BACK else ""


CHANNEL = Look(FILLS, {WAITED: BLACK})


class Cell(NamedTuple):
    """A stretch of the ribbon: one byte, or the `count` bytes that were left out, with `cuts` between them.

    `byte` is the first of them; None if they are of more than one kind.
    """

    start: int
    count: int
    byte: Byte | None
    cuts: int = 0

    @property
    def text(self) -> str:
        """What stands in the cell."""
        if self.count > 1:
            cuts = f", {self.cuts} cut{'s' * (self.cuts > 1)}" if self.cuts else ""
            return f"… {self.count:,} bytes{cuts} …"
        value = self.byte and self.byte.value
        if value is None:
            return "…"
        return SIGNS.get(value) or (chr(value) if 0x20 <= value < 0x7F else "·")

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return 1 if self.count == 1 else ceil((width(self.text) + 6) / CELL)


class Placed(NamedTuple):
    """A cell on its row and column."""

    row: int
    column: int
    cell: Cell


def cells(found: list[Byte], cuts: list[int], most: int = MOST) -> list[Cell]:
    """The ribbon's cells: every byte is in one.

    The middle of long stretches is left out, so that about `most` columns are taken, and what the recording left out.
    """
    stretches = _stretches(found, most)
    cap = _cap(list(map(len, stretches)), most)
    return [cell for stretch in stretches for cell in _cells_of(found, stretch, cap, set(cuts))]


def _stretches(found: list[Byte], most: int) -> list[list[int]]:
    """Stretches short enough in number to show some of each: lines, or lines of one kind, or the whole."""
    ways: tuple[Callable[[int], object], ...] = (
        lambda place: (found[place].run, found[place].kind),
        lambda place: (found[place].kind, found[place].waited, found[place].refused),
        lambda place: None,
    )
    for way in ways:
        stretches = [list(stretch) for _, stretch in groupby(range(len(found)), way)]
        if sum(min(len(stretch), SHORTEST + LEAST) for stretch in stretches) <= most:
            break
    return stretches


def _cap(lengths: list[int], most: int) -> int:
    """How much of each stretch to show, so that all of them together take at most `most` columns."""

    def taken(cap: int) -> int:
        return sum(min(length, cap + LEAST) for length in lengths)

    return SHORTEST + max(bisect_right(range(SHORTEST, max(lengths, default=0) + SHORTEST), most, key=taken) - 1, 0)


def _cells_of(found: list[Byte], stretch: list[int], cap: int, cuts: set[int]) -> list[Cell]:
    hidden = {place for place in stretch if found[place].value is None}
    if len(stretch) > cap + LEAST:
        hidden.update(stretch[cap // 2 : len(stretch) - (cap - cap // 2)])
    made: list[Cell] = []
    for place in stretch:
        byte = found[place]
        if place in hidden and made and made[-1].start in hidden:
            last = made[-1]
            same = last.byte is not None and last.byte.kind == byte.kind
            made[-1] = Cell(last.start, last.count + 1, last.byte if same else None, last.cuts + (place in cuts))
        else:
            made.append(Cell(place, 1, byte))
    return made


def placed(shown: list[Cell]) -> list[Placed]:
    """Fill row after row; what doesn't fit at the end of one begins the next."""
    row = column = 0
    found = []
    for cell in shown:
        if column + cell.columns > COLUMNS:
            row, column = row + 1, 0
        found.append(Placed(row, column, cell))
        column += cell.columns
    return found


@drawn
def ribbon(trace: Trace) -> Picture:
    """Draw the bytes that one connection received, each as what the channel took it for, and where the pieces ended.

    Args:
        trace: one connection, recorded with `record(CHANNEL_POINTS, watch=CHANNEL_WATCH)`, from before the first byte.

    Raises:
        LensError: the trace lacks a call or an attribute that tells; the message says which.
    """
    found = received(trace)
    notes = []
    if refused := sum(byte.refused for byte in found.bytes):
        notes.append(f"{refused:,} bytes were answered with 400 Bad Request")
    if waited := sum(bool(byte.waited) for byte in found.bytes):
        notes.append(f"{waited:,} bytes were kept back while a request was handled")
    return _draw_ribbon(_in_pieces(found.cuts), found, CHANNEL, notes)


def _draw_ribbon(how: str, received_bytes: Received, look: Look, notes: list[str]) -> Picture:
    """Draw the ribbon; `how` the bytes came goes into the title, and `notes` into the alt text."""
    found, cuts = received_bytes
    stretches = placed(cells(found, cuts))
    legend = _legend_rows(found, cuts, look)
    marked = bool(cuts) or any(byte.waited for byte in found)
    pitch = ABOVE * marked + HIGH + STRIP + BETWEEN
    foot = HEAD + pitch * (stretches[-1].row + 1 if stretches else 0) + 3
    sheet = Sheet(foot + LEGEND_ROW * len(legend) + 3)
    title = f"{len(found):,} byte{'s' * (len(found) != 1)}, {how}"
    sheet.text(MARGIN + GUTTER, 11, title, bold=True)
    for number, row in groupby(stretches, key=lambda item: item.row):
        _draw_row(sheet, HEAD + pitch * number + ABOVE * marked, list(row), set(cuts), look)
    for number, entries in enumerate(legend):
        _draw_legend(sheet, foot + LEGEND_ROW * (number + 0.5), entries, look)
    return sheet.finished(_alt(found, cuts, title, look, notes))


def draw_pieces(found: Received, look: Look, notes: list[str]) -> Picture:
    """Draw the ribbon of the bytes `found`, and where the pieces ended; one for each byte is said in the title."""
    if 0 < len(found.cuts) == len(found.bytes) - 1:
        # A mark after every byte would say nothing, and hide what does.
        return _draw_ribbon("received one by one", Received(found.bytes, []), look, notes)
    return _draw_ribbon(_in_pieces(found.cuts), found, look, notes)


def _in_pieces(cuts: list[int]) -> str:
    """How bytes came that were cut in these places, for the title of a ribbon."""
    pieces = len(cuts) + 1
    return f"received in {pieces:,} piece{'s' * (pieces > 1)}"


def _x(column: float) -> float:
    return MARGIN + GUTTER + CELL * column


def _draw_row(sheet: Sheet, top: float, row: list[Placed], cuts: set[int], look: Look) -> None:
    sheet.text(MARGIN + GUTTER - 5, top + HIGH / 2, str(row[0].cell.start), align="right", colour=FADED)
    for byte, run in groupby(row, key=lambda item: item.cell.byte and item.cell.byte._replace(value=None)):
        if byte:
            _draw_run(sheet, top, byte, list(run), look)
    for item in row:
        middle = _x(item.column + item.cell.columns / 2)
        # Two signs for one byte fit into a cell only in the narrower face.
        mono = item.cell.count == 1 and len(item.cell.text) == 1
        if item.cell.text != " ":
            sheet.text(middle, top + HIGH / 2, item.cell.text, align="center", colour=BLACK, mono=mono)
        if item.cell.start in cuts:
            _draw_cut(sheet, _x(item.column), top)


def _draw_run(sheet: Sheet, top: float, byte: Byte, run: list[Placed], look: Look) -> None:
    last = run[-1]
    left, right = _x(run[0].column), _x(last.column + last.cell.columns)
    fill = look.fills[byte.kind]
    sheet.box(left, top, right - left, HIGH, fill.colour)
    for item in run[1:]:
        x = _x(item.column)
        sheet.line([(x, top), (x, top + HIGH)], colour=RULE if fill.colour == WHITE else WHITE, line=0.5, layer=2)
    _draw_strip(sheet, left, top, right - left, fill)
    if bar := look.bar_of(byte):
        sheet.box(left, top - 2.5, right - left, 2.5, look.bars[bar])
    sheet.box(left, top, right - left, HIGH + STRIP, "none", edge=BLACK, line=2.0 if byte.refused else 0.6, layer=3)


def _draw_strip(sheet: Sheet, left: float, top: float, wide: float, fill: Fill) -> None:
    sheet.box(left, top + HIGH, wide, STRIP, fill, edge=BLACK, line=0.6)


def _draw_cut(sheet: Sheet, x: float, top: float, high: float = HIGH + STRIP) -> None:
    sheet.line([(x, top - 4), (x, top + high + 2)], colour=BLACK, line=1.2, layer=4)
    sheet.shape([(x - 3.4, top - 8), (x + 3.4, top - 8), (x, top - 2)], BLACK)


def _legend_rows(found: list[Byte], cuts: list[int], look: Look) -> list[list[str]]:
    """What occurs, as many to a row as fit."""
    kinds = {byte.kind for byte in found}
    entries = [kind for kind in look.fills if kind in kinds]
    entries += [bar for bar in look.bars if any(look.bar_of(byte) == bar for byte in found)]
    entries += [REFUSED] * any(byte.refused for byte in found)
    entries += [CUT] * bool(cuts)
    rows: list[list[str]] = [[]]
    for entry in entries:
        if rows[-1] and sum(map(_entry_width, [*rows[-1], entry])) > WIDTH - GUTTER - 2 * MARGIN:
            rows.append([])
        rows[-1].append(entry)
    return rows


def _entry_width(entry: str) -> float:
    return 20 + width(entry) + 16


def _draw_legend(sheet: Sheet, y: float, entries: list[str], look: Look) -> None:
    x, top = MARGIN + GUTTER, y - 7
    for entry in entries:
        if entry == CUT:
            _draw_cut(sheet, x + 7, y + 1, 5)
        else:
            fill = look.fills.get(entry, Fill(WHITE))
            sheet.box(x, top, 14, 10, fill.colour)
            _draw_strip(sheet, x, top + 10 - HIGH, 14, fill)
            line = 2.0 if entry == REFUSED else 0.6
            sheet.box(x, top, 14, 10 + STRIP, "none", edge=BLACK, line=line, layer=3)
        if entry in look.bars:
            sheet.box(x, top - 2.5, 14, 2.5, look.bars[entry])
        sheet.text(x + 20, y, entry)
        x += _entry_width(entry)


def _alt(found: list[Byte], cuts: list[int], title: str, look: Look, notes: list[str]) -> str:
    kinds = Counter(byte.kind for byte in found)
    counted = "; ".join(f"{kind} {kinds[kind]:,}" for kind in look.fills if kinds[kind])
    said = [f"Byte ribbon: {title}.", f"Bytes by what they were taken for: {counted}."]
    if cuts:
        after = ", ".join(map(str, cuts[:10])) + (" and so on" if len(cuts) > 10 else "")
        notes = [f"pieces end after byte {after}", *notes]
    if notes:
        said.append(f"Also: {'; '.join(notes)}.")
    return " ".join(said)
