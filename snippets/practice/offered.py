"""What a chapter offers at its end: its exercises, each with its task, and how to begin."""

import re
from html import escape

from snippets.lens.errors import LensError
from snippets.practice.shelf import COMMAND, Folder, shelf

_HERE = "Here: copy one into a cell of its own, write, and run the cell."


class Offer:
    """The exercises of a chapter, as Jupyter or a terminal shows them."""

    def __init__(self, folders: list[Folder]) -> None:
        self.folders = folders

    def __str__(self) -> str:
        lines = []
        for folder in self.folders:
            lines += [_head(folder), *(f"    {line}".rstrip() for line in folder.task.splitlines()), ""]
        return "\n".join([*lines, _how(self.folders)])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        each = "".join(
            f'<details><summary>{escape(_head(folder))}</summary><pre style="white-space: pre-wrap">'
            f"{escape(cell(folder))}</pre></details>"
            for folder in self.folders
        )
        how = re.sub("`(.*?)`", r"<code>\1</code>", escape(f"{_HERE} {_how(self.folders)}"))
        return {"text/plain": str(self), "text/html": f"<div>{each}<p>{how}</p></div>"}


def exercises(chapter: str) -> Offer:
    """The exercises of a chapter, for a cell at its end.

    Args:
        chapter: its number, as in "05".

    Raises:
        LensError: it has none.
    """
    folders = [folder for folder in shelf().values() if folder.head.chapter[:2] == chapter]
    if not folders:
        raise LensError(f"chapter {chapter} has no exercises: give its number, as in exercises('05')")
    return Offer(folders)


def cell(folder: Folder) -> str:
    """An exercise as a cell of a chapter: its starter, and the call that checks what is written there."""
    names = [f"{name}={name}" for name in folder.check.SAYS] if folder.predicts else [folder.head.name]
    return f'{folder.starter.rstrip()}\n\n\ncheck("{folder.slug}", {", ".join(names)})'


def _head(folder: Folder) -> str:
    return f"{folder.slug} ({folder.head.kind}, {folder.head.minutes} minutes): {folder.head.title}"


def _how(folders: list[Folder]) -> str:
    """How to begin in a shell; the names of all, for the first command copies all of them."""
    return f"In a shell: `{COMMAND} start`, then edit a file, then `{COMMAND} check {folders[0].slug}`."
