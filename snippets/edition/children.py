"""The process that plays for the server: kept, given one play after another, and replaced if one takes too long."""

import sys
from collections import deque
from contextlib import suppress
from typing import NamedTuple

from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorProcess, IReactorTime
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

SECONDS = 10.0  # that one play may take
MOST_WAITING = 200  # plays that wait for the process


class TooLong(Exception):
    """A play took longer than it may."""


class TooMany(Exception):
    """Too many plays are waiting."""


class Died(Exception):
    """The process ended while it played."""


class _Play(NamedTuple):
    line: bytes
    answer: "Deferred[bytes]"


class Children:
    """One process at a time; `play` gives it a line.

    Args:
        reactor: starts the process and tells the time.
        command: what to start; without it the module `snippets.edition.child`.
        seconds: how long a play may take.
    """

    def __init__(self, reactor: object, command: tuple[str, ...] = (), seconds: float = SECONDS) -> None:
        self._spawner = IReactorProcess(reactor)
        self._clock = IReactorTime(reactor)
        self._command = command or (sys.executable, "-m", "snippets.edition.child")
        self._seconds = seconds
        self._waiting: deque[_Play] = deque()
        self._playing: _Play | None = None
        self._timer: IDelayedCall | None = None
        self._child: _Child | None = None
        self._stopped = False

    def play(self, line: bytes) -> "Deferred[bytes]":
        """Have a line answered, when its turn comes.

        Returns:
            a Deferred of the answer, without its line end; it fails with TooLong, Died or TooMany.
        """
        play = _Play(line, Deferred())
        if len(self._waiting) >= MOST_WAITING:
            play.answer.errback(TooMany())
        else:
            self._waiting.append(play)
            self._go_on()
        return play.answer

    def start(self) -> None:
        """Start the process before it is needed: it takes a while to import what it needs."""
        if self._child is None:
            self._child = _Child(self)
            self._spawner.spawnProcess(self._child, self._command[0], self._command, env=None)

    def stop(self) -> None:
        """End the process."""
        self._stopped = True
        if self._child:
            self._child.kill()

    def _go_on(self) -> None:
        if self._playing or not self._waiting or self._stopped:
            return
        self.start()
        assert self._child is not None
        self._playing = self._waiting.popleft()
        self._timer = self._clock.callLater(self._seconds, self._too_long)
        self._child.give(self._playing.line)

    def answered(self, line: bytes) -> None:
        """The process has answered."""
        if play := self._ended():
            play.answer.callback(line)
        self._go_on()

    def _too_long(self) -> None:
        self._timer, play, self._playing = None, self._playing, None
        child, self._child = self._child, None
        if child:
            child.abandon()
        if play:
            play.answer.errback(TooLong())
        self._go_on()

    def died(self) -> None:
        """The process has ended, and nobody wanted it to."""
        self._child = None
        if play := self._ended():
            play.answer.errback(Died())
        self._go_on()

    def _ended(self) -> _Play | None:
        play, self._playing = self._playing, None
        if self._timer:
            self._timer.cancel()
            self._timer = None
        return play


class _Child(ProcessProtocol):
    """The process as its transport sees it."""

    def __init__(self, owner: Children) -> None:
        self._owner: Children | None = owner
        self._parts: list[bytes] = []

    def give(self, line: bytes) -> None:
        self.transport.write(line + b"\n")  # type: ignore[union-attr] # it has one by now

    def outReceived(self, data: bytes) -> None:
        *lines, rest = data.split(b"\n")
        for line in lines:
            whole = b"".join([*self._parts, line])
            self._parts = []
            if self._owner:
                self._owner.answered(whole)
        self._parts.append(rest)

    def errReceived(self, data: bytes) -> None:
        """What a page of the demonstration site logs is of no interest here."""

    def abandon(self) -> None:
        """Kill the process; whatever it still says is for nobody."""
        self._owner = None
        self.kill()

    def kill(self) -> None:
        with suppress(error.ProcessExitedAlready):
            self.transport.signalProcess("KILL")  # type: ignore[union-attr]

    def processEnded(self, reason: Failure) -> None:
        if self._owner:
            self._owner.died()
