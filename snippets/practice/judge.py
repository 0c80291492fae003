"""The verdict on a learner's code: what it did in each conversation, beside what the solution does in the same."""

import re
import secrets
from dataclasses import replace
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.held import Held, Outcome, Went
from snippets.practice.message import message
from snippets.practice.reply import Player
from snippets.practice.shelf import Folder, Wrong
from snippets.practice.talk import Talk
from snippets.practice.verdict import Verdict


class Talked(Held, Verdict):
    """The verdict on code that was talked with."""

    @property
    def lines(self) -> list[str]:
        return message(self)


def judge(folder: Folder, source: str, player: Player, file: str = "", seed: int | None = None) -> Talked:
    """Hold the exercise's conversations with `source`, and say how they went.

    Args:
        folder: the exercise.
        source: the learner's file, as text.
        player: where it is run.
        file: what the file is called in messages.
        seed: of the random conversations; drawn anew without it.
    """
    seed = secrets.randbelow(10**9) if seed is None else seed
    talks, name = folder.talks(seed), file or f"{folder.slug}.py"
    mine = player.play(folder.head, source, name, talks)
    if "talks" not in mine:
        found = _line(mine.get("trace", ""), name, source.splitlines())
        return Talked(folder, ended=mine | found, printed=mine.get("printed", ""), seed=seed)
    right = _own(folder, folder.solution, "solution.py", talks, player)
    if any(len(told["outcomes"]) < len(talk.steps) for talk, told in zip(talks, right, strict=True)):
        raise LensError(f"the book's own solution.py of {folder.slug} gives no answer: nothing can be compared with it")
    went = [
        Went(talk, told["outcomes"], expected["outcomes"], told["errors"])
        for talk, told, expected in zip(talks, mine["talks"], right, strict=True)
    ]
    verdict = Talked(folder, went, printed=mine["printed"], seed=seed)
    return replace(verdict, wrong=_alike(folder, went, player)) if verdict.first else verdict


def _own(folder: Folder, source: str, name: str, talks: list[Talk], player: Player) -> list[Outcome]:
    """What one of the exercise's own files does in conversations."""
    told = player.play(folder.head, source, name, talks, own=True)
    if "talks" not in told:
        raise LensError(
            f"the book's own {name} of {folder.slug} could not be played: {told.get('ended', told)}; check again"
        )
    played: list[Outcome] = told["talks"]
    return played


def _alike(folder: Folder, went: list[Went], player: Player) -> Wrong | None:
    """The wrong answer that was foreseen and does the same, up to the first conversation that went wrong."""
    until = next(at for at, each in enumerate(went) if not each.well) + 1
    for wrong in folder.wrongs:
        played = _own(folder, wrong.source, f"{wrong.name}.py", [each.talk for each in went[:until]], player)
        same = all(its["outcomes"] == mine.outcomes for its, mine in zip(played, went, strict=False))
        if same and _types(played[-1]["errors"]) == _types(went[until - 1].errors):
            return wrong
    return None


def _types(errors: list[Outcome]) -> list[str]:
    return [error["type"] for error in errors]


def _line(trace: str, file: str, lines: list[str]) -> dict[str, Any]:
    """The learner's line in which a process stood when it was stopped, by what faulthandler wrote.

    It writes thread by thread, the main one last; of each the innermost call first.
    """
    for thread in reversed(re.split(r"(?m)^(?:Current t|T)hread .*$", trace)):
        found = re.search(rf'File "{re.escape(file)}", line (\d+)', thread)
        if found and 0 < int(found[1]) <= len(lines):
            return {"line": int(found[1]), "text": lines[int(found[1]) - 1].strip()}
    return {"line": None, "text": ""}
