"""A listing in a terminal: lit lines marked, notes under their line or, where there is room, beside it."""

import textwrap
from collections.abc import Iterator

from rich.console import RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from snippets.lens.source import Gap, Reading, Row, count_of_lines

WIDE = 130  # columns from which on the notes stand beside the code
NOTE_WIDTH = 56
GUTTER = 13  # columns before the code: line number, count, mark


def renderables(reading: Reading, width: int) -> Iterator[RenderableType]:
    """What `rich` prints for a listing, in a terminal of `width` columns."""
    function = reading.function
    head = Text(function.short, style="bold")
    head.append(f"  {function.module_path}:{function.first}-{function.last}", style="dim")
    yield head
    if reading.purpose:
        yield Text(reading.purpose, style="italic")
    if reading.read:
        yield Text(reading.part, style="italic")
    code = _highlighted(reading)
    if width >= WIDE:
        yield _beside(reading, code)
        return
    for row in reading.shown:
        yield _line(reading, row, code)
        for note in row.notes:
            yield from _under(note.text, width)


def _beside(reading: Reading, code: dict[int, Text]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(width=NOTE_WIDTH)
    for row in reading.shown:
        notes = Text("\n").join(Text(note.text, style="cyan") for note in row.notes)
        table.add_row(_line(reading, row, code), notes)
    return table


def _under(note: str, width: int) -> Iterator[Text]:
    for line in textwrap.wrap(note, max(width - GUTTER - 6, 30)):
        yield Text(" " * (GUTTER + 4) + "| " + line, style="cyan")


def _line(reading: Reading, row: Row | Gap, code: dict[int, Text]) -> Text:
    if isinstance(row, Gap):
        return Text(" " * GUTTER + str(row), style="dim italic")
    if row.fold and row.fold != reading.function.doc:  # a comment, which nothing here could unfold
        return Text("\n").join(Text.assemble((f"{at:>5}", "dim"), " " * (GUTTER - 5), code[at]) for at in row.fold)
    count = "?" if row.decided else f"{row.times}x" if row.times else ""
    mark = f"{count:>5} {'>' if row.lit and not row.decided else ' '} "
    return Text.assemble((f"{row.number:>5}", "dim"), (mark, "bold yellow"), _code(reading, row, code))


def _code(reading: Reading, row: Row, code: dict[int, Text]) -> Text:
    if row.fold:
        return Text(f"    (docstring, {count_of_lines(len(row.fold))})", style="dim italic")
    line = code[row.number]
    if reading.has_run and row.lit is not None and not row.decided:
        line.stylize("bold" if row.lit else "dim")
    return line


def _highlighted(reading: Reading) -> dict[int, Text]:
    """Line number -> the line, coloured, without the indentation of its class."""
    # The colours of the terminal's own theme: they are legible on its background, whatever that is.
    coloured = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(reading.text)
    coloured.rstrip()
    return dict(zip(reading.function.lines, coloured.split("\n", allow_blank=True), strict=True))
