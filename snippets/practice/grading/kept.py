"""Keeps what has been graded: one JSON a student, written whole or not at all; the seed of the class beside them."""

import json
import secrets
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.grading.keys import digest
from snippets.practice.progress import write_whole

_SEED = "class.json"


class Kept:
    """The records of a class in a folder.

    Args:
        folder: where they are; it is made.

    Raises:
        LensError: it can't be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._students = folder, folder / "students"
        try:
            self._students.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LensError(f"{folder} can't be made: {error.strerror}") from None

    def seed(self, asked: int | None) -> int:
        """The seed of the class: as asked for, or else that of the last run, or else drawn."""
        read = _read(self.folder / _SEED).get("seed")
        seed = asked if asked is not None else read if isinstance(read, int) else secrets.randbelow(10**9)
        if seed != read:
            self.write(_SEED, json.dumps({"seed": seed}))
        return seed

    def record(self, student: str) -> dict[str, Any]:
        """What is known of a student; nothing if there is no record, or a damaged one."""
        read = _read(self._file(student))
        whole = read.get("student") == student and isinstance(read.get("grades"), dict)
        return read if whole else {}

    def put(self, record: dict[str, Any]) -> None:
        """Keep a record."""
        file = self._file(record["student"])
        self.write(str(file.relative_to(self.folder)), json.dumps(record, indent=1))

    def write(self, name: str, data: str | bytes) -> None:
        """Write a file of the folder whole, or not at all."""
        path = self.folder / name
        try:
            write_whole(path, data.encode() if isinstance(data, str) else data)
        except OSError as error:
            raise LensError(f"{path} can't be written: {error.strerror}") from None

    def _file(self, student: str) -> Path:
        """A name that every file system takes, and that no other student has."""
        plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in student)
        return self._students / f"{plain[:40]}-{digest(student)[:12]}.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
