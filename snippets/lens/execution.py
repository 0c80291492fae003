"""What the interpreter tells of chosen code while a block runs: how calls begin and end, and what they come to."""

import dis
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from types import CodeType, FrameType
from typing import NamedTuple

from snippets.lens.errors import LensError


class Watched(NamedTuple):
    """A code object to watch, the functions that it belongs to, its statements, and its bytecode.

    `statements` maps each line to the first one of its statement. `co_code` makes a copy each time it is asked for, and
    before Python 3.12 it is looked at for every line that runs.
    """

    code: CodeType
    names: tuple[str, ...]
    statements: dict[int, int]
    bytecode: bytes


class Visits:
    """Follows the calls of chosen code, frame by frame; a subclass says what to do with what it is told.

    A visit is when control comes to a statement from another one, or begins there. Of a call that was running before,
    nothing is told. `with_ends`: whether `resume` and `leave` are told, too; that costs.

    Args:
        watched: what to follow, by the identity of the code: two functions that read the same have equal code.
    """

    with_ends = False

    def __init__(self, watched: dict[int, Watched]) -> None:
        self.watched = watched
        self.last: dict[int, int] = {}  # the statement that each frame came to last
        self._statements = {key: each.statements for key, each in watched.items()}
        # They are held, or another frame could get the identity of one that has ended.
        self._running = {id(frame): frame for frame in _frames(sys._getframe()) if id(frame.f_code) in watched}

    def began(self, frame: FrameType) -> None:
        """A call begins; a generator that goes on does not begin again."""
        self.last.pop(id(frame), None)

    def reached(self, frame: FrameType, line: int) -> None:
        """A line was reached."""
        code, key = frame.f_code, id(frame)
        statement = self._statements[id(code)].get(line, line)
        if self.last.get(key) == statement or key in self._running:
            return
        self.last[key] = statement
        # The body of a class begins at its head, where control already is.
        if line != code.co_firstlineno or code.co_flags & inspect.CO_NEWLOCALS:
            self.visit(frame, statement)

    def visit(self, frame: FrameType, statement: int) -> None:
        """Control came to a statement."""

    def resumed(self, frame: FrameType, thrown: BaseException | None) -> None:
        """A generator goes on, perhaps with an exception that is thrown into it."""
        self._running.pop(id(frame), None)
        self.resume(frame, thrown)

    def resume(self, frame: FrameType, thrown: BaseException | None) -> None:
        """A generator goes on."""

    def left(self, frame: FrameType, how: str, value: object) -> None:
        """A call ended by "return" or "raise", or a generator waits after "yield"."""
        if self._running.pop(id(frame), None) is None:
            self.leave(frame, how, value)

    def leave(self, frame: FrameType, how: str, value: object) -> None:
        """A call ended, or waits: by "return", "raise" or "yield"; `value` is the result, or the exception."""


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


class _Tracer:
    """What `sys.settrace` is given; it tells the tracer of a block around its own, too."""

    def __init__(self, visits: Visits, outer: "_Tracer | None") -> None:
        self._visits = visits
        self._outer = outer

    def __call__(self, frame: FrameType, event: str, arg: object) -> Callable | None:
        outer = self._outer(frame, event, arg) if self._outer else None
        watched = self._visits.watched.get(id(frame.f_code))
        if watched is None:
            return outer
        if self._visits.with_ends:
            return _Call(self._visits, watched.bytecode, outer, frame)
        if _begins(frame, watched.bytecode):
            self._visits.began(frame)

        def on_line(frame: FrameType, event: str, arg: object) -> Callable:
            if outer is not None:
                outer(frame, event, arg)
            if event == "line" and not _cleans_up(frame, watched.bytecode):
                self._visits.reached(frame, frame.f_lineno)
            return on_line

        return on_line


_RERAISE = bytes([dis.opmap["RERAISE"]])
_LEAVING = bytes([dis.opmap["COPY"], dis.opmap["POP_EXCEPT"]])
_RESUME = dis.opmap["RESUME"]
_RETURNS = {dis.opmap["RETURN_VALUE"]: "return", dis.opmap["YIELD_VALUE"]: "yield"}
# These raise again what is being handled. `RERAISE 1` raises what lies on the stack: that was told when it was raised.
_AGAIN = {(dis.opmap["RERAISE"], 0), (dis.opmap["RERAISE"], 2), (dis.opmap["RAISE_VARARGS"], 0)}


def _begins(frame: FrameType, bytecode: bytes) -> bool:
    """Does the call begin here, or does a generator go on?"""
    operation, argument = bytecode[frame.f_lasti : frame.f_lasti + 2]
    return (operation, argument) == (_RESUME, 0)


def _cleans_up(frame: FrameType, bytecode: bytes) -> bool:
    """Is an exception only leaving a `finally` or an `except` here?

    Python 3.11 reports the last line that it compiled for the instructions that see to it; later versions report none.
    (A `pass` that ends a `finally` is compiled to no more than these, and so is lost in 3.11 after an exception.)
    """
    operations = bytecode[frame.f_lasti : frame.f_lasti + 3 : 2]
    return operations == _LEAVING or operations[:1] == _RERAISE


class _Call:
    """Follows a call, or a stretch of a generator, to its end.

    `sys.settrace` tells of a return with None and of an exception that leaves in the same words, and not which one it
    is, if that was raised again: so once there was an exception the instructions are looked at, too.
    """

    def __init__(self, visits: Visits, bytecode: bytes, outer: Callable | None, frame: FrameType) -> None:
        self._visits = visits
        self._bytecode = bytecode
        self._outer = outer
        self._raised: BaseException | None = None
        self._just_raised = False
        self._thrown_into = False
        if _begins(frame, bytecode):
            visits.began(frame)
        elif bytecode[frame.f_lasti] == _RESUME:
            visits.resumed(frame, None)
        else:
            self._thrown_into = True
        frame.f_trace_opcodes = not _begins(frame, bytecode)

    def __call__(self, frame: FrameType, event: str, arg: object) -> "_Call":
        if self._outer is not None:
            self._outer(frame, event, arg)
        if event == "line":
            if not _cleans_up(frame, self._bytecode):
                self._visits.reached(frame, frame.f_lineno)
        elif event == "opcode":
            self._just_raised = False
            if tuple(self._bytecode[frame.f_lasti : frame.f_lasti + 2]) in _AGAIN:
                self._raised = sys.exc_info()[1]
        elif event == "exception":
            self._on_exception(frame, arg)
        elif event == "return":
            self._on_return(frame, arg)
        return self

    def _on_exception(self, frame: FrameType, arg: object) -> None:
        assert isinstance(arg, tuple)
        kind, raised, _ = arg
        self._raised = raised if isinstance(raised, BaseException) else kind()
        self._just_raised = True
        frame.f_trace_opcodes = True
        if self._thrown_into:
            self._thrown_into = False
            self._visits.resumed(frame, self._raised)

    def _on_return(self, frame: FrameType, value: object) -> None:
        frame.f_trace_opcodes = False
        how = None if self._just_raised else _RETURNS.get(self._bytecode[frame.f_lasti])
        if how:
            self._visits.left(frame, how, value)
        else:
            self._visits.left(frame, "raise", self._raised)


@contextmanager
def traced(visits: Visits, name: str) -> Iterator[None]:
    """Follow by `sys.settrace` (before Python 3.12)."""
    before = sys.gettrace()
    tracer = _Tracer(visits, before if isinstance(before, _Tracer) else None)
    sys.settrace(tracer)
    try:
        yield
    finally:
        if sys.gettrace() is tracer:
            sys.settrace(before)


if sys.version_info >= (3, 12):

    def _callbacks(visits: Visits) -> tuple[dict[int, Callable], dict[int, Callable]]:
        """What to call at the events of a code object, and at those that can't be asked for one alone."""
        thread, events, watched = get_ident(), sys.monitoring.events, visits.watched
        frame_of, reached = sys._getframe, visits.reached  # looked up once, and not at every line

        def on_start(code: CodeType, offset: int) -> None:
            if get_ident() == thread:
                visits.began(frame_of(1))

        def on_line(code: CodeType, line: int) -> None:
            if get_ident() == thread:
                reached(frame_of(1), line)

        def on_return(code: CodeType, offset: int, value: object) -> None:
            if get_ident() == thread:
                visits.left(frame_of(1), "return", value)

        def on_yield(code: CodeType, offset: int, value: object) -> None:
            if get_ident() == thread:
                visits.left(frame_of(1), "yield", value)

        def on_resume(code: CodeType, offset: int) -> None:
            if get_ident() == thread:
                visits.resumed(frame_of(1), None)

        def on_throw(code: CodeType, offset: int, error: BaseException) -> None:
            if id(code) in watched and get_ident() == thread:
                visits.resumed(frame_of(1), error)

        def on_unwind(code: CodeType, offset: int, error: BaseException) -> None:
            if id(code) in watched and get_ident() == thread:
                visits.left(frame_of(1), "raise", error)

        begin_and_lines: dict[int, Callable] = {events.PY_START: on_start, events.LINE: on_line}
        if not visits.with_ends:
            return begin_and_lines, {}
        ends: dict[int, Callable] = {
            events.PY_RETURN: on_return,
            events.PY_YIELD: on_yield,
            events.PY_RESUME: on_resume,
        }
        return begin_and_lines | ends, {events.PY_THROW: on_throw, events.PY_UNWIND: on_unwind}

    @contextmanager
    def following(visits: Visits, name: str) -> Iterator[None]:
        """Follow by `sys.monitoring`, as a tool called `name`: only the chosen code objects pay for it."""
        monitoring = sys.monitoring
        local, everywhere = _callbacks(visits)
        codes = [each.code for each in visits.watched.values()]
        tool = next((number for number in (4, 3, 5, 2, 1, 0) if monitoring.get_tool(number) is None), None)
        if tool is None:
            raise LensError("no more than six tools can watch the interpreter at once: end one of them first")
        monitoring.use_tool_id(tool, name)
        try:
            for event, callback in (local | everywhere).items():
                monitoring.register_callback(tool, event, callback)
            monitoring.set_events(tool, sum(everywhere))
            for code in codes:
                monitoring.set_local_events(tool, code, sum(local))
            yield
        finally:
            for code in codes:
                monitoring.set_local_events(tool, code, 0)
            monitoring.set_events(tool, 0)
            for event in local | everywhere:
                monitoring.register_callback(tool, event, None)
            monitoring.free_tool_id(tool)

else:
    following = traced
