"""Plays files in this interpreter, where no process can be started: as in a browser. It protects nobody."""

import builtins
import gc
import importlib
import os
from collections.abc import Iterable
from typing import Any, NoReturn

from twisted.internet.base import ReactorBase

from snippets.lens.errors import LensError
from snippets.lens.logged import logged
from snippets.practice import coded, ways
from snippets.practice.counted import Counted, Ended
from snippets.practice.put_back import Kept
from snippets.practice.reply import INSIDE, request, shaped
from snippets.practice.talk import Exercise, Talk


class Here:
    """Plays files, a learner's and the book's own, one after another in this interpreter.

    What a file changes in modules is put back. It is ended after so many steps; a single call in C that never returns,
    and what takes all memory, end the interpreter with it. It can read all that is here, what is expected of it too.

    Raises:
        LensError: it is made by code that is being checked.
    """

    def __init__(self) -> None:
        if INSIDE in os.environ:
            raise LensError("this code is being checked: it can't check itself")

    def play(
        self, exercise: Exercise, source: str, file: str, talks: Iterable[Talk], own: bool = False
    ) -> dict[str, Any]:
        """As `snippets.practice.reply.Player` says.

        Raises:
            LensError: steps can't be counted here.
        """
        # By way of JSON, as between processes: no object of one is an object of the other.
        asking = coded.loads(coded.dumps(request(exercise, source, file, talks)))
        return shaped(_answer(asking), asking)


def _answer(asking: dict[str, Any]) -> dict[str, Any]:
    """Play a file; say what it replied, or how it ended."""
    importlib.import_module(
        "snippets.lens.wire"
    )  # here, and not while it is played: what is loaded then stays as it is
    kept, counted = Kept(), Counted(asking["file"])
    try:
        told = _played(asking, counted)
    finally:
        kept.put_back()
        os.environ.pop(INSIDE, None)
        with logged():  # a failed Deferred that nobody asked about is logged when it is thrown away: to nobody
            gc.unfreeze()  # `ways` has frozen what was there at each conversation
            gc.collect()
    if counted.ended:
        return counted.ended
    return {"ended": "reply", "reply": coded.loads(coded.reply(told))}


def _played(asking: dict[str, Any], counted: Counted) -> dict[str, Any]:
    os.environ[INSIDE] = "1"
    _replace(counted)
    try:
        return counted.run(lambda: ways.play(**asking))
    except Ended:
        return {}
    except MemoryError:
        return {"memory": True}
    except LensError:
        raise
    except BaseException as error:
        return {"unusable": ways.described(error, asking["file"])}


def _replace(counted: Counted) -> None:
    """Put into the place of what would end this interpreter, or wait in it, what ends the file."""

    def leave(code: int) -> NoReturn:
        counted.end("exit", code)

    def kill(process: int, number: int) -> None:
        if process != os.getpid():
            raise ProcessLookupError(f"there is no process {process} for this code")
        counted.end("signal", number)

    def run(reactor: object, *args: object, **options: object) -> NoReturn:
        counted.end("wall")

    def ask(prompt: object = "") -> NoReturn:
        print(prompt, end="")
        raise EOFError("EOF when reading a line")

    vars(os).update(_exit=leave, kill=kill, abort=lambda: kill(os.getpid(), 6))
    vars(builtins)["input"] = ask
    ReactorBase.startRunning = run  # type: ignore[assignment,method-assign]
