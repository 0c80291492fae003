"""The conversations that were held with a learner's code, and how each of them went: data, without words."""

from dataclasses import dataclass, field
from typing import Any

from snippets.practice.shelf import Folder, Wrong
from snippets.practice.talk import Talk

Outcome = dict[str, Any]


@dataclass(frozen=True)
class Went:
    """How one conversation went: what came of each step, what was expected, and what was raised on the way."""

    talk: Talk
    outcomes: list[Outcome]
    expected: list[Outcome]
    errors: list[Outcome]

    @property
    def well(self) -> bool:
        """Is each step's outcome the expected one? Their number counts as well: a missing one is no agreement."""
        return self.outcomes == self.expected

    @property
    def first(self) -> int:
        """The number of the first step that went otherwise."""
        pairs = zip(self.outcomes, self.expected, strict=False)
        return next((at for at, (mine, other) in enumerate(pairs) if mine != other), len(self.outcomes))


@dataclass(frozen=True)
class Held:
    """What came of a check. It has passed only if every conversation was held and went well.

    Args:
        folder: the exercise.
        went: the conversations in their order.
        ended: why there are none, if the code can't be talked to: as `snippets.practice.process` tells it, with the
            learner's `line` and its `text` where they are known.
        wrong: the foreseen wrong answer that does the same in the first conversation that went wrong.
        printed: what the code printed.
        seed: from which the random conversations were drawn.
    """

    folder: Folder
    went: list[Went] = field(default_factory=list)
    ended: Outcome | None = None
    wrong: Wrong | None = None
    printed: str = ""
    seed: int = 0

    @property
    def passed(self) -> bool:
        return self.ended is None and bool(self.went) and all(each.well for each in self.went)

    @property
    def first(self) -> Went | None:
        """The first conversation that went wrong."""
        return next((each for each in self.went if not each.well), None)
