"""Starts the learner's process and asks it: what a learner's code does in conversations, or how it ended."""

import contextlib
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from snippets.lens.errors import LensError
from snippets.practice import coded
from snippets.practice.reply import INSIDE, request, shaped
from snippets.practice.talk import Exercise, Talk

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds for a reply, after which the process is given up: its own limits are far below
MOST = 1 << 22  # bytes of a reply


class Process:
    """Plays files: a learner's in one process, the book's own in another, which no learner's code has ever run in.

    Each file is played in a child of its process; Twisted is loaded once in each.

    Raises:
        LensError: no process can be started here, or (as by `play`) the book's own is gone.
    """

    def __init__(self) -> None:
        if not hasattr(os, "fork"):
            raise LensError("exercises are checked in a process that forks, which this system has not: use WSL")
        if INSIDE in os.environ:
            raise LensError("this code is being checked: it can't check itself")
        self._learners, self._own = Server(bare), Server(bare)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def start(self) -> None:
        """Start both processes now, so that the first check waits for neither."""
        self._learners.start()
        self._own.start()

    def play(
        self, exercise: Exercise, source: str, file: str, talks: Iterable[Talk], own: bool = False
    ) -> dict[str, Any]:
        """As `snippets.practice.reply.Player` says."""
        told = played(self._own if own else self._learners, exercise, source, file, talks)
        if own and told == {"ended": "gone"}:
            raise LensError("the process that plays the solutions is gone; ask again")
        return told

    def close(self) -> None:
        """End both processes."""
        self._learners.close()
        self._own.close()


def played(server: "Server", exercise: Exercise, source: str, file: str, talks: Iterable[Talk]) -> dict[str, Any]:
    """What a file does in conversations, in the process of one server."""
    asking = request(exercise, source, file, talks)
    return shaped(server.asked(asking), asking)


def environment() -> dict[str, str]:
    """The environment of this process, in which `snippets` is found."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path}


def bare() -> "subprocess.Popen[bytes]":
    """A process of `snippets.practice.inside` that may do what its user may."""
    return subprocess.Popen(
        [sys.executable, "-m", "snippets.practice.inside"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment() | {INSIDE: "1"},
        start_new_session=True,
    )


class Server:
    """One process of `snippets.practice.inside`, started when it is first asked, and anew after it has gone.

    Args:
        begin: starts it; requests and replies go over its standard input and output.
        clear: called when it has ended.
    """

    def __init__(
        self, begin: Callable[[], "subprocess.Popen[bytes]"], clear: Callable[[], None] = lambda: None
    ) -> None:
        self._begin, self._clear = begin, clear
        self._started: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def asked(self, asking: dict[str, Any]) -> Any:
        """Its reply, or None if it has gone or doesn't answer this request."""
        ticket = secrets.token_hex(8)  # a line that was forged while another file was played can't have it
        line = coded.dumps({"ticket": ticket, **asking}).encode() + b"\n"
        with self._lock:
            reply = self._reply(self.start(), line)
            told = _read(reply)
            if not isinstance(told, dict) or told.pop("ticket", None) != ticket:
                self.close()
                return None
            if told.pop("last", False):
                self.close()
        return told

    def _reply(self, process: subprocess.Popen[bytes], line: bytes) -> bytes:
        assert process.stdin
        assert process.stdout
        timer = threading.Timer(PATIENCE, process.kill)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.readline(MOST)
        except OSError:
            return b""
        except BaseException:  # Ctrl-C: its reply would be taken for the next one
            self.close()
            raise
        finally:
            timer.cancel()

    def start(self) -> subprocess.Popen[bytes]:
        if self._started is not None and self._started.poll() is not None:
            self.close()
        if self._started is None:
            self._started = self._begin()
        return self._started

    def close(self) -> None:
        """End the process."""
        if self._started is not None:
            process, self._started = self._started, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close() if pipe else None
            self._clear()


def _read(reply: bytes) -> Any:
    try:
        return coded.loads(reply)
    except (ValueError, RecursionError):
        return None
