"""Shows a function of Twisted, its lit lines and its notes: HTML in Jupyter, text in a terminal."""

import functools
import html
import io
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from snippets.lens.lines import Lines
from snippets.lens.notes import Note
from snippets.lens.source import Gap, Reading, Row, count_of_lines, reading
from snippets.lens.trace import Trace

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

# A notebook that is saved keeps this form of a listing: everything but Twisted's source.
STORED = "application/vnd.twisted-web-listing+json"
LISTED = "Run this cell to see the code itself"  # by which the saved form of a listing is known
_HINT = f"{LISTED}, read from your installed Twisted."


# What stands before the condition that decided, in place of a count.
DECIDED = "?"


def listing(
    name: str,
    lit: Lines | Trace | None = None,
    notes: bool = True,
    than: Lines | Trace | None = None,
    read: str = "",
    only: Sequence[str] = (),
) -> "Listing":
    """A function as it stands in the installed Twisted, to be shown by Jupyter or a terminal.

    Args:
        name: the function, as in "HTTPChannel.lineReceived"; a module in front where two have it
            ("server.Request.write").
        lit: what a run lit: a `Lines` (the lines that ran) or a `Trace` (the lines that made a recorded call).
        notes: whether to show the annotations.
        than: another run to compare with: only the lines that ran in one of the two and not in the other are shown,
            and the conditions that decided it.
        read: the number of the chapter that shows the function whole, as in "05": here only the lines that ran are
            shown, without the notes.
        only: lines of it as they stand, with "#2" after one that stands twice: these are shown, without the notes.

    Raises:
        LensError: there is no such function, chapter or line, or a note's line is gone.
    """
    return Listing(reading(name, lit, notes, than, read, only))


class Listing:
    """A listing; `reading` is what it shows."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def __str__(self) -> str:
        return self.as_text()

    def as_text(self, width: int = 100) -> str:
        """The listing as plain text, `width` characters wide: ">" marks the lines that ran."""
        from rich.console import Console

        printed = io.StringIO()
        Console(file=printed, width=width, color_system=None, force_terminal=False, force_jupyter=False).print(self)
        return "\n".join(line.rstrip() for line in printed.getvalue().rstrip("\n").split("\n"))

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[RenderableType]":
        from snippets.lens.terminal import renderables

        yield from renderables(self.reading, options.max_width)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        stored = {"text/html": stored_html(self.reading), "text/plain": stored_text(self.reading)}
        return {"text/html": as_html(self.reading), "text/plain": self.as_text(), STORED: stored}


def as_html(reading: Reading) -> str:
    """The listing as HTML, with the source in it: for the reader's own screen."""
    rows = "".join(_html_rows(reading))
    table = f'<table class="lens-code"><tbody>{rows}</tbody></table>'
    return f'<div class="lens"><style>{_style()}</style>{_html_head(reading)}{table}</div>'


@functools.cache
def _style() -> str:
    return Path(__file__).with_name("listing.css").read_text(encoding="utf-8")


def _html_head(reading: Reading) -> str:
    function = reading.function
    where = f"{function.module_path}, lines {function.first}-{function.last}"
    if function.link:
        where = f'<a href="{html.escape(function.link)}">{html.escape(where)}</a>'
    head = f"<b>{html.escape(function.short)}</b> · {where}{reading.purpose_html}"
    if reading.read:
        link = f'<a href="{reading.read}.ipynb">{reading.chapter}</a>'
        head += f"<p>{reading.part.replace(reading.chapter, link)}</p>"
    return f'<div class="lens-head">{head}</div>'


def _html_rows(reading: Reading) -> Iterator[str]:
    shown = reading.shown
    code = _highlighted(reading)
    texts = dict(zip(reading.function.lines, reading.text.split("\n"), strict=True))
    for row, span in zip(shown, _spans(shown), strict=True):
        if isinstance(row, Gap):
            gap = f'<td></td><td class="lens-c"></td><td class="lens-s lens-gap">{row}</td>'
            yield f"<tr>{gap}{_note_cell(row.notes, span)}</tr>"
            continue
        count = DECIDED if row.decided else f"{row.times}&times;" if row.times else ""
        what = "docstring" if row.fold == reading.function.doc else "comment"
        inside = _folded(row.fold, code, what) if row.fold else _line(texts[row.number], code[row.number])
        kind = {True: "lens-lit", False: "lens-unlit" if reading.has_run else "", None: ""}[row.lit]
        kind = "lens-decided" if row.decided else kind
        yield (
            f'<tr class="{kind}"><td class="lens-n">{row.number}</td><td class="lens-c">{count}</td>'
            f'<td class="lens-s">{inside}</td>{_note_cell(row.notes, span)}</tr>'
        )


def _spans(shown: list[Row | Gap]) -> list[int]:
    """For each row, how many rows its note cell spans: up to the next note; 0 where an earlier cell covers it."""
    starts = [index for index, row in enumerate(shown) if index == 0 or row.notes]
    spans = [0] * len(shown)
    for start, end in zip(starts, [*starts[1:], len(shown)], strict=True):
        spans[start] = end - start
    return spans


def _note_cell(notes: list[Note], span: int) -> str:
    if not span:
        return ""
    if not notes:
        return f'<td class="lens-none" rowspan="{span}"></td>'
    return f'<td class="lens-note" rowspan="{span}"><div>{"".join(note.html for note in notes)}</div></td>'


def _highlighted(reading: Reading) -> dict[int, str]:
    """Line number -> HTML of the line, coloured by Pygments, without the indentation of its class."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    coloured = highlight(reading.text, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n").split("\n")
    return dict(zip(reading.function.lines, coloured, strict=True))


def _line(text: str, coloured: str) -> str:
    """A line of code. Where it is too long, what does not fit begins further in than the line itself."""
    indent = len(text) - len(text.lstrip())
    return f'<pre style="--indent: {indent}ch">{coloured or "&#8203;"}</pre>'


def _folded(lines: range, code: dict[int, str], what: str) -> str:
    body = "\n".join(code[number] for number in lines)
    return f"<details><summary>{what}, {count_of_lines(len(lines))}</summary><pre>{body}</pre></details>"


def _ran(reading: Reading, times: str) -> str:
    """The lines that ran, with their counts: "2365 x3, 2366 x3"; of compared runs, those that ran only now."""
    rows = [row for row in reading.shown if isinstance(row, Row) and row.lit and row.count and not row.decided]
    counts = ", ".join(f"{row.number} {times}{row.count}" for row in rows) or "none"
    decided = ", ".join(str(row.number) for row in reading.shown if isinstance(row, Row) and row.decided)
    ran = f"Lines that ran{' only in this run' if reading.compared else ''}: {counts}."
    return f"{ran} Decided in line {decided}." if decided else ran


def _chosen(reading: Reading) -> str:
    return f"Lines shown: {', '.join(map(str, sorted(reading.only)))}."


def stored_html(reading: Reading) -> str:
    """What a saved notebook keeps: name, place, purpose, notes by line number, and which lines ran. No source."""
    rows = "".join(
        f'<tr><td style="text-align: right; vertical-align: top">{row.number}</td>'
        f'<td style="text-align: right; vertical-align: top">{f"{row.count}&times;" if row.count else ""}</td>'
        f'<td style="text-align: left">{"".join(note.html for note in row.notes)}</td></tr>'
        for row in reading.shown
        if isinstance(row, Row) and row.notes
    )
    head = "<tr><th>line</th><th>ran</th><th style='text-align: left'>note</th></tr>"
    notes = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else ""
    ran = f"<p>{_ran(reading, '&times;')}</p>" if reading.has_run else ""
    ran += f"<p>{_chosen(reading)}</p>" if reading.only else ""
    return f"{_html_head(reading)}{notes}{ran}<p><i>{_HINT}</i></p>"


def stored_text(reading: Reading) -> str:
    """The same as plain text."""
    function = reading.function
    lines = [f"{function.short} ({function.module_path}, lines {function.first}-{function.last})"]
    if reading.purpose:
        lines.append(reading.purpose)
    if reading.read:
        lines.append(reading.part)
    for number, note in ((row.number, note) for row in reading.shown if isinstance(row, Row) for note in row.notes):
        lines += textwrap.wrap(note.text, 100, initial_indent=f"{number:>6}  ", subsequent_indent=" " * 8)
    if reading.has_run:
        lines += textwrap.wrap(_ran(reading, "x"), 100)
    if reading.only:
        lines.append(_chosen(reading))
    return "\n".join([*lines, _HINT])
