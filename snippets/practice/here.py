"""Plays files in this interpreter, where no process can be started: as in a browser. It protects nobody."""

import builtins
import contextlib
import gc
import importlib
import os
import sys
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

    What a file changes in modules is put back, as `put_back` says. It is ended after so many steps; a single call in C
    that never returns, and what takes all memory, end the interpreter with it. It can read all that is here, what is
    expected of it too.
    """

    def __init__(self) -> None:
        """
        Raises:
            LensError: it is made by code that is being checked.
        """
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
    for module in ("twisted.web.server", "snippets.lens.wire"):
        importlib.import_module(module)  # here, where no step is counted
    kept, counted, reply = Kept(), Counted(asking["file"]), b""
    os.environ[INSIDE] = "1"
    _replace(counted)
    try:
        with contextlib.suppress(Ended):
            reply = counted.run(lambda: _replied(asking, counted))
        ended = counted.ended
        _throw_away(asking["file"])
    finally:
        made = sys.modules.get("twisted.internet.reactor")
        kept.put_back()
        with logged():
            _close(made)
            gc.collect()
    if ended:
        return ended
    try:
        return {"ended": "reply", "reply": coded.loads(reply)}
    except Exception:  # what writes a reply is in reach of the file, too
        return {"ended": "garbled"}


def _replied(asking: dict[str, Any], counted: Counted) -> bytes:
    """What a file replies. Its own code runs for that, too: `repr` of what it returned, `str` of what it raised."""
    try:
        return coded.reply(ways.play(**asking))
    except Ended:
        raise
    except MemoryError:
        return coded.reply({"memory": True})
    except BaseException as error:
        try:
            return coded.reply({"unusable": ways.described(error, asking["file"])})
        except BaseException:
            counted.end("exit")  # so ends a process that can't reply


def _throw_away(file: str) -> None:
    """Throw away what a file has made, while its code can be ended: there may be a `__del__` in it."""
    sys.modules.pop("learner", None)
    gc.unfreeze()  # `ways` has frozen what was there at each conversation
    sys.unraisablehook = lambda raised: None  # what `__del__` raises
    with contextlib.suppress(Ended), logged():  # a failed Deferred that nobody asked about is logged now
        Counted(file).run(gc.collect)


def _close(reactor: object) -> None:
    """Close the sockets of a reactor that a file has made, without asking the file's own code."""
    if isinstance(reactor, ReactorBase):
        for each in reactor.removeAll():
            each.socket.close() if hasattr(each, "socket") else None
        for waker in list(reactor._internalReaders):
            reactor._removeInternalReader(waker)
            waker.connectionLost(None)
        if hasattr(reactor, "_poller"):
            reactor._poller.close()


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
