"""How long a plan of teaching takes: the minutes of chapters, of their sections, and of exercises, and their sum."""

import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode, v4

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.practice.shelf import exercise
from snippets.workshop.assembly import assemble
from snippets.workshop.shape import minutes, parts

_HEADING = re.compile(r"^(?=#+ )", re.MULTILINE)


def reading(chapter: str, *headings: str) -> int:
    """How many minutes it takes to read a chapter's core, or only some sections of the chapter.

    Args:
        chapter: its number, as in "05".
        headings: of the sections, each with those below it.

    Raises:
        LensError: there is no such chapter, or no such section in it.
    """
    notebook = assemble(catalogue.chapter(chapter))
    if not headings:
        return minutes(parts(notebook)[0])
    pieces = list(_pieces(notebook))
    return minutes([cell for heading in headings for cell in _section(chapter, heading, pieces)])


def practice(*slugs: str) -> int:
    """How many minutes exercises take, as each of them says.

    Raises:
        LensError: there is no such exercise.
    """
    return sum(exercise(slug).head.minutes for slug in slugs)


def timetable(rows: Iterable[tuple[str, int]]) -> str:
    """A plan in lines: for each row when it begins, in hours and minutes, how many minutes it takes, and what it is.

    Args:
        rows: what is done, and how many minutes it takes.
    """
    lines, at = [], 0
    for what, takes in rows:
        lines.append(f"{at // 60}:{at % 60:02}  {takes:>3} min  {what}")
        at += takes
    return "\n".join([*lines, f"{at // 60}:{at % 60:02}           end"])


def _pieces(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The cells of a notebook, each heading at the beginning of one."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell
        else:
            yield from (v4.new_markdown_cell(text) for text in _HEADING.split(cell.source) if text)


def _section(chapter: str, heading: str, pieces: list[NotebookNode]) -> Iterator[NotebookNode]:
    depth = 0
    for piece in pieces:
        signs, _, title = piece.source.partition("\n")[0].partition(" ")
        if piece.cell_type == "markdown" and set(signs) == {"#"}:
            if not depth and title == heading:
                depth = len(signs)
            elif depth and len(signs) <= depth:
                return
        if depth:
            yield piece
    if not depth:
        raise LensError(f"chapter {chapter} has no section {heading!r}")
