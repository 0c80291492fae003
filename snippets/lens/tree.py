"""Shows a trace as a tree: in a terminal, and as a table in Jupyter."""

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from snippets.lens.event import Event
from snippets.lens.kept import show

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

MOST_ROWS = 400
LEVEL = "  "  # what a call stands further in than its caller
LEAST = 12  # letters that are shown of the arguments, however narrow the terminal


class Shown:
    """What has `events` and is shown as their tree: as text, by rich, and in Jupyter."""

    @property
    def events(self) -> Sequence[Event]:
        """The calls, each before the calls made inside it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return as_text(self.events)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[Text]":
        yield from as_lines(self.events, options.max_width)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": as_html(self.events), "text/plain": as_text(self.events)}


def call(event: Event) -> str:
    """A call as one line: "HTTPChannel#1.lineReceived(b'GET / HTTP/1.1')"."""
    return f"{_name(event)}({_arguments(event)})"


def _name(event: Event) -> str:
    return f"{show(event.receiver)}.{event.method}" if event.point.bound else event.method


def _arguments(event: Event) -> str:
    return ", ".join(show(arg) for arg in event.args[event.point.bound :])


def outcome(event: Event) -> str:
    """What came of a call: "raised ValueError: ...", "-> True", or nothing where it returned None."""
    if event.raised:
        return f"raised {show(event.raised)}"
    return "" if event.result is None else f"-> {show(event.result)}"


def changes(event: Event) -> list[str]:
    """The watched attributes that the call changed, each as "name: before -> after"."""
    return [f"{name}: {show(old)} -> {show(new)}" for name, (old, new) in event.changes.items()]


def as_lines(events: Sequence[Event], width: int) -> "Iterator[Text]":
    """The calls as lines of at most `width` columns, each further in than its caller; what is too long is cut."""
    from rich.text import Text

    level, thread = 0, None
    for event in events[:MOST_ROWS]:
        # A call whose caller had not ended may be deeper than the line above it allows.
        level = min(event.depth, level + 1) if event.thread == thread else 0
        thread = event.thread
        yield _cut(_line(event, LEVEL * level, width), width)
        for change in changes(event):
            yield _cut(Text(f"{LEVEL * level}{change}", style="cyan"), width)
    if len(events) > MOST_ROWS:
        yield Text(f"... and {len(events) - MOST_ROWS} more calls")
    if not events:
        yield Text("nothing was recorded")


def _line(event: Event, indent: str, width: int) -> "Text":
    """A call in a line, its arguments cut to what the rest of it leaves of `width`."""
    from rich.text import Text

    name, arguments, where = f"{indent}{_name(event)}", _arguments(event), f"  {event.point.where}"
    said = _short(f"  {outcome(event)}".rstrip(), max(width // 3, LEAST))
    arguments = _short(arguments, max(width - len(name) - len("()") - len(said) - len(where), LEAST))
    style = "red" if event.raised else "green"
    return Text.assemble((f"{name}({arguments})", "bold" if not event.depth else ""), (said, style), (where, "dim"))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _cut(line: "Text", width: int) -> "Text":
    line.truncate(width, overflow="ellipsis")
    return line


def as_text(events: Sequence[Event], width: int = 110) -> str:
    """The calls as plain text, `width` characters wide."""
    return "\n".join(line.plain.rstrip() for line in as_lines(events, width))


_CELL = "text-align: left; vertical-align: top; padding: 1px 10px"
_CODE = "font-family: monospace; white-space: pre-wrap"


def as_html(events: Sequence[Event]) -> str:
    """The calls as an HTML table that needs no style sheet: a row a call, indented by its depth."""
    watched = any(event.before for event in events)
    heads = ["call", "outcome", "stands at", *(["changed"] if watched else [])]
    rows = [_row(event, watched) for event in events[:MOST_ROWS]]
    if len(events) > MOST_ROWS:
        rows.append(_note(f"... and {len(events) - MOST_ROWS} more calls", len(heads)))
    if not events:
        rows.append(_note("nothing was recorded", len(heads)))
    head = "".join(f'<th style="{_CELL}">{name}</th>' for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _note(text: str, columns: int) -> str:
    return f'<tr><td colspan="{columns}" style="{_CELL}">{text}</td></tr>'


def _row(event: Event, watched: bool) -> str:
    indent = f"{_CELL}; {_CODE}; padding-left: {10 + 18 * event.depth}px"
    cells = [
        f'<td style="{indent}">{html.escape(call(event))}</td>',
        f'<td style="{_CELL}; {_CODE}">{html.escape(outcome(event))}</td>',
        f'<td style="{_CELL}; white-space: nowrap">{html.escape(event.point.where)}</td>',
    ]
    if watched:
        cells.append(f'<td style="{_CELL}; {_CODE}">{"<br>".join(map(html.escape, changes(event)))}</td>')
    return f"<tr>{''.join(cells)}</tr>"
