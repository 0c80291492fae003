"""What chapter 02 says of TLS in words and leaves to a test."""

import ssl

import pytest
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IHalfCloseableProtocol, IHandshakeListener
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import PrivateCertificate
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory
from zope.interface import implementer

from snippets.workshop.scenarios.tls_client import TLSClient, pem
from tests.keeping import Echo, Keeping


def test_a_protocol_can_be_told_of_the_handshake():
    """A protocol that declares IHandshakeListener gets handshakeCompleted between connectionMade and its bytes."""

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


def test_a_factory_behind_tls_cannot_refuse():
    """A TLS factory makes a protocol around None where the factory inside has returned None."""

    class Refusing(Factory):
        def buildProtocol(self, address):
            return None

    options = PrivateCertificate.loadPEM(pem()).options()
    wrapper = TLSMemoryBIOFactory(options, False, Refusing(), Clock()).buildProtocol(None)
    assert wrapper is not None
    assert wrapper.wrappedProtocol is None


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
