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

from snippets.edition.plays import MOST_ANSWER

SECONDS = 10.0  # that one play may take
START_SECONDS = 60.0  # that the process may take before it can play
MOST_WAITING = 200  # plays that wait for the process


class TooLong(Exception):
    """A play took longer than it may."""


class TooMany(Exception):
    """Too many plays are waiting."""


class Died(Exception):
    """The process ended while it played, or what it said was no answer."""


class _Play(NamedTuple):
    line: bytes
    answer: "Deferred[bytes]"

    def end(self, how: bytes | Exception) -> None:
        """Tell who waits for the answer, unless nobody does any more."""
        if self.answer.called:
            return
        if isinstance(how, Exception):
            self.answer.errback(how)
        else:
            self.answer.callback(how)


class Children:
    """One process at a time; `play` gives it a line.

    Args:
        reactor: starts the process and tells the time.
        command: what to start; without it the module `snippets.edition.child`. It says a line when it can play.
        seconds: how long a play may take.
        start_seconds: how long the process may take before it says so; no play pays for that.
    """

    def __init__(
        self,
        reactor: object,
        command: tuple[str, ...] = (),
        seconds: float = SECONDS,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._spawner = IReactorProcess(reactor)
        self._clock = IReactorTime(reactor)
        self._command = command or (sys.executable, "-m", "snippets.edition.child")
        self._seconds, self._start_seconds = seconds, start_seconds
        self._waiting: deque[_Play] = deque()
        self._playing: _Play | None = None
        self._timer: IDelayedCall | None = None
        self._child: _Child | None = None
        self._stopped = False

    def play(self, line: bytes) -> "Deferred[bytes]":
        """Have a line answered, when its turn comes.

        Returns:
            a Deferred of the answer, without its line end; it fails with TooLong, Died or TooMany. If it is cancelled
            while it waits, the line is not played.
        """
        play = _Play(line, Deferred(self._forget))
        if len(self._waiting) >= MOST_WAITING:
            play.end(TooMany())
        else:
            self._waiting.append(play)
            self._go_on()
        return play.answer

    def start(self) -> None:
        """Start the process before it is needed: it takes a while to import what it needs.

        If the machine has no room for it, the next play tries again.
        """
        with suppress(OSError):
            self._start()

    def _start(self) -> None:
        if self._child is None and not self._stopped:
            child = _Child(self)
            self._spawner.spawnProcess(child, self._command[0], self._command, env=None)
            self._child = child
            self._limit(self._start_seconds, Died())

    def stop(self) -> "Deferred[None] | None":
        """End the process; a Deferred that fires when it has ended, if there is one."""
        self._stopped = True
        if self._child is None:
            return None
        self._child.abandon()
        return self._child.ended

    def ready(self) -> None:
        """The process can play now."""
        self._unlimit()
        self._go_on()

    def answered(self, line: bytes) -> None:
        """The process has said a line."""
        if self._playing:
            self._end(line)
        else:
            self.replace(Died())  # or this would be taken for the answer to the next play

    def replace(self, why: Exception) -> None:
        """End the process, and with it what it plays; the other plays that wait are for another one."""
        child, self._child = self._child, None
        if child:
            child.abandon()
        self._end(why)

    def died(self) -> None:
        """The process has ended, and nobody wanted it to."""
        self._child = None
        self._end(Died())

    def _go_on(self) -> None:
        if self._playing or not self._waiting or self._stopped:
            return
        try:
            self._start()
        except OSError:  # the machine has no room for another process
            self._end(Died())
            return
        assert self._child is not None
        if self._child.is_ready:
            self._playing = self._waiting.popleft()
            self._limit(self._seconds, TooLong())
            self._child.give(self._playing.line)

    def _limit(self, seconds: float, why: Exception) -> None:
        self._timer = self._clock.callLater(seconds, self._too_long, why)

    def _unlimit(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _too_long(self, why: Exception) -> None:
        self._timer = None
        self.replace(why)

    def _end(self, how: bytes | Exception) -> None:
        """End what is played, or, if the process never could, the play that is first to wait for it."""
        play, self._playing = self._playing, None
        self._unlimit()
        if play:
            play.end(how)
        elif self._waiting:
            self._waiting.popleft().end(how)
        self._go_on()

    def _forget(self, answer: "Deferred[bytes]") -> None:
        self._waiting = deque(each for each in self._waiting if each.answer is not answer)


class _Child(ProcessProtocol):
    """The process as its transport sees it."""

    def __init__(self, owner: Children) -> None:
        self._owner: Children | None = owner
        self._parts: list[bytes] = []
        self._size = 0
        self.is_ready = False
        self.ended: Deferred[None] = Deferred()

    def give(self, line: bytes) -> None:
        self.transport.write(line + b"\n")  # type: ignore[union-attr] # it has one by now

    def outReceived(self, data: bytes) -> None:
        if self._owner is None:
            return
        line, end, more = data.partition(b"\n")
        self._parts.append(line)
        self._size += len(data)
        if more or self._size > MOST_ANSWER:  # it has one play at a time, and answers it with a line
            self._owner.replace(Died())
        elif end:
            whole = b"".join(self._parts)
            self._parts, self._size = [], 0
            if self.is_ready:
                self._owner.answered(whole)
            else:
                self.is_ready = True
                self._owner.ready()

    def errReceived(self, data: bytes) -> None:
        """What a page of the demonstration site logs is of no interest here."""

    def abandon(self) -> None:
        """Kill the process; whatever it still says is for nobody."""
        self._owner = None
        with suppress(error.ProcessExitedAlready):
            self.transport.signalProcess("KILL")  # type: ignore[union-attr]

    def processEnded(self, reason: Failure) -> None:
        self.ended.callback(None)
        if self._owner:
            self._owner.died()
