"""Which release of Twisted the book reads, whether that is the one installed, and where the book's notes on it are."""

from pathlib import Path

import twisted

PINNED = "26.10.0"

# Named here and not given by the book: a cell, `python -m snippets show` and a test all ask for a function by its name
# alone, and get it with its notes.
FOLDER = Path(__file__).parents[2] / "chapters" / "annotations"
NO_NOTES = f"the book's notes are not in {FOLDER}: install the project from its own folder, with pip install -e ."


class OtherTwisted(UserWarning):
    """Another release of Twisted than the pinned one is installed."""


def check_version() -> str | None:
    """One line for the reader if another Twisted than the pinned one is installed; else None."""
    if twisted.__version__ == PINNED:
        return None
    return (
        f"warning: the book reads Twisted {PINNED} and {twisted.__version__} is installed; notes whose line is not "
        f"there are left out (pip install 'twisted[tls,http2]=={PINNED}' gives the book's)"
    )
