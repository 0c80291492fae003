"""The exercises that there are: each read from its folder."""

import ast
import functools
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.talk import Exercise, Talk

COMMAND = "python -m snippets exercises"  # as it is typed

BOOK = Path(__file__).parents[1] / "exercises"
FOLDER = BOOK  # where the exercises are

_TRUTHS: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that was foreseen: its file, and what to tell whoever gives one that behaves like it."""

    name: str
    source: str
    says: str


@dataclass(frozen=True)
class Folder:
    """An exercise as it lies on the shelf."""

    slug: str
    path: Path
    head: Exercise
    check: ModuleType

    @property
    def title(self) -> str:
        """Its name, and what it is about."""
        return f"{self.slug} ({self.head.title})"

    @property
    def predicts(self) -> bool:
        """Is it one of values to foresee, and not of code to write?"""
        return self.head.kind == "predict"

    @functools.cached_property
    def alone(self) -> bool:
        """Is it solved with Python alone, so that nothing else need be there?"""
        if self.predicts or self.head.way != "plain":
            return False
        nodes = ast.walk(ast.parse(f"{self.starter}\n{self.solution}"))
        names = [name for node in nodes for name in _imported(node)]
        return all(name.partition(".")[0] in sys.stdlib_module_names for name in names)

    def talks(self, seed: int) -> list[Talk]:
        """Its conversations; the random ones are drawn from the seed."""
        drawn: Callable[[Random], Iterable[Talk]] = self.check.talks
        return list(drawn(Random(seed)))

    def truth(self) -> dict[str, Any]:
        """What is to be foreseen, as the run gives it; the run is made once."""
        if self.slug not in _TRUTHS:
            _TRUTHS[self.slug] = self.check.truth()
        return _TRUTHS[self.slug]

    @property
    def starter(self) -> str:
        return (self.path / "starter.py").read_text(encoding="utf-8")

    @property
    def solution(self) -> str:
        return (self.path / "solution.py").read_text(encoding="utf-8")

    @property
    def task(self) -> str:
        """What is asked: the docstring of the starter."""
        return ast.get_docstring(ast.parse(self.starter)) or ""

    @property
    def hints(self) -> list[str]:
        """The hints, one after another, each more than the one before."""
        text = (self.path / "hints.md").read_text(encoding="utf-8")
        return [part.strip() for part in re.split(r"(?m)^## .*$", text)[1:]]

    @property
    def wrongs(self) -> list[Wrong]:
        """The wrong answers that were foreseen."""
        found = []
        for file in sorted(self.path.glob("wrong_*.py")):
            source = file.read_text(encoding="utf-8")
            found.append(Wrong(file.stem, source, ast.get_docstring(ast.parse(source)) or ""))
        return found


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module)):
            return [module]
    return []


@functools.cache
def shelf() -> dict[str, Folder]:
    """All exercises by their slugs, in the order of the book: by chapter, the short ones first."""
    found = [_folder(path.parent) for path in FOLDER.glob("*/check.py")]
    ordered = sorted(found, key=lambda folder: (folder.head.chapter, folder.head.minutes, folder.slug))
    return {folder.slug: folder for folder in ordered}


def exercise(slug: str) -> Folder:
    """The exercise called `slug`.

    Raises:
        LensError: there is none.
    """
    if slug not in shelf():
        near = "".join(f" Did you mean {name}?" for name in get_close_matches(slug, shelf(), 1))
        raise LensError(f"there is no exercise {slug}.{near} `python -m snippets exercises list` names them all")
    return shelf()[slug]


def _folder(path: Path) -> Folder:
    spec = importlib.util.spec_from_file_location(f"snippets.exercises.{path.name}.check", path / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Folder(path.name, path, module.EXERCISE, module)
