"""What came of a check, for whoever asked: passed or not, the lines that say so, and how a notebook shows them."""

from html import escape
from typing import Any

from snippets.practice.shelf import Folder

# Half-way between black and white, so that they are seen on either.
_GREEN, _RED = "#2e9e4f", "#d0552b"


class Verdict:
    """One interface for every kind of exercise. In a notebook it shows itself, as the last line of a cell."""

    folder: Folder

    @property
    def passed(self) -> bool:
        raise NotImplementedError

    @property
    def lines(self) -> list[str]:
        """What to tell the learner, line by line; empty lines between its parts."""
        raise NotImplementedError

    def must_pass(self) -> None:
        """See that it has passed.

        Raises:
            NotPassed: it has not; a notebook shows the lines, and no traceback.
        """
        if not self.passed:
            raise NotPassed(self.lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        colour = _GREEN if self.passed else _RED
        html = (
            f'<div style="border-left: 4px solid {colour}; padding-left: 12px">'
            '<pre style="white-space: pre-wrap; color: inherit; background: transparent; margin: 0">'
            f"{escape(str(self))}</pre></div>"
        )
        return {"text/plain": str(self), "text/html": html}


class NotPassed(Exception):
    """A check has not passed; in a notebook only its message is shown."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines

    def _render_traceback_(self, *args: object) -> list[str]:
        return self.lines
