"""The numbers by which a program knows what stands in for the operating system's open files, and who watches them."""

import errno
import heapq
import os
from collections.abc import Callable
from typing import Protocol

FIRST = 1 << 24  # no real descriptor has so high a number: one look tells whose it is

# What a file can be ready for, as in epoll(7).
IN, PRI, OUT, ERR, HUP, RDHUP = 0x001, 0x002, 0x004, 0x008, 0x010, 0x2000
ALWAYS = ERR | HUP  # reported whether asked for or not


class Watcher(Protocol):
    """What wants to know that a file may have become ready."""

    def woken(self, file: "File", events: int) -> None:
        """`file` may be ready for one of `events`; 0: for whatever."""

    def gone(self, file: "File") -> None:
        """`file` has been closed."""


class File:
    """What is behind a number: a socket or an end of a pipe.

    `number` is that number, -1 once it is closed; `waits`: does a call that can't be done now wait (O_NONBLOCK is off)?
    """

    def __init__(self) -> None:
        self.number = -1
        self.waits = True
        self.closes_on_exec = True  # as every descriptor that Python makes
        self._watchers: list[Watcher] = []

    def ready(self) -> int:
        """What it is ready for now."""
        raise NotImplementedError

    def release(self) -> None:
        """Its number has been taken from it: let go of the other end."""

    def watch(self, watcher: Watcher) -> None:
        self._watchers.append(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        self._watchers.remove(watcher)

    def wake(self, events: int) -> None:
        """Tell who watches that one of `events` may have become true; 0: that anything may."""
        for watcher in self._watchers.copy():
            watcher.woken(self, events)

    def left(self) -> None:
        """Tell who watches that it is closed."""
        for watcher in self._watchers.copy():
            watcher.gone(self)
        self._watchers.clear()


_files: dict[int, File] = {}
_free: list[int] = []


def opened(file: File) -> int:
    """Give `file` the lowest number that is free, and return it."""
    file.number = heapq.heappop(_free) if _free else FIRST + len(_files)
    _files[file.number] = file
    return file.number


def ours(number: object) -> bool:
    """Is it a number for a stand-in, open or not?"""
    return isinstance(number, int) and number >= FIRST


def file_of(number: int) -> File:
    """The open file with that number.

    Raises:
        OSError: EBADF, there is none.
    """
    try:
        return _files[number]
    except KeyError:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF)) from None


def close(number: int) -> None:
    """Close the file with that number.

    Raises:
        OSError: EBADF, there is none.
    """
    file = file_of(number)
    del _files[number]
    heapq.heappush(_free, number)
    file.left()
    file.number = -1
    file.release()


def number_of(file: object) -> int:
    """The number that `file` is, or that its `fileno()` gives, as select(2) and epoll(7) take both.

    Raises:
        TypeError: it is neither.
        ValueError: the number is negative, as that of a closed socket.
    """
    ask: Callable[[], object] | None = getattr(file, "fileno", None)
    number = file if isinstance(file, int) else ask() if ask else None
    if not isinstance(number, int):
        raise TypeError("argument must be an int, or have a fileno() method.")
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number
