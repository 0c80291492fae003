"""Pipes kept in memory, and the functions of `os` and `fcntl` for them; Twisted's reactors wake themselves by one."""

import errno
import fcntl
import os
import signal
from collections.abc import Callable
from typing import Any

from snippets.browser.standins.descriptors import ERR, HUP, IN, OUT, File, close, file_of, opened, ours
from snippets.browser.standins.waiting import wait

ROOM = 65536  # bytes in a pipe, as on Linux


class _Pipe:
    """What the two ends share."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.reader: _Reader | None = None
        self.writer: _Writer | None = None


class _Reader(File):
    def __init__(self, pipe: _Pipe) -> None:
        super().__init__()
        self._pipe = pipe
        pipe.reader = self

    def ready(self) -> int:
        return IN * bool(self._pipe.data) | HUP * (self._pipe.writer is None)

    def release(self) -> None:
        self._pipe.reader = None
        if self._pipe.writer:
            self._pipe.writer.wake(0)

    def read(self, size: int) -> bytes:
        if not self._pipe.data and self._pipe.writer:
            if self.waits:
                wait(None)
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        data = bytes(self._pipe.data[:size])
        del self._pipe.data[:size]
        if data and self._pipe.writer:
            self._pipe.writer.wake(OUT)
        return data


class _Writer(File):
    def __init__(self, pipe: _Pipe) -> None:
        super().__init__()
        self._pipe = pipe
        pipe.writer = self

    def ready(self) -> int:
        return OUT * (len(self._pipe.data) < ROOM) | ERR * (self._pipe.reader is None)

    def release(self) -> None:
        self._pipe.writer = None
        if self._pipe.reader:
            self._pipe.reader.wake(0)

    def write(self, data: bytes) -> int:
        if self._pipe.reader is None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        room = ROOM - len(self._pipe.data)
        if self.waits and len(data) > room:
            wait(None)
        if not room:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        taken = bytes(data[:room])
        self._pipe.data += taken
        self._pipe.reader.wake(IN)
        return len(taken)


def pipe() -> tuple[int, int]:
    """Stands in for `os.pipe`."""
    both = _Pipe()
    return opened(_Reader(both)), opened(_Writer(both))


def _read(number: int, size: int) -> bytes:
    file = file_of(number)
    if not isinstance(file, _Reader):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return file.read(size)


def _write(number: int, data: Any) -> int:
    file = file_of(number)
    if not isinstance(file, _Writer):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return file.write(bytes(data))


def _get_blocking(number: int) -> bool:
    return file_of(number).waits


def _set_blocking(number: int, blocking: bool) -> None:
    file_of(number).waits = bool(blocking)


def _fcntl(number: int, command: int, argument: int = 0) -> int:
    file = file_of(number)
    if command == fcntl.F_GETFL:
        return os.O_RDWR | os.O_NONBLOCK * (not file.waits)
    if command == fcntl.F_SETFL:
        file.waits = not argument & os.O_NONBLOCK
    elif command == fcntl.F_GETFD:
        return fcntl.FD_CLOEXEC * file.closes_on_exec
    elif command == fcntl.F_SETFD:
        file.closes_on_exec = bool(argument & fcntl.FD_CLOEXEC)
    else:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    return 0


def _set_wakeup_fd(number: int, **_: bool) -> int:
    """No signal comes to a browser's Python: there is nobody to wake the reader of this pipe."""
    return -1


def _or_real(own: Callable[..., Any], real: Callable[..., Any]) -> Callable[..., Any]:
    """A function for numbers of both kinds: of stand-ins, and real ones."""

    def function(file: Any, *args: Any, **options: Any) -> Any:
        number = file.fileno() if hasattr(file, "fileno") else file
        return own(number, *args, **options) if ours(number) else real(file, *args, **options)

    function.__name__ = real.__name__
    return function


def replacements() -> list[tuple[Any, str, object]]:
    """What stands where: module, name, and what is put in its place."""
    own: list[tuple[Any, str, Callable[..., Any]]] = [
        (os, "read", _read),
        (os, "write", _write),
        (os, "close", close),
        (os, "get_blocking", _get_blocking),
        (os, "set_blocking", _set_blocking),
        (fcntl, "fcntl", _fcntl),
        (signal, "set_wakeup_fd", _set_wakeup_fd),
    ]
    both = [(module, name, _or_real(function, getattr(module, name))) for module, name, function in own]
    return [(os, "pipe", pipe), *both]
