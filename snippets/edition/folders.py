"""Folders that are made here, each whole or not at all; what was not made here is kept, or the folder is refused."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from snippets import catalogue
from snippets.edition.undisturbed import ended_by_signals
from snippets.lens.errors import LensError

NEW = "new"
_LOST = "was not made here, and would be lost: move it elsewhere"


def shelf() -> Path:
    """Where what was made is kept: a hidden folder of the checkout, which can be deleted at any time."""
    return catalogue.CHAPTERS.parent / ".edition"


def key_of(folder: Path, mark: str) -> str:
    """What a folder was made of, as its mark says; "" if it has none."""
    return _marked(folder / mark)[0]


@contextmanager
def whole(folder: Path, mark: str, key: str, refusal: str = _LOST) -> Iterator[Path]:
    """A folder to put "new" into, which then takes the place of `folder`; if anything fails, nothing has changed.

    What is in `folder` and was not made here, as the `.git` of a checkout, is in it afterwards, too.

    Args:
        folder: what is to be there whole.
        mark: the name of a file: by it a folder is known as one that was made here, and may be made anew.
        key: what it is made of, for `key_of`.
        refusal: what is said of `folder` if it is there without a mark, and what to do then.

    Raises:
        LensError: `folder` is there and was not made here, has something of the name of what is made, or can't be
            made: a file can't be read or written.
    """
    folder = Path(os.path.realpath(folder))
    with _told(folder), ended_by_signals():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not (folder / mark).exists():
            raise LensError(f"{folder} {refusal}")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".half-") as half:
            yield Path(half)
            _mark(Path(half, NEW), mark, key)
            _exchange(folder, Path(half, NEW), Path(half, "before"), _foreign(folder, Path(half, NEW), mark))


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Whatever the system refuses is told in a line: of which file, which need not be one of `folder`, and why."""
    try:
        yield
    except shutil.Error as error:  # of copytree: all that it could not copy, with what was said of each as text
        source, _, why = error.args[0][0]
        why = re.sub(r"^\[Errno -?\d+\] |: '.*", "", why)
        raise LensError(f"{folder} can't be made: {source}: {why}") from error
    except OSError as error:
        which = "" if error.filename in (None, str(folder)) else f"{error.filename}: "
        raise LensError(f"{folder} can't be made: {which}{error.strerror or error}") from error


def _mark(new: Path, mark: str, key: str) -> None:
    """Write down what a folder was made of, and the names of all that is in it."""
    names = sorted({mark, *(file.relative_to(new).as_posix() for file in new.rglob("*"))})
    (new / mark).write_text("\n".join([key, *names]), encoding="utf-8", errors="surrogateescape")


def _marked(file: Path) -> tuple[str, set[str]]:
    """What a mark says: of what a folder was made, and what was in it then."""
    try:
        key, *names = file.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except OSError:
        return "", set()
    return key, set(names)


def _foreign(folder: Path, new: Path, mark: str) -> list[str]:
    """The names, in `folder`, of what was not made here; of a folder in which nothing was, or is now, the name alone.

    Raises:
        LensError: one of them is among what has been made now.
    """
    if not folder.exists():
        return []
    made = _marked(folder / mark)[1]
    # A mark that names nothing is of the time before marks did: what has a name of ours is taken for ours.
    ours = made or {mark, *(file.relative_to(new).as_posix() for file in new.rglob("*"))}
    foreign = [*_not_among(ours, folder, new)]
    for name in foreign:
        if os.path.lexists(new / name) or any((new / each).is_file() for each in PurePath(name).parents):
            raise LensError(f"{folder / name} {_LOST}")
    return foreign


def _not_among(names: set[str], folder: Path, new: Path, above: str = "") -> Iterator[str]:
    for entry in sorted(os.scandir(folder / above), key=lambda entry: entry.name):
        name = f"{above}{entry.name}"
        if entry.is_dir(follow_symlinks=False) and (name in names or (new / name).is_dir()):
            yield from _not_among(names, folder, new, f"{name}/")
        elif name not in names:
            yield name


def _exchange(folder: Path, new: Path, before: Path, foreign: list[str]) -> None:
    """Put `new` in the place of `folder`, and what was there into `before`, but for what is foreign, which stays.

    If anything fails, or Ctrl-C is pressed, all is where it was.
    """
    try:
        if folder.exists():
            os.replace(folder, before)
        for name in foreign:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(before / name, new / name)
        os.replace(new, folder)
    except BaseException:
        if new.exists():  # else the last step was done, and only then came Ctrl-C
            for name in foreign:
                if os.path.lexists(new / name):
                    os.replace(new / name, before / name)
            if before.exists():
                os.replace(before, folder)
        raise
