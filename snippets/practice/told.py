"""What the commands say of exercises: where a learner stands, a verdict in colour, hints in their steps."""

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from snippets.practice.progress import Desk, Progress
from snippets.practice.shelf import COMMAND, Folder, shelf
from snippets.practice.verdict import Verdict


def told(verdict: Verdict) -> list[str]:
    """A verdict for a terminal: its first line in colour."""
    first, *rest = verdict.lines
    return [click.style(first, fg="green" if verdict.passed else "red", bold=True), *rest]


def head(folder: Folder, desk: Desk) -> str:
    """An exercise in a line: where the learner is, what it is, and which file."""
    done, file = desk.progress().done, short(desk.file(folder.slug))
    return f"[{done} of {len(shelf())} passed] {folder.head.kind}, {folder.head.minutes} minutes: {file}"


def short(path: Path) -> str:
    """A path as one would type it here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def stand(desk: Desk) -> list[str]:
    """Where the learner stands, and the next exercise with its task."""
    progress = desk.progress()
    there = progress.next()
    if there is None:
        return all_done()
    return [
        f"{progress.done} of {len(shelf())} passed. Next: {there.title}, {about(there)}.",
        "",
        *(f"    {line}".rstrip() for line in there.task.splitlines()),
        "",
        f"Work on {short(desk.file(there.slug))}, then `{COMMAND} check`; or leave `{COMMAND} watch` running.",
    ]


def all_done() -> list[str]:
    """What is said to whoever has passed all."""
    return [f"All {len(shelf())} exercises have passed. `{COMMAND} solution SLUG` shows how the book solves one."]


def about(folder: Folder) -> str:
    """Kind, minutes and chapter of an exercise."""
    return f"{folder.head.kind}, {folder.head.minutes} minutes, chapter {folder.head.chapter[:2]}"


def hinted(desk: Desk, folder: Folder) -> Iterator[str]:
    """The hints that were shown before, and one more, which is written down."""
    hints = folder.hints
    with desk.changed() as progress:
        shown = progress.hints.get(folder.slug, 0) + 1
        progress.hints[folder.slug] = min(shown, len(hints))
    for number, hint in enumerate(hints[:shown], 1):
        yield from (f"Hint {number} of {len(hints)} for {folder.slug}:", hint, "")
    if shown < len(hints):
        yield f"`{COMMAND} hint {folder.slug}` shows one more."
    else:
        yield f"There are no more hints. After a pass, `{COMMAND} solution {folder.slug}` shows how the book does it."


def every(progress: Progress) -> Iterator[str]:
    """All exercises, chapter by chapter, each with a mark if it has passed."""
    width = max(map(len, shelf()), default=0)
    for chapter, folders in groupby(shelf().values(), key=lambda folder: folder.head.chapter):
        yield f"{chapter}:"
        for folder in folders:
            mark = "x" if folder.slug in progress.passed else " "
            head = folder.head
            yield f"  [{mark}] {folder.slug:<{width}}  {head.kind:<7}  {head.minutes:>2} min  {head.title}"
    yield ""
    yield f"{progress.done} of {len(shelf())} passed."
