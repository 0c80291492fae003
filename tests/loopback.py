"""The interface of `Wire` over a real loopback socket: what the wire is compared with."""

import select
import socket
import struct
from collections.abc import Iterable

from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.internet.tcp import Server
from twisted.web.resource import Resource
from twisted.web.server import Site

from snippets.lens.turns import ReactorHere, Turn, Turns
from snippets.lens.wire import dated_by, pieces

TIMEOUT = 5.0  # seconds that a test waits for the kernel before it fails
SERVER = "Server#1"
ROOM = 1 << 20  # bytes that the kernel may hold for the client: enough for all that a transport sends at once


class Loopback:
    """One connection to a site through the kernel; the arguments are those of `Wire`.

    Nothing here sleeps or guesses: before a turn, what the client did has arrived at the server's socket, and after it
    the client has taken over exactly the bytes that the server handed to the kernel.
    """

    reactor_class = ReactorHere

    def __init__(self, resource: Resource, **site_options: object) -> None:
        self.reactor = Clock()
        self.site = Site(resource, reactor=self.reactor, **site_options)
        self.site._entropy = lambda size: bytes(range(size))
        self.site.noisy = False
        self.hand = Turns(self.reactor_class)
        self._received = bytearray()
        self._unread = 0  # bytes sent that the server has not read
        self._gone: str | None = None  # how the client closed: "closed" or "reset"
        self._clogged = 0  # bytes in the way of the response
        with dated_by(self.reactor):
            port = self.hand.listen(self.site)
            self.client = self.hand.connect(port, TIMEOUT)
            # Else the kernel would hold small pieces back until the ones before are acknowledged.
            self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.hand.until(lambda: SERVER in self.hand.readers)
        self.transport = next(each for each in self.hand.reactor.getReaders() if isinstance(each, Server))
        self.transport.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)

    @property
    def closed(self) -> bool:
        return bool(self.transport.disconnected)

    @property
    def ending(self) -> str:
        """How the connection ended, as the client sees it."""
        if self._gone:
            return f"the client {self._gone}"
        if not self.closed:
            return "open"
        try:
            while self.client.recv(65536):
                assert self._clogged, "more came than the server sent"
        except ConnectionResetError:
            return "the server reset"
        return "the server closed"

    @property
    def reading(self) -> bool:
        return not self._clogged

    @reading.setter
    def reading(self, on: bool) -> None:
        server = self.transport.socket
        if on:
            self._take(self._clogged)
            del self._received[-self._clogged :]
            self._clogged = 0
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
            return
        try:
            while True:
                self._clogged += server.send(b"x" * 65536)
        except BlockingIOError:
            # Smaller than what waits in it, so that the socket isn't writable again when the kernel has moved some.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)

    def send(self, data: bytes, size: int | Iterable[int] | None = None) -> bytes:
        for piece in pieces(data, size):
            if self.closed:
                break
            self.client.sendall(piece)
            self._unread += len(piece)
            self._await_arrival(self._unread)
            self._settle()
        return self.receive()

    def receive(self) -> bytes:
        self._settle()
        data = bytes(self._received)
        self._received.clear()
        return data

    def advance(self, seconds: float) -> bytes:
        with dated_by(self.reactor):
            self.reactor.advance(seconds)
        return self.receive()

    def disconnect(self, reset: bool = False) -> None:
        if reset:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()
        # Closed with bytes unread, a socket sends a reset by itself.
        self._gone = "reset" if reset or self._clogged else "closed"
        if not self.closed:
            if self._gone == "reset":
                self._await_hang_up()
            else:
                self._await_arrival(self._unread + 1)  # the end counts as one
            self._settle()

    def close(self) -> None:
        self.hand.close()

    def __enter__(self) -> "Loopback":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _settle(self) -> None:
        with dated_by(self.reactor):
            self.reactor.advance(0)
            while self._something_to_do():
                turn = self.hand.turn(TIMEOUT)
                assert turn.ready or turn.ran, "the kernel did not deliver"
                self._account(turn)
                self.reactor.advance(0)

    def _something_to_do(self) -> bool:
        to_read = SERVER in self.hand.readers and (self._unread or self._gone)
        to_write = SERVER in self.hand.writers and (self.reading or self._gone == "reset")
        return bool(to_read or to_write or self.hand.reactor.getDelayedCalls())

    def _account(self, turn: Turn) -> None:
        for ready in turn.ready:
            if ready.event == "read":
                self._unread -= ready.moved
            elif not self._gone:
                self._take(ready.moved)
            elif ready.moved:
                # Sent to nobody: the kernel of the client answers with a reset.
                self._await_hang_up()

    def _take(self, count: int) -> None:
        while count:
            data = self.client.recv(count)
            assert data, "the connection ended before all that was sent had come"
            self._received += data
            count -= len(data)

    def _await_arrival(self, count: int) -> None:
        """Wait until `count` bytes, or the end, have arrived at the server's socket."""
        server = self.transport.socket
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)
        assert select.select([server], [], [], TIMEOUT)[0], "the kernel did not deliver"
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def _await_hang_up(self) -> None:
        """Wait until a reset has arrived at the server's socket."""
        if not self.closed:
            poll = select.poll()
            poll.register(self.transport.socket, 0)
            assert poll.poll(TIMEOUT * 1000), "the kernel did not deliver"


class SelectLoopback(Loopback):
    """The same, turned by the other reactor that Twisted has everywhere."""

    reactor_class = SelectReactor
