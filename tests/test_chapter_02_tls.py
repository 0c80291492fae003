"""What chapter 02 says of TLS in words and leaves to a test."""

import ssl
from contextlib import suppress

import pytest
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IHalfCloseableProtocol, IHandshakeListener
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import PrivateCertificate
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory
from zope.interface import implementer

from snippets.lens.logged import logged
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from snippets.workshop.scenarios.tls_client import TLSClient, pem
from tests.keeping import Echo, Keeping


def test_a_protocol_can_be_told_of_the_handshake():
    """A protocol that declares IHandshakeListener gets handshakeCompleted between connectionMade and its bytes, under
    TLS; over TCP it does not get it."""

    @implementer(IHandshakeListener)
    class Listening(Protocol):
        def connectionMade(self):
            told.append("connectionMade")

        def handshakeCompleted(self):
            told.append("handshakeCompleted")

        def dataReceived(self, data):
            told.append(data)

    told = []
    client = TLSClient(Factory.forProtocol(Listening))
    client.tls.write(b"hello")
    client.exchange()
    assert told == ["connectionMade", "handshakeCompleted", b"hello"]
    told.clear()
    Wire(Factory.forProtocol(Listening)).send(b"hello")
    assert told == ["connectionMade", b"hello"]


def test_the_clients_goodbye_is_waited_for_without_a_limit():
    """A server that has said goodbye is connected after 10000 seconds, and closes when the client has answered."""
    client = TLSClient(Factory.forProtocol(Protocol))
    client.wire.protocol.wrappedProtocol.transport.loseConnection()
    client.exchange()
    client.clock.advance(10_000)
    client.wire.advance(10_000)
    assert not client.wire.closed
    client.tls.unwrap()
    client.exchange()
    assert client.wire.closed


def test_a_tls_client_that_closes_without_goodbye():
    """A TLS client that closes its TCP connection without a goodbye gives connectionLost a ConnectionLost."""
    factory = Keeping()
    client = TLSClient(factory)
    client.wire.disconnect()
    assert factory.made[0].reason.type is ConnectionLost


def test_a_tls_client_that_says_goodbye():
    factory = Keeping()
    client = TLSClient(factory)
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.exchange()
    client.tls.unwrap()
    assert client.wire.closed
    assert factory.made[0].reason.type is ConnectionDone


def test_what_is_written_before_the_handshake_is_sent_after_it():
    class Greeting(Echo):
        def connectionMade(self):
            self.transport.write(b"welcome")

    assert TLSClient(Keeping(Greeting)).tls.read(9) == b"welcome"


def behind_tls(factory):
    factory.noisy = False
    return TLSMemoryBIOFactory(PrivateCertificate.loadPEM(pem()).options(), False, factory, Clock())


def test_a_factory_behind_tls_cannot_refuse():
    """A TLS factory makes a protocol around None where the factory inside has returned None. That fails with an
    AttributeError, which is logged, and the connection is open and watched ten turns later."""

    class Refusing(Factory):
        def buildProtocol(self, address):
            return None

    with logged() as failures, Turns() as hand:
        client = hand.connect(hand.listen(behind_tls(Refusing())))
        hand.turn()
        assert [failure.type for failure in failures] == [AttributeError]
        for _ in range(9):
            hand.turn(0)
        assert hand.readers == ["Port#1", "Server#1"]
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_a_protocol_behind_tls_can_refuse():
    """A protocol under TLS that calls abortConnection in connectionMade ends its connection, and nothing is logged."""

    class Refusing(Protocol):
        def connectionMade(self):
            self.transport.abortConnection()

    with logged() as failures, Turns() as hand:
        client = hand.connect(hand.listen(behind_tls(Factory.forProtocol(Refusing))))
        hand.turn()
        hand.turn(0)
        assert hand.readers == ["Port#1"]
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        assert failures == []


@pytest.mark.parametrize(
    ("size", "closes", "sent"), [(5, False, False), (64_000, False, False), (64_001, False, True), (5, True, True)]
)
def test_a_small_answer_is_lost_to_a_goodbye_of_the_same_turn(size, closes, sent):
    """An answer of up to 64000 bytes is kept for the next turn, and lost to a goodbye that is read in this one. A
    longer one is sent, and so is one after which the protocol calls loseConnection."""

    class Answering(Protocol):
        def dataReceived(self, data):
            self.transport.write(bytes(size))
            if closes:
                self.transport.loseConnection()

    client = TLSClient(Factory.forProtocol(Answering))
    client.tls.write(b"hello")
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.exchange()
    read = b""
    with suppress(ssl.SSLZeroReturnError, ssl.SSLWantReadError):
        while piece := client.tls.read(65536):
            read += piece
    assert read == (bytes(size) if sent else b"")


def test_half_a_close_is_not_told_over_tls():
    """A TLS client's goodbye closes the connection; a protocol that can half-close gets neither of its calls."""

    @implementer(IHalfCloseableProtocol)
    class Patient(Echo):
        told = ()

        def readConnectionLost(self):
            self.told += ("read",)

        def writeConnectionLost(self):
            self.told += ("write",)

    factory = Keeping(Patient)
    client = TLSClient(factory)
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.exchange()
    assert factory.made[0].told == ()
    assert client.wire.closed
