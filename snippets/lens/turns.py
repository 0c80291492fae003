"""A reactor turned by hand over real loopback sockets: what was ready in a turn, and what ran."""

import math
import socket
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, NamedTuple

from twisted.internet import tcp
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.main import CONNECTION_LOST
from twisted.internet.protocol import Factory
from twisted.python import log
from twisted.python.failure import Failure

from snippets.lens.errors import LensError
from snippets.lens.kept import Keeper
from snippets.lens.wire import cooperator, paced_by

try:
    from twisted.internet.epollreactor import EPollReactor as ReactorHere
except ImportError:
    from twisted.internet.selectreactor import SelectReactor as ReactorHere

LOOPBACK = "127.0.0.1"


class Ready(NamedTuple):
    """One thing that a descriptor was ready for.

    `descriptor` is its label ("Server#1"); `event` is "read", "write", or "hang-up" for a connection that is gone and
    can't be read from; `moved` is the number of bytes received from the socket, or handed to the kernel.
    """

    descriptor: str
    event: str
    moved: int

    def __str__(self) -> str:
        return self.event if self.event == "hang-up" else f"{self.event} {self.moved} byte{'s' * (self.moved != 1)}"


class Turn:
    """What happened in one turn. `ready` and `ran` are in the order in which Twisted went through them.

    `ran` holds the calls that were due ("HTTPFactory._updateLogDateTime"), then what the ready descriptors were asked
    to do ("Server#1.doRead"), and "Server#1.connectionLost" where that ended the connection. `readers` and `writers`
    are the labels of the descriptors that the turn's poll watched.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.readers: list[str] = []
        self.writers: list[str] = []
        self.ready: list[Ready] = []
        self.ran: list[str] = []

    def __repr__(self) -> str:
        descriptors = list(dict.fromkeys(ready.descriptor for ready in self.ready))
        due = [name for name in self.ran if name.rpartition(".")[0] not in descriptors]
        lines = [f"  due: {name}" for name in due] + [self._line(descriptor) for descriptor in descriptors]
        return "\n".join([f"turn {self.number}", *lines]) if lines else f"turn {self.number}: nothing was ready"

    def _line(self, descriptor: str) -> str:
        events = [str(ready) for ready in self.ready if ready.descriptor == descriptor]
        ran = [name.rpartition(".")[2] for name in self.ran if name.rpartition(".")[0] == descriptor]
        return f"  {descriptor}: {', '.join(events)}; ran {', '.join(ran) or 'nothing'}"


class _CountingSocket:
    """Stands in for a socket while Twisted uses it, and counts the bytes that it moves."""

    def __init__(self, real: Any) -> None:
        self.real = real  # None for a descriptor that has no socket: then nothing is counted
        self.received = 0
        self.sent: int | None = None  # None until `send` is called, though it were with no bytes

    def recv(self, size: int) -> bytes:
        data = self.real.recv(size)
        self.received += len(data)
        return data

    def send(self, data: bytes | memoryview) -> int:
        self.sent = self.sent or 0
        sent = self.real.send(data)
        self.sent += sent
        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Turns:
    """A private reactor that does nothing until it is turned; it is never installed as `twisted.internet.reactor`.

    Use it in a `with` block, or call `close()` at the end: both close every socket it made.

    Args:
        reactor_class: which reactor to turn; the default is `EPollReactor`, or `SelectReactor` where there is no epoll.

    Raises:
        LensError: that reactor can't be turned so.

    `reactor` is that reactor: give it to what would else take the global one, as in `Site(root, reactor=hand.reactor)`.
    """

    def __init__(self, reactor_class: type[Any] = ReactorHere) -> None:
        if not hasattr(reactor_class, "_doReadOrWrite"):
            raise LensError(
                f"{reactor_class!r} can't be turned by hand: take EPollReactor, PollReactor or SelectReactor"
            )
        self.reactor = reactor_class()  # Any: Twisted's types have no name for what these reactors share
        # The poll looks this method up on the instance. A subclass would do as well, but a recording of
        # `_doReadOrWrite` follows overriding subclasses: it would show the lens between reactor and transport.
        self.reactor._doReadOrWrite = self._do_read_or_write
        self._cooperator = cooperator(self.reactor)
        self._keeper = Keeper()
        self._descriptors: list[tcp.Port | tcp.Server] = []
        self._clients: list[socket.socket] = []
        self._turn = Turn(0)
        self._closed = False

    def listen(self, factory: Factory[Any]) -> tcp.Port:
        """Listen on a free port of the loopback interface and return the port (`port.getHost().port` is its number).

        Raises:
            LensError: `factory` is none, or the reactor is closed.
        """
        self._check_open()
        if not IProtocolFactory.providedBy(factory):
            raise LensError(f"a port needs a factory, as in listen(Site(root, reactor=hand.reactor)), not {factory!r}")
        port = self.reactor.listenTCP(0, factory, interface=LOOPBACK)
        # Twisted's own place to say which transport is made for an accepted connection.
        port.transport = self._server
        self._keep(port)
        return port

    def connect(self, port: tcp.Port, timeout: float = 5.0) -> socket.socket:
        """Connect to `port` and return a plain socket, whose own blocking calls give up after `timeout` seconds.

        The kernel completes the connection; Twisted accepts it in a later turn.
        """
        self._check_open()
        client = socket.create_connection((LOOPBACK, port.getHost().port), timeout)
        self._clients.append(client)
        return client

    def turn(self, wait: float = 1.0) -> Turn:
        """Make one turn as `ReactorBase.mainLoop` does: first the calls that are due, then the ready descriptors.

        Args:
            wait: how long to wait for a descriptor, in seconds. A turn waits no longer than until the next call is due,
                and not at all if a call ran in it.

        Raises:
            LensError: `wait` is no time that ends, or the reactor is closed.
        """
        self._check_open()
        if wait is None or not 0 <= wait < math.inf:
            raise LensError(f"a turn would never end: let it wait some seconds, at least 0, not {wait}")
        self._turn = turn = Turn(self._turn.number + 1)
        pending = sorted(self.reactor.getDelayedCalls(), key=lambda call: call.getTime())
        functions = [call.func for call in pending]  # a call forgets its function when it is cancelled
        turn.ran += [self._name(function) for function, _, _ in self.reactor.threadCallQueue]
        with paced_by(self._cooperator):
            self.reactor.runUntilCurrent()
            turn.ran += [self._name(function) for call, function in zip(pending, functions, strict=True) if call.called]
            until_due = self.reactor.timeout()
            turn.readers, turn.writers = self.readers, self.writers
            self.reactor.doIteration(0 if turn.ran else wait if until_due is None else min(wait, until_due))
        return turn

    def until(self, condition: Callable[[], bool], most: int = 1000, wait: float = 5.0) -> list[Turn]:
        """Turn until `condition()` is true, and return the turns made.

        Args:
            condition: asked before each turn.
            most: how many turns to make at most.
            wait: as for `turn`, in seconds.

        Raises:
            LensError: it is still not true after `most` turns, or after a turn in which nothing happened and after
                which no call is pending.
        """
        turns: list[Turn] = []
        while not condition():
            if len(turns) == most:
                raise LensError(f"the condition is still not true after {most} turns; the last one was {self._turn!r}")
            turns.append(turn := self.turn(wait))
            # A thread may have woken the reactor for a call that it makes in its next turn.
            if not (turn.ready or turn.ran or self.reactor.getDelayedCalls() or self.reactor.threadCallQueue):
                raise LensError(
                    f"the condition is not true, and for {wait:g} s nothing was ready: have the client send something,"
                    f" or close; {self!r}"
                )
        return turns

    @property
    def readers(self) -> list[str]:
        """The labels of the descriptors that are watched for something to read."""
        return self._labels(self.reactor.getReaders())

    @property
    def writers(self) -> list[str]:
        """The labels of the descriptors that are watched for room to write."""
        return self._labels(self.reactor.getWriters())

    def close(self) -> None:
        """Close every socket, as `reactor.stop()` would: each protocol's `connectionLost` is called. Harmless twice."""
        if self._closed:
            return
        self._closed = True
        # A connection whose reading is paused is in neither set; it is still ours to close.
        for descriptor in dict.fromkeys([*self._descriptors, *self.reactor.removeAll()]):
            if getattr(descriptor, "connected", True):
                log.callWithLogger(descriptor, descriptor.connectionLost, Failure(CONNECTION_LOST))
        for client in self._clients:
            client.close()
        for waker in list(self.reactor._internalReaders):
            self.reactor._removeInternalReader(waker)
            waker.connectionLost(None)
        if hasattr(self.reactor, "_poller"):
            self.reactor._poller.close()

    def __enter__(self) -> "Turns":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        kind, turns = type(self.reactor).__name__, f"{self._turn.number} turn{'s' * (self._turn.number != 1)}"
        if self._closed:
            return f"<Turns: {kind}, {turns}, closed>"
        readers, writers = ", ".join(self.readers) or "nobody", ", ".join(self.writers) or "nobody"
        return f"<Turns: {kind}, {turns}; readers: {readers}; writers: {writers}>"

    def _check_open(self) -> None:
        if self._closed:
            raise LensError("this reactor is closed: make another Turns(), and stay inside its with block")

    def _server(self, *args: Any) -> tcp.Server:
        server = tcp.Server(*args)
        self._keep(server)
        return server

    def _keep(self, descriptor: tcp.Port | tcp.Server) -> None:
        self._descriptors.append(descriptor)
        self._keeper.keep(descriptor)  # labels count in the order in which they are given

    def _labels(self, descriptors: Iterable[object]) -> list[str]:
        labels = [str(self._keeper.keep(each)) for each in descriptors if each not in self.reactor._internalReaders]
        return sorted(labels, key=lambda label: (label.partition("#")[0], len(label), label))

    def _name(self, function: Callable) -> str:
        """The name of a delayed call: with the label of the descriptor, if it is a method of one."""
        owner = getattr(function, "__self__", None)
        if owner in self._descriptors:
            return f"{self._keeper.keep(owner)}.{function.__name__}"
        return getattr(function, "__qualname__", type(function).__qualname__)

    def _do_read_or_write(self, selectable: Any, *how: Any) -> None:
        """What the reactor calls for each ready descriptor, in place of its own `_doReadOrWrite`."""
        serve = type(self.reactor)._doReadOrWrite
        if selectable in self.reactor._internalReaders:
            serve(self.reactor, selectable, *how)
            return
        real, connected = getattr(selectable, "socket", None), getattr(selectable, "connected", False)
        counted = _CountingSocket(real)
        if real is not None:
            selectable.socket = counted
        try:
            serve(self.reactor, selectable, *how)
        finally:
            # A lost connection has no socket any more.
            if getattr(selectable, "socket", None) is counted:
                selectable.socket = real
            self._note(selectable, self._events(*how), counted, connected)

    def _events(self, *how: Any) -> list[str]:
        """What the descriptor was ready for: `how` is (fd, event mask), or (method name,) from the select reactor."""
        if len(how) == 1:
            return ["read" if how == ("doRead",) else "write"]
        mask = how[1]
        if mask & self.reactor._POLL_DISCONNECTED and not mask & self.reactor._POLL_IN:
            return ["hang-up"]
        return ["read"] * bool(mask & self.reactor._POLL_IN) + ["write"] * bool(mask & self.reactor._POLL_OUT)

    def _note(self, selectable: Any, events: list[str], counted: _CountingSocket, connected: bool) -> None:
        label = str(self._keeper.keep(selectable))
        for event in events:
            moved = {"read": counted.received, "write": counted.sent or 0}.get(event, 0)
            self._turn.ready.append(Ready(label, event, moved))
        if "read" in events:
            self._turn.ran.append(f"{label}.doRead")
        # Twisted does not write any more if reading has just ended the connection.
        if "write" in events and (counted.real is None or counted.sent is not None):
            self._turn.ran.append(f"{label}.doWrite")
        if connected and not selectable.connected:
            self._turn.ran.append(f"{label}.connectionLost")
