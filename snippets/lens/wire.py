"""One HTTP connection with no network: Twisted's own TCP transport over a socket kept in memory."""

import errno
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain, count, repeat
from types import ModuleType
from typing import Any

from twisted.internet import task
from twisted.internet.address import IPv4Address
from twisted.internet.base import DelayedCall
from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor, IWriteDescriptor
from twisted.internet.posixbase import _DisconnectSelectableMixin, _PollLikeMixin
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock, Cooperator
from twisted.internet.tcp import Server
from twisted.python import log, threadable
from twisted.web import http, server
from zope.interface import implementer

from snippets.lens.errors import LensError

SERVER = ("127.0.0.1", 8080)
CLIENT = ("127.0.0.1", 50000)
MOST_TURNS = 100_000  # after which a server is taken to have no end
STEPS = 100  # of the tasks of a cooperator, after which the reactor has its turn


class MemorySocket:
    """The server's end of a connection whose other end is a Python object.

    It answers what `twisted.internet.tcp.Server` asks of a non-blocking socket, and no more, as Linux would.
    `inbox` holds what the client has sent and the server has not read, `outbox` the other way round. `full`: the client
    does not read, so nothing more fits on the way to it. `peer_closed` and `peer_reset`: a FIN, a RST came from there.
    `received` and `sent` say how many bytes the server has taken from it and handed to it.
    """

    family = socket.AF_INET

    def __init__(self) -> None:
        self.inbox = bytearray()
        self.outbox = bytearray()
        self.options: dict[tuple[int, int], object] = {}
        self.full = False
        self.peer_closed = False
        self.peer_reset = False
        self.closed = False
        self.received = 0
        self.sent = 0

    @property
    def readable(self) -> bool:
        """Would `recv` return without waiting?"""
        return bool(self.inbox) or self.peer_closed or self.peer_reset

    @property
    def writable(self) -> bool:
        """Would `send` return without waiting?"""
        return not self.full or self.peer_reset

    def recv(self, size: int) -> bytes:
        """Take at most `size` bytes; b"" once the client has closed and all is read."""
        if self.inbox:
            data = bytes(self.inbox[:size])
            del self.inbox[:size]
            self.received += len(data)
            return data
        if self.peer_closed:
            return b""
        if self.peer_reset:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        raise BlockingIOError(errno.EWOULDBLOCK, "nothing to read")

    def send(self, data: bytes | memoryview) -> int:
        """Take all of `data` (bytes), or, if the socket is full, nothing."""
        if self.peer_reset:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        if self.full:
            raise BlockingIOError(errno.EWOULDBLOCK, "the client does not read")
        if self.peer_closed:
            # Nobody is there any more. The first bytes go out all the same, and are answered with a reset.
            self.peer_reset = bool(data)
        else:
            self.outbox += data
        self.sent += len(data)
        return len(data)

    def close(self) -> None:
        self.closed = True

    def setsockopt(self, level: int, option: int, value: object) -> None:
        self.options[level, option] = value

    def getsockopt(self, level: int, option: int) -> object:
        return self.options.get((level, option), 0)

    def getsockname(self) -> tuple[str, int]:
        return SERVER

    def setblocking(self, flag: bool) -> None:
        """Nothing to do: no call here ever blocks."""

    def shutdown(self, how: int) -> None:
        """Nothing to do: `close` follows at once."""

    def fileno(self) -> int:
        return 0


@implementer(IReactorFDSet)
class MemoryReactor(_DisconnectSelectableMixin, _PollLikeMixin, Clock):
    """A `task.Clock` that also serves descriptors over memory, by the rules of Twisted's poll reactors.

    Which descriptor is ready is asked of its `MemorySocket`; what happens then is
    `twisted.internet.posixbase._PollLikeMixin._doReadOrWrite`, as in a real turn.
    """

    _POLL_IN, _POLL_OUT, _POLL_DISCONNECTED = 1, 2, 4

    def __init__(self) -> None:
        super().__init__()
        self.cooperator = cooperator(self)
        # Any: Twisted's types know no descriptor whose socket is a `MemorySocket`.
        self._reads: set[Any] = set()
        self._writes: set[Any] = set()

    def addReader(self, reader: IReadDescriptor) -> None:
        self._reads.add(reader)

    def addWriter(self, writer: IWriteDescriptor) -> None:
        self._writes.add(writer)

    def removeReader(self, reader: IReadDescriptor) -> None:
        self._reads.discard(reader)

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        self._writes.discard(writer)

    def removeAll(self) -> list[IReadDescriptor | IWriteDescriptor]:
        gone = list(self._reads | self._writes)
        self._reads.clear()
        self._writes.clear()
        return gone

    def getReaders(self) -> list[IReadDescriptor]:
        return list(self._reads)

    def getWriters(self) -> list[IWriteDescriptor]:
        return list(self._writes)

    def _ready(self) -> list[tuple[Any, int]]:
        events = []
        for descriptor in self._reads | self._writes:
            event = self._POLL_IN * (descriptor in self._reads and descriptor.socket.readable)
            event |= self._POLL_OUT * (descriptor in self._writes and descriptor.socket.writable)
            # epoll(7) reports EPOLLERR and EPOLLHUP for every descriptor it watches, asked or not.
            event |= self._POLL_DISCONNECTED * descriptor.socket.peer_reset
            if event:
                events.append((descriptor, event))
        return events

    def advance(self, amount: float) -> None:
        """Let `amount` seconds pass, and run the calls that are due; those due at once that they ask for, too.

        Raises:
            LensError: after MOST_TURNS calls still another one is due.
        """
        self.rightNow += amount
        for made in count():
            due = min(self.calls, key=DelayedCall.getTime, default=None)
            if due is None or due.getTime() > self.seconds():
                return
            if made == MOST_TURNS:
                raise LensError(f"a call is due again after {made} calls: give callLater some seconds to wait")
            self.calls.remove(due)
            due.called = 1
            due.func(*due.args, **due.kw)

    def settle(self) -> None:
        """Turn until nothing is ready and no delayed call is due.

        Raises:
            LensError: after MOST_TURNS turns something still is.
        """
        self.advance(0)
        for made in count():
            ready = self._ready()
            if not ready:
                return
            if made == MOST_TURNS:
                raise LensError(f"the server is not done after {made} turns: it writes without end")
            for descriptor, event in ready:
                # Called as `EPollReactor.doPoll` calls it: what escapes is logged.
                log.callWithLogger(descriptor, self._doReadOrWrite, descriptor, descriptor, event)
            self.advance(0)


_replacing = threading.RLock()  # held while a name in a module of Twisted, one for all threads, is replaced


@contextmanager
def _replaced(module: ModuleType, name: str, value: object) -> Iterator[None]:
    with _replacing:
        before = getattr(module, name)
        setattr(module, name, value)
        try:
            yield
        finally:
            setattr(module, name, before)


def dated_by(clock: Clock) -> AbstractContextManager[None]:
    """Let `clock` (seconds since 1970) decide the Date header while the block runs.

    `twisted.web.server.Request.process` calls `datetimeToString` by the name that its module imported, so that
    name is the one to replace.
    """
    return _replaced(server, "datetimeToString", lambda: http.datetimeToString(clock.seconds()))


def cooperator(reactor: Any) -> Cooperator:
    """A cooperator for `reactor` that goes on STEPS steps at a time, on every machine.

    Twisted's goes on for a hundredth of a second, in which one machine makes more steps than another.
    """
    return Cooperator(
        lambda: partial(next, chain(repeat(False, STEPS - 1), repeat(True))),
        lambda tick: reactor.callLater(0, tick),
    )


def paced_by(cooperator: Cooperator) -> AbstractContextManager[None]:
    """Let `cooperator` decide, while the block runs, when a pull producer is asked for its next piece.

    That is what `static.File` answers with. Twisted's own cooperator, `twisted.internet.task._theCooperator`, would
    import the global reactor and wait for it to run.
    """
    return _replaced(task, "_theCooperator", cooperator)


def pieces(data: bytes, size: int | Iterable[int] | None) -> Iterator[bytes]:
    """Cut `data`: into pieces of `size` bytes each, or of the sizes given one after another (the rest is the last).

    Raises:
        LensError: `data` is not bytes, or a size is no number of at least 1.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise LensError(f"a connection carries bytes, as in b'GET / HTTP/1.1', not {type(data).__name__}")
    sizes = [] if size is None else size if isinstance(size, Iterable) else repeat(size)
    start = 0
    for length in chain(sizes, [len(data)]):
        if start >= len(data):
            return
        if not isinstance(length, int) or length < 1:
            raise LensError(f"a piece has at least 1 byte, not {length!r}")
        yield data[start : start + length]
        start += length


def _site_of(resource: object, reactor: Clock, options: dict[str, Any]) -> Any:
    """The factory that a `Wire` was given, or the site of the resource that it was given.

    Any: to Twisted's types a `Site` is no `Factory[Protocol]`, for it builds what is no subclass of `Protocol`.
    """
    if isinstance(resource, Factory):
        if options:
            raise LensError(f"{', '.join(options)}: options are for a resource; this {type(resource).__name__} is made")
        return resource
    if isinstance(resource, type) or not hasattr(resource, "getChildWithDefault"):
        raise LensError(f"a wire leads to a resource, as in Wire(Resource()), or to a Factory, not to {resource!r}")
    site = server.Site(resource, reactor=reactor, **options)
    vars(site)["_entropy"] = lambda size: bytes(range(size))
    return site


class Wire:
    """One connection to a site, deterministic to the byte: no network, no wall clock.

    Twisted's code runs from `tcp.Connection.doRead` on, unchanged; replaced are the socket, the poll and the clock.
    While it runs it replaces what is there once for all threads, the date and the pace of answers: two wires take
    turns, and beside a reactor that runs in another thread there can be none.

    Args:
        resource: the root resource of the site to talk to; or a `twisted.internet.protocol.Factory` to use as it is.
        site_options: keyword arguments for `twisted.web.server.Site` (`timeout` in seconds, `requestFactory`, ...).

    Raises:
        LensError: `resource` is neither, or a factory with options, or one that takes no connection; or, as whatever
            lets something happen, a reactor runs in another thread, or the server never comes to an end.
    """

    def __init__(self, resource: object, **site_options: Any) -> None:
        self.reactor = MemoryReactor()
        self.socket = MemorySocket()
        self.site = _site_of(resource, self.reactor, site_options)
        self.site.noisy = False
        self.site.doStart()
        protocol = self.site.buildProtocol(IPv4Address("TCP", *CLIENT))
        if protocol is None:
            raise LensError(f"{type(self.site).__name__} takes no connection: its buildProtocol returned None")
        # Twisted asks for a socket and a port: what has a socket's methods will do, and a port's are not called.
        self.transport = Server(self.socket, protocol, CLIENT, None, 1, self.reactor)  # type: ignore[arg-type]
        self.transport.repstr = f"<{type(protocol).__name__} #1 in memory>"  # what a port gives its connections
        with self._in_its_time():
            protocol.makeConnection(self.transport)
        self.protocol = protocol

    @property
    def channel(self) -> http.HTTPChannel:
        """The object that speaks HTTP on this connection, behind the proxy that the transport holds.

        Raises:
            LensError: the connection is not one of a `Site`.
        """
        channel: http.HTTPChannel | None = getattr(self.protocol, "_channel", None)  # another kind, after HTTP/2
        if channel is None:
            raise LensError(f"{type(self.protocol).__name__} has no HTTP channel: look at wire.protocol")
        return channel

    @property
    def closed(self) -> bool:
        """Has the server closed its end?"""
        return self.socket.closed

    @property
    def reading(self) -> bool:
        """Does the client read what comes? If not, what the server writes stays in its transport, as if every buffer
        on the way were full."""
        return not self.socket.full

    @reading.setter
    def reading(self, on: bool) -> None:
        self.socket.full = not on

    def send(self, data: bytes, size: int | Iterable[int] | None = None) -> bytes:
        """Send `data` to the server in pieces of `size` bytes and return the bytes that came back.

        Each piece is read in a turn of its own, unless the server has paused reading; then it waits, as it would
        in the kernel. What is sent after the server has closed is lost, as on a network.

        Raises:
            LensError: as by `pieces`.
        """
        for piece in pieces(data, size):
            if self.closed:
                break
            self.socket.inbox += piece
            self._settle()
        return self.receive()

    def receive(self) -> bytes:
        """Let all that is ready happen, and return the bytes that came back since the last call."""
        self._settle()
        data = bytes(self.socket.outbox)
        self.socket.outbox.clear()
        return data

    def advance(self, seconds: float) -> bytes:
        """Let `seconds` pass on the clock of the site, and return the bytes that came back.

        Raises:
            LensError: `seconds` is less than 0, or no number.
        """
        if not seconds >= 0:
            raise LensError(f"time goes forward: give seconds of at least 0, not {seconds}")
        with self._in_its_time():
            self.reactor.advance(seconds)
        return self.receive()

    def disconnect(self, reset: bool = False) -> None:
        """Close the client's end: orderly, or with a reset (RST), as after a crash.

        A client that closes while it isn't `reading` resets too: that is how a kernel says that bytes were not read.
        """
        if reset or not self.reading:
            self.socket.peer_reset = True
        else:
            self.socket.peer_closed = True
        self._settle()

    def _settle(self) -> None:
        with self._in_its_time():
            self.reactor.settle()

    @contextmanager
    def _in_its_time(self) -> Iterator[None]:
        running = sys.modules.get("twisted.internet.reactor")
        if running is not None and running.running and not threadable.isInIOThread():
            raise LensError(
                "a reactor runs in another thread, and would share this wire's date: stop it, or ask in there"
            )
        with dated_by(self.reactor), paced_by(self.reactor.cooperator):
            yield
