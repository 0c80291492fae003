"""The one kind of error that is meant for a reader: a clear line that says what to do."""


class LensError(Exception):
    """Something the reader asked for can't be done; the message says what to do instead."""

    def _render_traceback_(self, *args: object) -> list[str]:
        """What a notebook shows of it: the line alone, and not the way through the book's own files."""
        return [f"LensError: {self}"]
