"""What is asked of the place where files are played, and what of its reply is believed."""

from collections.abc import Iterable
from typing import Any, Protocol

from snippets.practice.talk import Exercise, Talk

INSIDE = "SNIPPETS_PRACTICE_INSIDE"  # set in the environment of a learner's code


class Player(Protocol):
    """Where files are played."""

    def play(
        self, exercise: Exercise, source: str, file: str, talks: Iterable[Talk], own: bool = False
    ) -> dict[str, Any]:
        """What a file does in conversations: as `snippets.practice.ways.play` returns it, or how it `ended`.

        Args:
            exercise: the exercise.
            source: the text of the file.
            file: its name, for messages.
            talks: the conversations.
            own: is it one of the book's own files: a solution, a wrong answer that was foreseen?
        """


def request(exercise: Exercise, source: str, file: str, talks: Iterable[Talk]) -> dict[str, Any]:
    """To play a file in conversations: the arguments of `snippets.practice.ways.play`."""
    steps = [talk.steps for talk in talks]
    return {"source": source, "file": file, "way": exercise.way, "name": exercise.name, "talks": steps}


def shaped(told: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """A reply, if it has the form of one; else how it ended. What came of a learner's code is believed in nothing."""
    if not isinstance(told, dict) or "ended" not in told:
        return {"ended": "gone"}
    if told["ended"] != "reply":
        return told
    reply = told["reply"]
    if isinstance(reply, dict) and isinstance(printed := reply.pop("printed", ""), str):
        if reply in ({"memory": True}, {"flood": True}):
            return {"ended": next(iter(reply))}
        # Nothing else than what has been looked at is handed on.
        if reply.keys() == {"unusable"} and _is_error(reply["unusable"]):
            return {**reply, "printed": printed}
        if reply.keys() == {"talks"} and _are_talks(reply["talks"], [len(steps) for steps in asked["talks"]]):
            return {**reply, "printed": printed}
    return {"ended": "garbled"}


def _are_talks(talks: Any, steps: list[int]) -> bool:
    return (
        isinstance(talks, list)
        and len(talks) == len(steps)
        and all(_is_talk(talk, most) for talk, most in zip(talks, steps, strict=True))
    )


def _is_talk(talk: Any, most: int) -> bool:
    return (
        isinstance(talk, dict)
        and talk.keys() == {"outcomes", "errors"}
        and isinstance(talk["outcomes"], list)
        and isinstance(talk["errors"], list)
        and len(talk["outcomes"]) <= most
        and all(isinstance(outcome, dict) for outcome in talk["outcomes"])
        and all(map(_is_error, talk["errors"]))
    )


def _is_error(error: Any) -> bool:
    return (
        isinstance(error, dict)
        and error.keys() == {"type", "says", "line", "text"}
        and all(isinstance(error[name], str) for name in ("type", "says", "text"))
        and isinstance(error["line"], int | None)
    )
