"""Folders that are made here, each whole or not at all, and over nothing that was not made here."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snippets import catalogue
from snippets.lens.errors import LensError

NEW = "new"


def shelf() -> Path:
    """Where what was made is kept: a hidden folder of the checkout, which can be deleted at any time."""
    return catalogue.CHAPTERS.parent / ".edition"


@contextmanager
def whole(folder: Path, mark: str, refusal: str) -> Iterator[Path]:
    """A folder to put "new" into, which then takes the place of `folder`; if anything fails, nothing has changed.

    Args:
        folder: what is to be there whole.
        mark: the name of a file: by it a folder is known as one that was made here, and may be made anew.
        refusal: what is said of `folder` if it is there without one.

    Raises:
        LensError: `folder` is there and was not made here, or can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not (folder / mark).exists():
        raise LensError(f"{folder} {refusal}: name a folder that isn't there yet")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".half-") as half:
            yield Path(half)
            _exchange(folder, Path(half, NEW), Path(half, "before"))
    except OSError as error:
        raise LensError(f"{error.filename or folder} can't be written: {error.strerror or error}") from error


def _exchange(folder: Path, new: Path, before: Path) -> None:
    """Put `new` in the place of `folder`, and what was there into `before`; it comes back if the former fails."""
    if folder.exists():
        os.replace(folder, before)
    try:
        os.replace(new, folder)
    except OSError:
        if before.exists():
            os.replace(before, folder)
        raise
