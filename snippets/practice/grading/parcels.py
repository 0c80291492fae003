"""Reads a folder of submissions: the bytes of each student's files, none of which is opened up or believed here."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from snippets.lens.errors import LensError
from snippets.practice import progress
from snippets.practice.reading import shown

MOST = {".py": progress.MOST, ".zip": 1 << 20, ".ipynb": 1 << 20}  # bytes of a file
MOST_FILES = 200  # files of a student
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass
class Parcel:
    """What one student has handed in: files by their names, and what could not be read, a sentence each."""

    student: str
    files: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def parcels(folder: Path) -> list[Parcel]:
    """The submissions in a folder: `student/slug.py`, `student.zip`, `student.ipynb`; by student.

    A folder of a student may hold zips and notebooks as well. Nothing is followed that is a link, and nothing waited
    for that is no plain file.

    Raises:
        LensError: the folder can't be read, or there is nothing in it.
    """
    found: dict[str, Parcel] = {}
    try:
        with _opened(folder, None, os.O_DIRECTORY) as top:
            for name in sorted(os.listdir(top)):
                _take(name, top, found)
    except NotADirectoryError:
        raise LensError(f"{folder} is no folder: name the one that holds the submissions") from None
    except OSError as error:
        raise LensError(f"{folder} can't be read: {error.strerror}") from None
    if not found:
        raise LensError(f"{folder} has no submissions: student/slug.py, student.zip or student.ipynb are looked for")
    return [found[student] for student in sorted(found)]


def _take(name: str, top: int, found: dict[str, Parcel]) -> None:
    """Put what stands in the folder of submissions under one name to a student's parcel."""
    stem, ending = os.path.splitext(name)
    is_file = ending in MOST and not _is_folder(name, top)
    if name.startswith(".") or (not is_file and not _is_folder(name, top, follow=True)):
        return
    student = stem if is_file and ending != ".py" else name
    parcel = found.setdefault(student, Parcel(student))
    if is_file and ending == ".py":
        parcel.problems.append(f"{shown(name)} lies beside the students' folders: whose is it?")
    elif is_file:
        _read(name, top, parcel)
    else:
        _read_folder(name, top, parcel)


def _read_folder(name: str, top: int, parcel: Parcel) -> None:
    try:
        with _opened(name, top, os.O_DIRECTORY) as inner:
            names = _some(inner)
            for each in sorted(names[:MOST_FILES]):
                _read(each, inner, parcel)
    except OSError as error:
        parcel.problems.append(f"the folder {shown(name)} can't be read: {_why(error)}")
        return
    if len(names) > MOST_FILES:
        parcel.problems.append(f"the folder {shown(name)} has more than {MOST_FILES} files: the others were not read")


def _some(folder: int) -> list[str]:
    """The first names of a folder that might count, however many there are."""
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                found.append(entry.name)
            if len(found) > MOST_FILES:
                break
    return found


def _read(name: str, folder: int, parcel: Parcel) -> None:
    """Put a file to a parcel, if it is one that counts."""
    ending = os.path.splitext(name)[1]
    if ending not in MOST:
        return
    try:
        with _opened(name, folder) as opened:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                parcel.problems.append(f"{shown(name)} is no plain file")
                return
            data = _all(opened, MOST[ending] + 1)
    except OSError as error:
        parcel.problems.append(f"{shown(name)} can't be read: {_why(error)}")
        return
    if len(data) > MOST[ending]:
        parcel.problems.append(f"{shown(name)} has more than {MOST[ending] >> 10} KB")
        return
    parcel.files.append((name, data))


def _all(opened: int, most: int) -> bytes:
    data = b""
    while len(data) < most and (piece := os.read(opened, most - len(data))):
        data += piece
    return data


def _why(error: OSError) -> str:
    # What O_NOFOLLOW says of a link, of one to a folder if a folder is asked for.
    return "it is a link" if error.errno in (errno.ELOOP, errno.ENOTDIR) else error.strerror or str(error)


def _is_folder(name: str, top: int, follow: bool = False) -> bool:
    try:
        mode = os.stat(name, dir_fd=top, follow_symlinks=False).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) or (follow and stat.S_ISLNK(mode))


@contextmanager
def _opened(name: str | Path, folder: int | None, flags: int = 0) -> Iterator[int]:
    given = _FLAGS if folder is not None else _FLAGS & ~getattr(os, "O_NOFOLLOW", 0)
    opened = os.open(name, given | flags, dir_fd=folder)
    try:
        yield opened
    finally:
        os.close(opened)
