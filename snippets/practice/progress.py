"""A learner's folder of exercises: the files they work on, and how far they are, which survives whatever happens."""

import contextlib
import json
import os
import stat
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.shelf import Folder, exercise, shelf

NAME = "my_exercises"
STATE = ".progress.json"
MOST = 64 << 10  # bytes of a learner's file


@dataclass
class Progress:
    """How far a learner is.

    Args:
        passed: the slugs of what has passed, in the order in which it did.
        hints: slug -> how many hints have been shown.
    """

    passed: list[str] = field(default_factory=list)
    hints: dict[str, int] = field(default_factory=dict)

    def next(self) -> Folder | None:
        """The first exercise of the book that has not passed yet; None if all have."""
        return next((folder for slug, folder in shelf().items() if slug not in self.passed), None)

    @property
    def done(self) -> int:
        return sum(slug in self.passed for slug in shelf())


class Unreadable(Exception):
    """A learner's file can't be read as Python; the message says why."""


class Desk:
    """The folder in which a learner works: one file an exercise, `<slug>.py`, and the progress beside them.

    Args:
        folder: where it is.
        say: is told what the learner should know, in a line.
    """

    def __init__(self, folder: Path, say: Any = print) -> None:
        self.folder = folder
        self._say = say

    def file(self, slug: str) -> Path:
        """The learner's file for an exercise."""
        return self.folder / f"{slug}.py"

    def source(self, slug: str) -> str:
        """The text of the learner's file.

        Raises:
            LensError: there is none.
            Unreadable: it is not what Python could read.
        """
        path = self.file(slug)
        try:
            opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except FileNotFoundError:
            raise LensError(
                f"there is no {path}; `python -m snippets exercises start` lays out what is missing"
            ) from None
        except OSError as error:
            raise LensError(f"{path} can't be read: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise LensError(f"{path} is no file")
        with os.fdopen(opened, "rb") as file:
            return decoded(file.read(MOST + 1))

    def lay_out(self) -> list[str]:
        """Copy the starters that are not here yet, over nothing; the slugs of those that were copied."""
        self.folder.mkdir(parents=True, exist_ok=True)
        copied = []
        for slug, folder in shelf().items():
            with contextlib.suppress(FileExistsError), self.file(slug).open("x", encoding="utf-8") as file:
                file.write(folder.starter)
                copied.append(slug)
        with self.changed():
            pass
        return copied

    def put_back(self, slug: str) -> Path | None:
        """Lay out the starter of an exercise anew; where the learner's file is kept, if there was one."""
        kept = None
        if self.file(slug).exists():
            kept = _free(self.folder / ".backups", f"{slug}-{{}}.py")
            kept.parent.mkdir(exist_ok=True)
            os.replace(self.file(slug), kept)
        self.file(slug).write_text(exercise(slug).starter, encoding="utf-8")
        with self.changed() as progress:
            progress.passed = [each for each in progress.passed if each != slug]
        return kept

    def progress(self) -> Progress:
        """How far the learner is; a damaged record is put aside, and a line says so."""
        path = self.folder / STATE
        try:
            return _progress(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return Progress()
        except (ValueError, RecursionError):
            aside = _free(self.folder, f"{STATE}.damaged-{{}}")
            os.replace(path, aside)
            self._say(f"{path} could not be read: it is kept as {aside.name}, and your progress begins anew")
            self._write(Progress())
            return Progress()

    @contextmanager
    def changed(self) -> Iterator[Progress]:
        """The progress, to be changed in the block; then written whole, or not at all."""
        progress = self.progress()
        before = asdict(progress)
        yield progress
        if asdict(progress) != before or not (self.folder / STATE).exists():
            self._write(progress)

    def _write(self, progress: Progress) -> None:
        write_whole(self.folder / STATE, json.dumps(asdict(progress), indent=1).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all."""
    half = path.with_name(f".{path.name.removeprefix('.')}.{os.getpid()}.part")
    try:
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
    finally:
        with contextlib.suppress(OSError):
            half.unlink()


def decoded(data: bytes) -> str:
    """A file as Python would read it.

    Raises:
        Unreadable: it can't be.
    """
    if len(data) > MOST:
        raise Unreadable(f"The file has more than {MOST >> 10} KB: that is no exercise any more.")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return data.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(
            f"The file is not {error.encoding.upper()} in line {line}: byte {data[error.start]:#x}."
        ) from None
    except (SyntaxError, LookupError) as error:
        raise Unreadable(f"The file can't be read as text: {error}.") from None


def find(start: Path) -> Path:
    """The folder with the learner's exercises: `start` or one above it, or the one that `start` holds.

    Raises:
        LensError: there is none.
    """
    start = start.resolve()
    for folder in (*(start, *start.parents), start / NAME):
        if (folder / STATE).is_file():
            return folder
    raise LensError("there are no exercises here: `python -m snippets exercises start` lays them out")


def _free(folder: Path, name: str) -> Path:
    """The first path in a folder that is not taken: the name with a number."""
    number = 1
    while (path := folder / name.format(number)).exists():
        number += 1
    return path


def _progress(read: Any) -> Progress:
    if not isinstance(read, dict):
        raise ValueError("no progress")
    passed, hints = read.get("passed"), read.get("hints")
    if not isinstance(passed, list) or not all(isinstance(slug, str) for slug in passed):
        raise ValueError("no list of what has passed")
    if not isinstance(hints, dict) or not all(isinstance(number, int) for number in hints.values()):
        raise ValueError("no numbers of hints")
    return Progress(passed, hints)
