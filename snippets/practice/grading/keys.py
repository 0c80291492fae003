"""Says by digests what a grade depends on: the answer, the exercise, the kit, Twisted, the sandbox, what was drawn."""

import functools
import hashlib
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from snippets.practice import shelf as shelves
from snippets.practice.shelf import shelf

_HERE = Path(__file__).parents[1]  # the kit
_LENS = _HERE.parent / "lens"


def digest(*parts: str | bytes) -> str:
    """One digest of several texts; where each ends counts."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        found.update(b"%d:" % len(data) + data)
    return found.hexdigest()


@functools.cache
def kit() -> str:
    """Of what plays and compares, of Twisted's version and Python's."""
    files = [*_HERE.glob("*.py"), *_LENS.glob("*.py")]
    versions = [metadata.version("twisted"), f"{sys.version_info[0]}.{sys.version_info[1]}"]
    return digest(*versions, *_files(files))


@functools.cache
def exercise(slug: str) -> str:
    """Of all files of an exercise."""
    return digest(slug, *_files(shelf()[slug].path.glob("*")))


def answer(slug: str, text: str, seed: int, weaker: bool) -> str:
    """Of an answer and all that its grade depends on.

    The sandbox is part of it: a grade of the weaker one doesn't silently stand for one of the other.
    """
    return digest(text, exercise(slug), kit(), str(seed), _sandbox(weaker))


def parcel(files: Iterable[tuple[str, bytes]], problems: Iterable[str], seed: int, weaker: bool) -> str:
    """Of all that a student has handed in, and all that its grades depend on."""
    handed_in = [part for name, data in files for part in (name, data)]
    exercises = [exercise(slug) for slug in shelf()]
    return digest(*handed_in, "", *problems, "", *exercises, kit(), str(seed), _sandbox(weaker))


def _sandbox(weaker: bool) -> str:
    return "landlock" if weaker else "bubblewrap"


def stand_at(folder: Path) -> None:
    """Take the exercises from this folder from now on."""
    shelves.FOLDER = folder
    shelf.cache_clear()
    forget()


def forget() -> None:
    """What is on the disk may have changed."""
    kit.cache_clear()
    exercise.cache_clear()


def _files(paths: Iterable[Path]) -> list[str | bytes]:
    """Names and contents of files."""
    return [part for path in sorted(paths) if path.is_file() for part in (path.name, path.read_bytes())]
