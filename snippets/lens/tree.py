"""Shows a trace as a tree: in a terminal, and as a table in Jupyter."""

import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from snippets.lens.event import Event
from snippets.lens.kept import show

if TYPE_CHECKING:
    from rich.tree import Tree

MOST_ROWS = 400


class Shown:
    """What has `events` and is shown as their tree: as text, by rich, and in Jupyter."""

    @property
    def events(self) -> Sequence[Event]:
        """The calls, each before the calls made inside it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return as_text(self.events)

    def __rich__(self) -> "Tree":
        return as_tree(self.events)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": as_html(self.events), "text/plain": as_text(self.events)}


def call(event: Event) -> str:
    """A call as one line: "HTTPChannel#1.lineReceived(b'GET / HTTP/1.1')"."""
    arguments = ", ".join(show(arg) for arg in event.args[event.point.bound :])
    receiver = f"{show(event.receiver)}." if event.point.bound else ""
    return f"{receiver}{event.method}({arguments})"


def outcome(event: Event) -> str:
    """What came of a call: "raised ValueError: ...", "-> True", or nothing where it returned None."""
    if event.raised:
        return f"raised {show(event.raised)}"
    return "" if event.result is None else f"-> {show(event.result)}"


def changes(event: Event) -> list[str]:
    """The watched attributes that the call changed, each as "name: before -> after"."""
    return [f"{name}: {show(old)} -> {show(new)}" for name, (old, new) in event.changes.items()]


def as_tree(events: Sequence[Event]) -> "Tree":
    """The calls as a tree that rich prints."""
    from rich.text import Text
    from rich.tree import Tree

    root = Tree("", hide_root=True)
    branches, thread = [root], None
    for event in events[:MOST_ROWS]:
        if event.thread != thread:
            branches, thread = [root], event.thread
        line = Text(call(event), style="bold" if event.depth == 0 else "")
        if said := outcome(event):
            line.append(f"  {said}", style="red" if event.raised else "green")
        line.append(f"  {event.point.where}", style="dim")
        for change in changes(event):
            line.append(f"\n{change}", style="cyan")
        # A call whose caller had not ended may be deeper than the branch it hangs on.
        depth = min(event.depth, len(branches) - 1)
        del branches[depth + 1 :]
        branches.append(branches[depth].add(line))
    if len(events) > MOST_ROWS:
        root.add(f"... and {len(events) - MOST_ROWS} more calls")
    if not events:
        root.add("nothing was recorded")
    return root


def as_text(events: Sequence[Event], width: int = 110) -> str:
    """The calls as plain text, `width` characters wide."""
    from rich.console import Console

    # In Jupyter, rich would show the text itself and leave nothing in the file.
    text = io.StringIO()
    console = Console(file=text, width=width, color_system=None, force_terminal=False, force_jupyter=False)
    console.print(as_tree(events))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


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
