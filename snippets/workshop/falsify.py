"""Makes the book's text false in a copy, statement by statement, and asks whether checking notices."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from snippets.lens.citations import sections
from snippets.lens.errors import LensError
from snippets.lens.release import FOLDER
from snippets.lens.roles import contents, replaced
from snippets.workshop import book, numbers
from snippets.workshop.prose import Line, chapter_text, note_lines
from snippets.workshop.sentences import wrong_roles
from snippets.workshop.typed_commands import wrong_commands

ENOUGH = 0.95  # of the numbers
_COMMAND = re.compile(r"python -m snippets (?:run|show|trace) [^\s`]+")


@dataclass
class Tally:
    """What was made false, by kind; how many of these were noticed; and where the others stand."""

    tried: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def count(self, kind: str, noticed: bool, where: str) -> None:
        """Add one."""
        self.tried[kind] += 1
        if noticed:
            self.noticed[kind] += 1
        else:
            self.missed.append(f"{where} ({kind})")

    @property
    def rate(self) -> float:
        """The share of the numbers that was noticed, 0 to 1."""
        return self.noticed["numbers"] / max(self.tried["numbers"], 1)

    @property
    def lines(self) -> Iterator[str]:
        """The tally, a line a kind."""
        for kind, tried in self.tried.items():
            yield f"{kind}: {self.noticed[kind]} of {tried} noticed"


def falsified(slugs: list[str], commands: click.Group, notes: bool = True, seed: int = 1) -> Tally:
    """Change each number, citation, test name and command of the text and of the notes, one at a time, and look again.

    A number is changed to one near it, as an author's slip would: the same for the same seed. Computed numbers, by
    `eval` roles, are counted as noticed: no text holds them.

    Args:
        slugs: the chapters.
        commands: the group of all commands.
        notes: whether to look at the notes as well, of all functions.
        seed: of the choice of false numbers.
    """
    tally, chance = Tally(), random.Random(seed)
    for slug in slugs:
        _chapter(slug, tally, chance)
        _commands(chapter_text(slug).lines, tally, commands)
    for file in sorted(FOLDER.glob("*.md")) if notes else ():
        _notes(file, tally, chance)
    return tally


def _chapter(slug: str, tally: Tally, chance: random.Random) -> None:
    notebook = book.load(slug)
    if notebook is None:
        raise LensError(f"{slug}: no notebook has been built, so nothing is shown: `python -m snippets book build`")
    text = chapter_text(slug)
    for line in text.lines:
        _computed(line.text, tally)
        _links(line, tally)
    beside = numbers.beside(text, notebook)
    for line in text.lines:
        for number in numbers.numbers(line):
            _number(number, beside[line.section], tally, chance)


def _notes(file: Path, tally: Tally, chance: random.Random) -> None:
    for name, line in note_lines(file):
        _computed(line.text, tally)
        _links(line, tally)
        for number in numbers.numbers(line):
            _number(number, numbers.in_source(name), tally, chance)


def _number(number: numbers.Number, beside: set[str], tally: Tally, chance: random.Random) -> None:
    digits = numbers.plain(number.digits)
    if len(digits.replace(".", "")) < 2 or digits.count(".") > 1:
        return
    false = _false(digits, chance)
    tally.count("numbers", false not in beside, f"{number.line.where}: {number.digits} as {false}")


def _false(digits: str, chance: random.Random) -> str:
    """A number near another: one off, a few off, or two digits changed about."""
    whole, dot, rest = digits.partition(".")
    turned = whole[:-2] + whole[:-3:-1]
    near = [str(int(whole) + step) for step in (-1, 1, 2, 7, 10)]
    return chance.choice([each for each in [*near, turned] if each != whole]) + dot + rest


def _computed(text: str, tally: Tally) -> None:
    computed = len(contents(text, "eval"))
    tally.tried["numbers"] += computed
    tally.noticed["numbers"] += computed


def _links(line: Line, tally: Tally) -> None:
    """Citations and test names, each with another section or another letter."""
    for role, kind in (("rfc", "citations"), ("test", "test names")):
        for content in contents(line.text, role):
            false = _other_section(content) if role == "rfc" else _misspelt(content)
            wrong = wrong_roles([replace(line, text=replaced(line.text, role, content, false))])
            tally.count(kind, bool(wrong), f"{line.where}: {false}")


def _commands(lines: list[Line], tally: Tally, group: click.Group) -> None:
    """Each command with one letter of what it names left out."""
    for line in lines:
        for words in _COMMAND.findall(line.text):
            false = replace(line, text=line.text.replace(words, words[:-1]))
            tally.count("commands", any(wrong_commands([false], group)), f"{line.where}: {words[:-1]}")


def _other_section(key: str) -> str:
    """The next section of the same RFC that the book cites: "9112#7.1.1" as "9112#7.1.2"; a made-up one without any."""
    same = [other for other in sections() if other.partition("#")[0] == key.partition("#")[0]]
    return same[(same.index(key) + 1) % len(same)] if len(same) > 1 else f"{key}9"


def _misspelt(name: str) -> str:
    return name[:-1] + ("t" if name[-1] == "s" else "s")
