"""Which release of Twisted the book reads, and whether that is the one installed."""

import twisted

PINNED = "26.10.0"


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
