"""The films that the chapters show in their players, made as their cells make them; and how one is asked."""

import contextlib
import functools
import io
import re
from itertools import accumulate

from snippets import catalogue
from snippets.lens.film import texts
from snippets.lens.player import Player
from tests.played import pairs, where

_CELL = re.compile(r"^```\{code-cell\} ipython3\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@functools.cache
def player_of(slug: str) -> Player:
    """The player of a chapter: its cells run up to the one that shows it."""
    names: dict[str, object] = {}
    for cell in _CELL.findall((catalogue.CHAPTERS / f"{slug}.md").read_text("utf-8")):
        before, call, rest = cell.rpartition("\nplay(")
        source = re.sub(r"^:.*\n", "", before if call else cell, flags=re.MULTILINE)  # without the tags of the cell
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source, names)
            if call:
                return eval(f"play({rest.strip()}", names)
    raise AssertionError(f"chapter {slug} shows no player")


class Asked:
    """A film, asked as its reader asks it."""

    def __init__(self, slug: str) -> None:
        self.film = player_of(slug).film
        self._texts = texts(self.film)
        self._calls = list(accumulate(self.film["call"]))

    def line(self, step: int) -> tuple[str, str]:
        """The function that a step is in, and the line that it is at, or about to run."""
        name, line = where(self.film, step)
        shown = self._texts[self.film["functions"][self.film["calls"][self._calls[step]]][1]]
        return name, shown["lines"][line].strip()

    def lines(self, steps: range) -> list[tuple[str, str]]:
        """The lines that run in some steps."""
        return [self.line(step) for step in steps if self.film["kinds"][step] == "l"]

    def took(self, byte: int) -> int:
        """The step whose line took a byte."""
        return next(step for step, count in pairs(self.film["bytes"]["taken"]) if count > byte)

    def changers(self, label: str, name: str) -> list[int]:
        """The steps whose line gave an attribute of an object a new value, after it was first seen."""
        columns = self.film["changes"]
        wanted = (1 + self.film["objects"].index(label), self.film["names"].index(name))
        rows = zip(accumulate(columns["step"]), columns["holder"], columns["name"], strict=True)
        found = [step - 1 for step, *which in rows if tuple(which) == wanted]
        return found[1:]

    def to_read(self, *names: str) -> int:
        """How many lines the listings of some functions have, without those that are folded, and empty ones."""
        count = 0
        for name in names:
            (shown,) = [each for each in self._texts if each["short"] == name]
            folded = {line for start, stop in shown["folds"] for line in range(start, stop)}
            count += sum(bool(line.strip()) and number not in folded for number, line in enumerate(shown["lines"]))
        return count
