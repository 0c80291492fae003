"""One recorded call, and what a recording knows of it."""

from typing import NamedTuple

from snippets.lens.kept import Raised, same


class Caller(NamedTuple):
    """The line that made a call; empty if no Python function did, as for the first call in a thread."""

    function: str
    file: str
    line: int


class Point(NamedTuple):
    """A function that was recorded: its full name, where it stands, and the attributes watched at its calls."""

    name: str
    file: str
    line: int
    bound: bool
    watched: tuple[str, ...]

    @property
    def where(self) -> str:
        """File name and line, as in "http.py:2360"; what a proxy looks up elsewhere stands in no file."""
        if not self.line:
            return self.file
        # Jupyter gives each cell a file of its own, whose name is a number; in a browser it is a name alone.
        if "ipykernel_" in self.file or self.file.startswith("<ipython-input-"):
            return f"your cell:{self.line}"
        return f"{self.file.replace(chr(92), '/').rpartition('/')[2]}:{self.line}"


class Event(NamedTuple):
    """One recorded call.

    A call that has not ended is no event yet. `depth` counts the recorded calls around it; `args` begins with the
    object, for a method; `result` is None if the call raised, and then `raised` says what; `before` and `after` are
    the watched attributes, in the order of `point.watched`, empty where nothing was watched. `thread` is 0 for the
    thread that entered `record`; others are numbered as they come.
    """

    point: Point
    depth: int
    caller: Caller
    args: tuple
    result: object
    raised: Raised | None
    before: tuple
    after: tuple
    thread: int

    @property
    def name(self) -> str:
        return self.point.name

    @property
    def method(self) -> str:
        """The last part of the name: what was called, without where it is defined."""
        return self.name.partition(":")[2].rpartition(".")[2]

    @property
    def receiver(self) -> object:
        """The object whose method was called (its label), or None for a plain function."""
        return self.args[0] if self.point.bound and self.args else None

    @property
    def changes(self) -> dict[str, tuple[object, object]]:
        """The watched attributes that the call changed, as far as they were kept: name -> (before, after)."""
        pairs = zip(self.point.watched, self.before, self.after, strict=False)
        return {name: (old, new) for name, old, new in pairs if not same(old, new)}
