"""The learner's process: takes requests on standard input, a line each, and plays each in a child of its own.

It knows conversations and no expected value: the verdict is found elsewhere, by comparing what it replies.
"""

import contextlib
import faulthandler
import gc
import importlib
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from snippets.practice import coded, ways

CPU_SECONDS = 3
WALL_SECONDS: float = 30
MEMORY = 1 << 30  # bytes of address space
MORE_LIMITS: dict[int, int] = {}  # which else, and how much: what a sandbox adds


@dataclass(frozen=True)
class Hold:
    """How a sandbox holds the children in which files are played.

    Args:
        begin: called in a child before anything of a file.
        too_much: asked with a child's number while it runs; True if it is to be stopped, for what it takes.
        after: called when a child is done with; False if the process is not fit for another, which the reply then says.
    """

    begin: Callable[[], None] = lambda: None
    too_much: Callable[[int], bool] = lambda child: False
    after: Callable[[], bool] = lambda: True


FREE = Hold()  # as whoever runs it


def serve(hold: Hold = FREE) -> None:
    """Answer each request with one line of JSON, until the input ends."""
    with contextlib.suppress(ImportError):
        for module in ("twisted.web.server", "snippets.lens.wire", "snippets.lens.logged"):
            importlib.import_module(module)  # once here, and not in each child
    gc.collect()
    gc.freeze()  # what is here stays, so no child need look through it for garbage
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for line in requests:
        request = coded.loads(line)
        ticket = request.pop("ticket")
        replies.write(coded.dumps({"ticket": ticket} | answer(request, hold) | _fit(hold.after())).encode() + b"\n")
        replies.flush()


def _fit(fit: bool) -> dict[str, Any]:
    """What a reply says of its process; nothing that is replied is kept here, where the next child could see it."""
    return {} if fit else {"last": True}


def answer(request: dict[str, Any], hold: Hold = FREE) -> dict[str, Any]:
    """Play one request in a child; say what it replied, or how it ended."""
    reading, writing = os.pipe()
    before = _computed()
    with tempfile.TemporaryFile() as trace:
        child = os.fork()
        if child == 0:
            _child(request, writing, trace.fileno(), hold.begin)
        os.close(writing)
        try:
            reply, in_time, status = _read(reading, child, hold.too_much)
        finally:
            os.close(reading)
        trace.seek(0)
        told = trace.read(10_000).decode(errors="replace")
    return _made_of(reply, in_time, _computed() - before, status, told)


def _computed() -> float:
    """The seconds for which children that have ended kept a processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _made_of(reply: bytes, in_time: bool, computed: float, status: int, trace: str) -> dict[str, Any]:
    if len(reply) > coded.MOST:
        return {"ended": "flood", "trace": trace}
    if reply.endswith(b"\n"):
        with contextlib.suppress(ValueError, RecursionError):
            return {"ended": "reply", "reply": coded.loads(reply)}
        return {"ended": "garbled", "trace": trace}
    if not in_time:
        # On a busy machine a loop may not get what it may compute before its time is up: it did not wait for all that.
        return {"ended": "cpu" if computed > CPU_SECONDS / 10 else "wall", "trace": trace}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return {"ended": "cpu" if number == signal.SIGXCPU else "signal", "number": number, "trace": trace}
    return {"ended": "exit", "number": os.waitstatus_to_exitcode(status), "trace": trace}


def _read(reading: int, child: int, too_much: Callable[[int], bool]) -> tuple[bytes, bool, int]:
    """What the child wrote up to its newline or to its own end; whether that came in time; and how the child ended.

    A grandchild may hold the pipe for ever: nobody waits for it.
    """
    got, until, status = b"", time.monotonic() + WALL_SECONDS, None
    while len(got) <= coded.MOST and not got.endswith(b"\n") and time.monotonic() < until:
        if select.select([reading], [], [], 0.1 if status is None else 0)[0]:
            piece = os.read(reading, 1 << 16)
            if not piece:
                until = min(until, time.monotonic() + 1)  # it is about to end, or has closed the pipe and goes on
                break
            got += piece
        elif status is not None:
            break
        else:
            status = _ended(child)
        if status is None and too_much(child):
            return b"", True, _stopped(child)
    whole = len(got) > coded.MOST or got.endswith(b"\n")
    while status is None and not whole and time.monotonic() < until and not too_much(child):
        time.sleep(0.01)
        status = _ended(child)
    return got, whole or status is not None, _stopped(child) if status is None else status


def _ended(child: int) -> int | None:
    ended, status = os.waitpid(child, os.WNOHANG)
    if ended:
        _kill(os.killpg, child)  # what it has started
    return status if ended else None


def _stopped(child: int) -> int:
    _kill(os.killpg, child)
    _kill(os.kill, child)
    return os.waitpid(child, 0)[1]


def _kill(kill: Callable[[int, int], None], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        kill(number, signal.SIGKILL)


def _child(request: dict[str, Any], writing: int, trace: int, begin: Callable[[], None]) -> None:
    """Play the request within limits, reply, and end."""
    try:
        os.setpgid(0, 0)
        begin()
        _close_all_but(writing, trace)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for which, most in MORE_LIMITS.items():
            resource.setrlimit(which, (most, most))
        faulthandler.enable(trace)
        faulthandler.register(signal.SIGXCPU, file=trace, chain=True)
        faulthandler.dump_traceback_later(WALL_SECONDS - 1, file=trace)
        _reply(writing, ways.play(**request))
    except MemoryError:
        _reply(writing, {"memory": True})
    except BaseException as error:
        _reply(writing, {"unusable": ways.described(error, request["file"])})
    finally:
        os._exit(0)


def _close_all_but(*kept: int) -> None:
    """Close what the process got from its parent: requests and replies of others are no business of a learner's."""
    begin = 3
    for each in sorted(kept):
        os.closerange(begin, each)
        begin = each + 1
    os.closerange(begin, 1024)


def _reply(writing: int, told: dict[str, Any]) -> None:
    line = coded.reply(told)
    while line:
        line = line[os.write(writing, line) :]


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if path]
    serve()
