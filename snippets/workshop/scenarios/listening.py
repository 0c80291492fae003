"""What happens around connections, on real sockets: a reactor that runs, ports, calls that wait, descriptors."""

import contextlib
import os
import socket
import tempfile
from collections.abc import Callable

from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorFDSet
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.web.server import Site

from snippets.lens.turns import Turns
from snippets.workshop.scenarios.demo_site import DemoSite

_NO_SUCH = 1_000_000  # more than there are descriptors
GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class _Pipe(FileDescriptor):
    """Reads the end of a pipe, or of whatever has a number."""

    def __init__(self, number: int, reactor: IReactorFDSet) -> None:
        super().__init__(reactor)
        self.number = number
        self.connected = 1

    def fileno(self) -> int:
        return self.number

    def doRead(self) -> None:
        os.read(self.number, 1)


class _Quiet(Factory):
    protocol = Protocol
    noisy = False


class _Stopping(Protocol):
    """Stops the reactor when bytes come."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.reactor.stop()  # type: ignore[union-attr] # declared as one that may be none


class _Rivals(Protocol):
    """Whoever is asked first takes the others' bytes from them."""

    made: list["_Rivals"]

    def connectionMade(self) -> None:
        self.made.append(self)

    def dataReceived(self, data: bytes) -> None:
        for other in self.made:
            if other is not self:
                other.transport.stopReading()  # type: ignore[union-attr] # as above


def one_get() -> None:
    """What the wire replaces, a real socket and a real poll, runs only here."""
    with Turns() as hand:
        port = hand.listen(Site(DemoSite(), reactor=hand.reactor))
        client = hand.connect(port)
        client.sendall(GET)
        hand.until(lambda: any(ran.endswith("connectionLost") for ran in hand.turn().ran))


def more_than_it_took() -> None:
    """A port that took one connection in its last turn, and so looks for one, takes more the next time."""
    with Turns() as hand:
        port = hand.listen(_Quiet())
        for _ in range(2):
            hand.connect(port)
            hand.turn()


def until_it_stops() -> None:
    """A reactor that runs until a client has it stop."""
    factory = _Quiet()
    factory.protocol = _Stopping
    with Turns() as hand:
        hand.connect(hand.listen(factory)).sendall(b"stop")
        hand.reactor.run(installSignalHandlers=False)


def ports() -> None:
    """A port that is taken, one that was opened by somebody else, a factory that declines, one that raises."""

    class Declining(_Quiet):
        def buildProtocol(self, addr: object) -> None:
            return None

    class Failing(_Quiet):
        def buildProtocol(self, addr: object) -> Protocol:
            raise RuntimeError("no protocol today")

    with Turns() as hand:
        port = hand.listen(Declining())
        with contextlib.suppress(CannotListenError):
            hand.reactor.listenTCP(port.getHost().port, _Quiet(), interface="127.0.0.1")
        for listening in (port, hand.listen(Failing())):
            hand.connect(listening)
            hand.until(lambda: bool(hand.turn().ran))
        with socket.create_server(("127.0.0.1", 0)) as opened:
            hand.reactor.adoptStreamPort(opened.fileno(), socket.AF_INET, _Quiet()).stopListening()


def calls() -> None:
    """Calls of other threads, one of which asks for another; delayed ones: put off, cancelled, failing, due."""
    clock = Clock()
    with Turns() as hand:
        hand.reactor.seconds = clock.seconds
        hand.reactor.callFromThread(hand.reactor.callFromThread, lambda: None)
        put_off, cancelled = (hand.reactor.callLater(1, lambda: None) for _ in range(2))
        hand.reactor.callLater(0, lambda: 1 / 0)
        hand.turn()
        put_off.delay(1)
        cancelled.cancel()
        for _ in range(2):
            clock.advance(1)
            hand.turn()


def many_cancelled() -> None:
    """More than fifty calls, and more than half of all, are cancelled long before they are due."""
    with Turns() as hand:
        waiting = [hand.reactor.callLater(60, lambda: None) for _ in range(60)]
        hand.turn(0)
        for call in waiting:
            call.cancel()
        hand.turn(0)


def taken_away() -> None:
    """Of two connections that are ready in one turn, the first stops the reading of the other."""
    _Rivals.made = []
    factory = _Quiet()
    factory.protocol = _Rivals
    with Turns() as hand:
        port = hand.listen(factory)
        clients = [hand.connect(port) for _ in range(2)]
        hand.until(lambda: len(_Rivals.made) == len(clients))
        for client in clients:
            client.sendall(b"me first")
        hand.turn()


def descriptors() -> None:
    """What else a reactor can watch: a pipe whose other end is closed, one that has lost its number, a file; and a
    number that is none."""
    with Turns() as hand, tempfile.TemporaryFile() as file:
        end, other = os.pipe()
        pipe = _Pipe(end, hand.reactor)
        hand.reactor.addReader(pipe)
        os.close(other)
        hand.turn()
        os.close(end)
        end, other = os.pipe()
        pipe = _Pipe(end, hand.reactor)
        hand.reactor.addReader(pipe)
        os.write(other, b"x")
        pipe.number = -1
        hand.turn()
        os.close(end)
        os.close(other)
        never_blocks = _Pipe(file.fileno(), hand.reactor)
        hand.reactor.addReader(never_blocks)
        hand.reactor.addWriter(never_blocks)
        hand.reactor.removeReader(never_blocks)
        hand.reactor.removeWriter(never_blocks)
        for add in (hand.reactor.addReader, hand.reactor.addWriter):
            with contextlib.suppress(OSError):
                add(_Pipe(_NO_SUCH, hand.reactor))


LISTENING: tuple[Callable[[], None], ...] = (
    one_get,
    more_than_it_took,
    until_it_stops,
    ports,
    calls,
    many_cancelled,
    taken_away,
    descriptors,
)
