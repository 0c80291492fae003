"""Watches a learner's files, and checks each as soon as it is saved."""

import os
import select
import sys
import time

import click

from snippets.lens.errors import LensError
from snippets.practice.checked import checked
from snippets.practice.process import Process
from snippets.practice.progress import Desk
from snippets.practice.shelf import Folder, exercise, shelf
from snippets.practice.told import all_done, head, hinted, told

LOOK_EVERY = 0.3  # seconds
SETTLED = 0.03  # seconds in which a file that was saved has not changed again
EMPTY = 1.0  # seconds after which a file that is empty is taken to stay so

Seen = tuple[int, int] | None  # time of change and size of a file


class Watch:
    """A loop that stays at an exercise until it has passed and the learner says to go on.

    Args:
        desk: where the files are.
        process: where they are run; it stays warm from one check to the next.
    """

    def __init__(self, desk: Desk, process: Process) -> None:
        self._desk, self._process = desk, process
        self._seen: dict[str, Seen] = {}
        self._typing = True

    def run(self) -> None:
        """Watch until all is done, or the learner ends it."""
        self._process.start()
        at = self._desk.progress().next()
        while at is not None:
            at = self._stay(at)
        click.echo("\n".join(all_done()))

    def _stay(self, at: Folder) -> Folder | None:
        """Check an exercise, and again whenever it is saved; the one to go to, None if there is none left."""
        self._seen = self._look()
        passed = self._check(at)
        while True:
            slug, typed = self._wait()
            if slug is not None and slug != at.slug:
                return exercise(slug)
            if typed == "q":
                raise KeyboardInterrupt
            if typed == "h":
                click.echo("\n".join(["", *hinted(self._desk, at)]))
            elif passed and typed is not None:
                return self._desk.progress().next()
            else:
                passed = self._check(at)

    def _check(self, at: Folder) -> bool:
        if sys.stdout.isatty():
            click.clear()
        click.echo("\n".join([head(at, self._desk), ""]))
        try:
            verdict = checked(at, self._desk, self._process)
        except LensError as error:
            click.echo(f"error: {error}")
            return False
        click.echo("\n".join(told(verdict)))
        click.echo(f"\n{self._what_now(verdict.passed)}")
        return verdict.passed

    def _what_now(self, passed: bool) -> str:
        if not passed:
            return "Save the file, and it is checked again. h and Enter: a hint. q and Enter, or Ctrl-C: enough."
        there = self._desk.progress().next()
        return f"Enter: on to {there.title}." if there else "That was the last one. Enter: the end."

    def _wait(self) -> tuple[str | None, str | None]:
        """The slug of the file that was saved, or what was typed."""
        while True:
            if (typed := self._typed(LOOK_EVERY)) is not None:
                return None, typed
            now = self._look()
            saved = next((slug for slug, seen in now.items() if seen and seen != self._seen.get(slug)), None)
            if saved is not None:
                self._seen[saved] = self._settled(saved)
                return saved, None
            self._seen = now

    def _typed(self, seconds: float) -> str | None:
        """A line that was typed within so many seconds; None if there was none."""
        if not self._typing:
            time.sleep(seconds)
            return None
        if not select.select([0], [], [], seconds)[0]:
            return None
        line = os.read(0, 1000).decode(errors="replace")
        self._typing = bool(line)
        return line.strip().lower() if line else None

    def _look(self) -> dict[str, Seen]:
        return {slug: self._stat(slug) for slug in shelf()}

    def _stat(self, slug: str) -> Seen:
        try:
            now = os.stat(self._desk.file(slug))
        except OSError:
            return None
        return now.st_mtime_ns, now.st_size

    def _settled(self, slug: str) -> Seen:
        """Wait until a file that is being saved is whole: not empty, and the same as a moment before."""
        began, before = time.monotonic(), self._stat(slug)
        while True:
            time.sleep(SETTLED)
            now = self._stat(slug)
            empty = now is None or now[1] == 0
            if now == before and (not empty or time.monotonic() - began > EMPTY):
                return now
            before = now
