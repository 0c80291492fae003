"""Commands of this project in the book's sentences: each can be parsed, and names what there is."""

import re
import shlex
from collections.abc import Iterable, Iterator

import click

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.lens.names import locate
from snippets.workshop.prose import Line

_COMMAND = re.compile(r"`[^`]*?python -m snippets ([^`|]*)[^`]*`")


def wrong_commands(lines: Iterable[Line], group: click.Group) -> Iterator[str]:
    """A complaint for each command in the lines that would be refused.

    Args:
        lines: the text.
        group: the commands that there are.
    """
    for line in lines:
        for typed in _COMMAND.findall(line.text):
            try:
                _parse(shlex.split(typed), group)
            except (click.ClickException, LensError, ValueError) as error:
                said = error.format_message() if isinstance(error, click.ClickException) else str(error)
                yield f"{line.where}: `python -m snippets {typed}` would be refused: {said}"


def _parse(words: list[str], group: click.Group) -> None:
    with click.Context(group, info_name="python -m snippets") as context:
        name, command, rest = group.resolve_command(context, words)
        if isinstance(command, click.Group) and (rest or not command.invoke_without_command):
            _parse(rest, command)
            return
        given = command.make_context(name, rest, parent=context) if command else context
    snippet = given.params.get("site") or given.params.get("name")
    if snippet is not None and name in ("run", "trace", "show"):
        program = catalogue.find(snippet).file.read_text(encoding="utf-8")
        for option in [word for word in given.params.get("args") or () if word.startswith("--")]:
            if f'"{option}"' not in program:
                raise LensError(f"{snippet} has no option {option}")
    if "function" in given.params:
        locate(given.params["function"])
