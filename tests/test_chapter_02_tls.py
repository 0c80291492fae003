"""What chapter 02 says of TLS in words and leaves to a test."""

from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from tests.tls_client import TLSClient


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
