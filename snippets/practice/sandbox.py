"""Runs the files of one student in sandboxes of their own, of bubblewrap or the weaker kind, and keeps none of them."""

from collections.abc import Iterable
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice import coded
from snippets.practice.bubblewrap import Bubblewrap
from snippets.practice.kit import SECONDS
from snippets.practice.process import Process, Server, played
from snippets.practice.shelf import shelf
from snippets.practice.talk import Exercise, Talk
from snippets.practice.weaker import Weaker


class Sandbox(Process):
    """Plays a student's files in a sandbox, and the book's own outside of it, each of those once.

    Plain exercises, which use Python alone, are played in another one, that has nothing but Python: what the book's
    own function is modelled on can't be handed on there.

    Args:
        seconds: how many a file may compute, and how many it may take.
        weaker: take Landlock, and not bubblewrap?

    Raises:
        Refused: (as by `play`) there is none here, or it isn't allowed.
    """

    def __init__(self, seconds: tuple[int, float] = SECONDS, weaker: bool = False) -> None:
        super().__init__()
        kind = Weaker if weaker else Bubblewrap
        with_packages, alone = kind(True, seconds), kind(False, seconds)
        self._learners = Server(with_packages.begin, with_packages.clear)
        self._alone = Server(alone.begin, alone.clear)
        self._kept: dict[str, dict[str, Any]] = {}

    def play(
        self, exercise: Exercise, source: str, file: str, talks: Iterable[Talk], own: bool = False
    ) -> dict[str, Any]:
        """As `Process.play`; what one of the book's own files does is kept."""
        talks = list(talks)
        if not own:
            server = self._alone if _stands_alone(exercise) else self._learners
            return played(server, exercise, source, file, talks)
        key = coded.dumps([exercise.way, exercise.name, source, [talk.steps for talk in talks]])
        if key not in self._kept:
            try:
                self._kept[key] = super().play(exercise, source, file, talks, own=True)
            except LensError:  # it was ended from outside: a new one is started
                self._kept[key] = super().play(exercise, source, file, talks, own=True)
        return self._kept[key]

    def next_student(self) -> None:
        """Throw the sandboxes away: the next file is another student's."""
        self._learners.close()
        self._alone.close()

    def close(self) -> None:
        """End all processes."""
        super().close()
        self._alone.close()


def _stands_alone(exercise: Exercise) -> bool:
    """Is it one that is solved with Python alone?"""
    return any(folder.alone for folder in shelf().values() if folder.head == exercise)


def try_out(weaker: bool = False) -> None:
    """Make a sandbox and throw it away.

    Raises:
        Refused: there can be none here.
    """
    made = (Weaker if weaker else Bubblewrap)(True, SECONDS)
    server = Server(made.begin, made.clear)
    server.start()
    server.close()
