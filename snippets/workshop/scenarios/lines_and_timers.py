"""What a server of lines does with a connection, in memory: raw bytes, pauses, time-outs, half-closed ends."""

from collections.abc import Callable
from unittest import mock

from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IDelayedCall, IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.tcp import Server
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import ProtocolWrapper, TimeoutMixin, WrappingFactory
from twisted.python.failure import Failure
from zope.interface import implementer

from snippets.lens.wire import Wire


class _Lines(LineReceiver):
    """Answers a line with a line, and does what it says, if it says something."""

    MAX_LENGTH = 80

    def connectionMade(self) -> None:
        self.transport.registerProducer(self, True)  # type: ignore[union-attr] # declared as one that may be none

    def lineReceived(self, line: bytes) -> object:
        match line:
            case b"pause":
                self.pauseProducing()
            case b"raw":
                self.setRawMode()
            case b"take":
                self.clearLineBuffer()
            case b"enough":
                return ValueError("enough")
            case b"stop":
                self.stopProducing()
            case _:
                self.sendLine(line)
        return None

    def rawDataReceived(self, data: bytes) -> object:
        self.setLineMode(data[1:])
        return ValueError("enough") if data == b"!" else None


class _Timed(Protocol, TimeoutMixin):
    """Closes when nothing has come for a while."""

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock

    def callLater(self, period: float, func: Callable[[], None]) -> IDelayedCall:
        return self.clock.callLater(period, func)


@implementer(IHalfCloseableProtocol)
class _HalfClosing(Protocol):
    """Is told of each half that ends; `raising`: and takes it badly."""

    raising = False

    def readConnectionLost(self) -> None:
        if self.raising:
            raise RuntimeError("told of the end of reading")

    def writeConnectionLost(self) -> None:
        if self.raising:
            raise RuntimeError("told of the end of writing")


class _Raising(_HalfClosing):
    raising = True


def _factory(protocol: type[Protocol]) -> Factory:
    return Factory.forProtocol(protocol)


def lines_and_raw_bytes() -> None:
    """A server of lines: answered, paused and resumed, raw, taken out of the buffer, too long, and stopped."""
    wire = Wire(_factory(_Lines))
    wire.send(b"hello\r\npause\r\nlater\r\n")
    wire.protocol.resumeProducing()
    wire.send(b"raw\r\n.in a line again\r\ntake\r\nlost\r\n")
    wire.send(b"stop\r\n")
    Wire(_factory(_Lines)).send(b"enough\r\n")
    Wire(_factory(_Lines)).send(b"raw\r\n!")
    Wire(_factory(_Lines)).send(b"x" * 200)


def a_protocol_that_does_nothing() -> None:
    """What every protocol inherits: nothing happens when it is connected, gets bytes and loses its connection."""
    wire = Wire(_factory(Protocol))
    wire.send(b"hello")
    wire.disconnect()


def wrapped() -> None:
    """A protocol in a wrapper that changes nothing."""
    factory = WrappingFactory(_factory(_Lines))
    factory.protocol = ProtocolWrapper
    wire = Wire(factory)
    wire.send(b"hello\r\n")
    wire.disconnect()


def timed_out() -> None:
    """A time-out that is set, set anew, ended too late, and comes."""
    for period, ended in ((5, False), (5, True)):
        wire = Wire(_factory(Protocol))
        timed = _Timed(wire.reactor)
        timed.makeConnection(wire.transport)
        timed.setTimeout(60)
        timed.setTimeout(period)
        if ended:
            for call in wire.reactor.getDelayedCalls():
                call.cancel()
            timed.setTimeout(None)
        wire.advance(period)


def half_closed() -> None:
    """A server that ends its half, and one whose client does, with protocols that are told, that raise, and others."""
    for protocol in (Protocol, _HalfClosing, _Raising):
        wire = Wire(_factory(protocol))
        wire.transport.write(b"the last word")
        wire.transport.loseWriteConnection()
        wire.receive()
        wire.transport.write(b"too late")
        wire.transport.writeSequence([b"too ", b"late"])
        wire.transport.loseConnection()
        wire.receive()
        wire = Wire(_factory(protocol))
        wire.disconnect()
    wire = Wire(_factory(Protocol))
    with mock.patch.object(wire.socket, "shutdown", side_effect=OSError("the client is gone")):
        wire.transport.loseWriteConnection()
        wire.receive()


def nothing_to_read_or_to_write() -> None:
    """A socket that was ready, and is not; and a connection that is ended twice."""
    wire = Wire(_factory(Protocol))
    transport: Server = wire.transport
    transport.doRead()
    wire.reading = False
    transport.writeSomeData(b"no room")
    transport.abortConnection()
    transport.abortConnection()
    for _ in range(2):
        transport.connectionLost(Failure(ConnectionAborted()))


LINES_AND_TIMERS: tuple[Callable[[], None], ...] = (
    lines_and_raw_bytes,
    a_protocol_that_does_nothing,
    wrapped,
    timed_out,
    half_closed,
    nothing_to_read_or_to_write,
)
