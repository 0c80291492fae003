"""epoll, poll and select over the stand-ins: level-triggered, and in the order in which Linux tells of ready files."""

import errno
import os
import select
from typing import Any

from snippets.browser.standins.descriptors import (
    ALWAYS,
    ERR,
    HUP,
    IN,
    OUT,
    PRI,
    RDHUP,
    File,
    close,
    file_of,
    number_of,
    opened,
    ours,
)
from snippets.browser.standins.waiting import Patience

NVAL = 0x020
ONESHOT, EDGE = 1 << 30, 1 << 31
FLAGS = {"EPOLLIN": IN, "EPOLLPRI": PRI, "EPOLLOUT": OUT, "EPOLLERR": ERR, "EPOLLHUP": HUP, "EPOLLRDHUP": RDHUP}
FLAGS |= {"EPOLLRDNORM": 0x040, "EPOLLRDBAND": 0x080, "EPOLLWRNORM": 0x100, "EPOLLWRBAND": 0x200, "EPOLLMSG": 0x400}
FLAGS |= {"EPOLLEXCLUSIVE": 1 << 28, "EPOLLWAKEUP": 1 << 29, "EPOLLONESHOT": ONESHOT, "EPOLLET": EDGE}
FLAGS |= {"EPOLL_CLOEXEC": 0o2000000}


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class _Watched:
    """One file that an epoll watches, and for what."""

    def __init__(self, file: File, events: int) -> None:
        self.file, self.events = file, events


class Epoll(File):
    """Stands in for `select.epoll`.

    As in Linux there is a list of files that may be ready, in the order in which that became known. A poll goes
    through it: what is ready after all is told, and goes back to the end of the list, for it may be ready still.
    """

    def __init__(self, sizehint: int = -1, flags: int = 0) -> None:
        super().__init__()
        if sizehint == 0 or sizehint < -1:
            raise ValueError("negative sizehint")
        self._watched: dict[int, _Watched] = {}
        self._ready: list[_Watched] = []
        self._patience = Patience()
        opened(self)

    @classmethod
    def fromfd(cls, number: int) -> "Epoll":
        file = file_of(number)
        if not isinstance(file, cls):
            raise _error(errno.EINVAL)
        return file

    @property
    def closed(self) -> bool:
        return self.number < 0

    def fileno(self) -> int:
        self._check()
        return self.number

    def close(self) -> None:
        if self.number >= 0:
            for each in self._watched.values():
                each.file.unwatch(self)
            self._watched.clear()
            self._ready.clear()
            close(self.number)

    def _check(self) -> None:
        if self.number < 0:
            raise ValueError("I/O operation on closed epoll object")

    def register(self, fd: object, eventmask: int = IN | PRI | OUT) -> None:
        self._check()
        number = number_of(fd)
        file = _pollable(number)
        if number in self._watched:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        self._watched[number] = watched = _Watched(file, eventmask | ALWAYS)
        file.watch(self)
        self._look(watched)

    def modify(self, fd: object, eventmask: int) -> None:
        self._check()
        watched = self._of(number_of(fd))
        watched.events = eventmask | ALWAYS
        self._look(watched)

    def unregister(self, fd: object) -> None:
        self._check()
        watched = self._of(number_of(fd))
        watched.file.unwatch(self)
        self._forget(watched)

    def poll(self, timeout: float | None = None, maxevents: int = -1) -> list[tuple[int, int]]:
        """Which files are ready, and for what; waits for at most `timeout` seconds, None or less than 0: without end.

        Raises:
            WaitsForEver: nothing is ready, and that without end, and no reactor's loop runs that could be stopped.
        """
        self._check()
        if maxevents == 0 or maxevents < -1:
            raise ValueError("maxevents must be greater than 0, got 0")
        found = self._told(maxevents)
        if found:
            self._patience.ready()
        elif timeout != 0:
            self._patience.wait(None if timeout is None or timeout < 0 else timeout)
        return found

    def _told(self, most: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        candidates, self._ready = self._ready, []
        while candidates and len(found) != most:
            watched = candidates.pop(0)
            events = watched.file.ready() & watched.events
            if not events:
                continue
            found.append((watched.file.number, events))
            if watched.events & ONESHOT:
                watched.events = 0
            elif not watched.events & EDGE:
                self._ready.append(watched)
        self._ready = candidates + self._ready
        return found

    def _of(self, number: int) -> _Watched:
        _pollable(number)
        if number not in self._watched:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self._watched[number]

    def _look(self, watched: _Watched) -> None:
        if watched not in self._ready and watched.file.ready() & watched.events:
            self._ready.append(watched)
            self.wake(IN)

    def _forget(self, watched: _Watched) -> None:
        self._watched = {number: each for number, each in self._watched.items() if each is not watched}
        self._ready = [each for each in self._ready if each is not watched]

    # A watcher, and a file that can itself be watched.

    def woken(self, file: File, events: int) -> None:
        watched = self._watched[file.number]
        if watched not in self._ready and (not events or events & watched.events):
            self._ready.append(watched)
            self.wake(IN)

    def gone(self, file: File) -> None:
        self._forget(self._watched[file.number])

    def ready(self) -> int:
        return IN * any(each.file.ready() & each.events for each in self._ready)

    def __enter__(self) -> "Epoll":
        self._check()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _pollable(number: int) -> File:
    """The file that epoll can watch.

    Raises:
        OSError: EPERM, it is a file on disk; EBADF, there is no such file.
    """
    if ours(number):
        return file_of(number)
    os.fstat(number)
    raise _error(errno.EPERM)


def _state(number: int, events: int) -> int:
    """What a file is ready for, of what poll(2) is asked for; a file on disk is ready always."""
    try:
        ready = file_of(number).ready() if ours(number) else os.fstat(number) and IN | OUT
    except OSError:
        return NVAL
    return ready & (events | ALWAYS)


class Poll:
    """Stands in for `select.poll()`."""

    def __init__(self) -> None:
        self._asked: dict[int, int] = {}
        self._patience = Patience()

    def register(self, fd: object, eventmask: int = IN | PRI | OUT) -> None:
        self._asked[number_of(fd)] = eventmask

    def modify(self, fd: object, eventmask: int) -> None:
        number = number_of(fd)
        if number not in self._asked:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        self._asked[number] = eventmask

    def unregister(self, fd: object) -> None:
        del self._asked[number_of(fd)]

    def poll(self, timeout: float | None = None) -> list[tuple[int, int]]:
        """Which files are ready, and for what; waits for at most `timeout` milliseconds."""
        found = [(number, state) for number, asked in self._asked.items() if (state := _state(number, asked))]
        if found:
            self._patience.ready()
        elif timeout != 0:
            self._patience.wait(None if timeout is None or timeout < 0 else timeout / 1000)
        return found


_patience = Patience()


def ready_of(rlist: Any, wlist: Any, xlist: Any, timeout: float | None = None) -> tuple[list, list, list]:
    """Stands in for `select.select`."""
    lists = [list(each) for each in (rlist, wlist, xlist)]
    numbers = [[number_of(file) for file in files] for files in lists]
    if timeout is not None and timeout < 0:
        raise ValueError("timeout must be non-negative")
    # What counts as readable, writable and exceptional, as in Linux's fs/select.c.
    wanted = (IN | HUP | ERR, OUT | ERR, PRI)
    found: list[list] = [[], [], []]
    for which, files, those, events in zip(found, lists, numbers, wanted, strict=True):
        for file, number in zip(files, those, strict=True):
            state = _state(number, events)
            if state & NVAL:
                raise _error(errno.EBADF)
            if state & events:
                which.append(file)
    if any(found):
        _patience.ready()
    elif timeout != 0:
        _patience.wait(timeout)
    return found[0], found[1], found[2]


def replacements() -> list[tuple[Any, str, object]]:
    """What stands where: module, name, and what is put in its place."""
    return [
        (select, "epoll", Epoll),
        (select, "poll", Poll),
        (select, "select", ready_of),
        *((select, name, value) for name, value in FLAGS.items()),
    ]
