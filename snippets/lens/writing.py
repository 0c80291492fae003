"""Writes a file that a reader asked for: whole, or not at all."""

import contextlib
from pathlib import Path

from snippets.lens.errors import LensError


def write(file: Path, content: bytes) -> None:
    """Write a file, in the place of the one that is there.

    Args:
        file: its path.
        content: what is to be in it.

    Raises:
        LensError: it can't be written; what was there is there.
    """
    half = file.with_name(f"{file.name}.part")
    try:
        try:
            half.write_bytes(content)
            half.replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                half.unlink()
            raise
    except OSError as error:
        raise LensError(f"{file} can't be written: {error.strerror or error}") from error
