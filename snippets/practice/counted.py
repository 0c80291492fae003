"""Counts the steps that code takes, and ends it after too many: in place of a process and its limit on time."""

import sys
from collections.abc import Callable
from threading import get_ident
from time import perf_counter
from types import CodeType, FrameType
from typing import Any, NoReturn, TypeVar

from snippets.lens.errors import LensError

T = TypeVar("T")

STEPS = 1_000_000  # calls and jumps of the file's own code: no solution takes a twentieth of them
OTHERS = 20  # times as many of all code: a file may import what is large, and record what Twisted does
SECONDS = 60.0  # for steps that each take long
MORE = 100_000  # steps that others are left, to put back what they hold, when the file's own code is to be ended
_LOOK = 15  # how often the time is looked at: a power of two, less one


class Ended(BaseException):
    """Raised in code that is to end; who catches it meets it again at the next step."""


class Counted:
    """Runs a block, and says how it was ended, if it was.

    A step is the beginning of a call, a generator that goes on, or a jump: nothing in Python runs for ever without.
    What a single call of a function in C does is no step, and can't be ended. Of other code than the file's, which it
    imports or calls, `OTHERS` times as many steps may be.

    Args:
        file: by what name the code that may not run for ever was compiled.
        steps: how many there may be of its own code.
        seconds: how long all may take.
    """

    def __init__(self, file: str, steps: int = STEPS, seconds: float = SECONDS) -> None:
        self.ended: dict[str, Any] | None = None
        self.steps = 0
        self._all, self._over = 0, 0  # steps of all code; with which of them the end had come, if it has
        self._file, self._most, self._seconds = file, steps, seconds
        self._thread, self._until = get_ident(), 0.0

    def run(self, block: Callable[[], T]) -> T:
        """Run a block, and return what it returns. `ended` says whether it had to be ended: it may have gone on.

        Raises:
            Ended: it had to be ended.
            LensError: this Python can't tell steps, or too many look at them already.
            BaseException: whatever the block raises.
        """
        monitoring: Any = getattr(sys, "monitoring", None)
        if monitoring is None:
            raise LensError("steps can be counted from Python 3.12 on: check in a process")
        tool = next((number for number in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(number) is None), None)
        if tool is None:
            raise LensError("no more than six tools can watch the interpreter at once: end one of them first")
        events = (monitoring.events.PY_START, monitoring.events.PY_RESUME, monitoring.events.JUMP)
        self._until = perf_counter() + self._seconds
        monitoring.use_tool_id(tool, "check")
        try:
            for event in events:
                monitoring.register_callback(tool, event, self._step)
            monitoring.set_events(tool, sum(events))
            return block()
        finally:
            monitoring.set_events(tool, 0)  # first: a call of a function in Python would be a step
            for event in events:
                monitoring.register_callback(tool, event, None)
            monitoring.free_tool_id(tool)

    def end(self, how: str, number: int = 0) -> NoReturn:
        """End the block from inside; `how` and `number` as `snippets.practice.message` tells them.

        Who ends a process by themselves leaves no trace of the line, and so here.
        """
        if self.ended is None:
            trace = self._trace(sys._getframe(1)) if how in ("cpu", "wall") else ""
            self.ended = {"ended": how, "number": number, "trace": trace}
        self._over = self._over or self._all
        raise Ended

    def _step(self, code: CodeType, *where: int) -> None:
        if get_ident() != self._thread:
            return
        own = code.co_filename == self._file
        self._all += 1
        self.steps += own
        if not self._over:
            if self.steps < self._most and (self._all & _LOOK or self._in_time()):
                return
            self._over = self._all
        # The first to be ended is the file's own code, so that others can still put back what they hold.
        if own or self._all > self._over + MORE:
            self.end("cpu")

    def _in_time(self) -> bool:
        return self._all < self._most * OTHERS and perf_counter() < self._until

    def _trace(self, frame: FrameType | None) -> str:
        """Where the code of the file is, as faulthandler writes it."""
        while frame is not None and frame.f_code.co_filename != self._file:
            frame = frame.f_back
        return f'File "{self._file}", line {frame.f_lineno}' if frame else ""
