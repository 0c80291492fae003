"""What a making has to do with other processes: it waits until it is alone, and ends in order when told to end."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]


@contextmanager
def alone(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """While it runs, nobody else is in it for the same folder: neither another process, nor this one once more.

    Args:
        folder: a folder that is there; nothing is written into it.
        waiting: is called if somebody else is in it, who is then waited for.
    """
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)  # closed by the system, too: a process that dies locks nothing
    try:
        with suppress(OSError):  # of a file system that has no locks
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """While it runs, SIGTERM and SIGHUP end the program as Ctrl-C does: what is half done is put away first.

    A signal that is ignored, as by `nohup`, or that somebody else takes, is left as it is.
    """
    ours = []
    if threading.current_thread() is threading.main_thread():  # Python gives signals to it alone
        kinds = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
        ours = [kind for kind in kinds if signal.getsignal(kind) is signal.SIG_DFL]
    for kind in ours:
        signal.signal(kind, _end)
    try:
        yield
    finally:
        for kind in ours:
            signal.signal(kind, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)  # as a shell tells of a program that a signal has ended
