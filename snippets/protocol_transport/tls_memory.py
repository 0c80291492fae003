"""Talks to an echo server under TLS, both in memory, and prints what is carried and which calls the server gets.

python -m snippets run tls_memory one two

No socket is opened. The certificate is made at the start and signed by itself; the client is told to trust it.
"""

import argparse
import contextlib
import functools
import os
import ssl
from collections.abc import Callable
from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import KeyPair, PrivateCertificate
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure


@functools.cache
def certificate() -> PrivateCertificate:
    """A new key, and a certificate for it that is signed with that same key."""
    return KeyPair.generate().selfSignedCert(1, CN="localhost")


class Connection:
    """Carries bytes to a server of `factory`, and prints how many go which way."""

    def __init__(self, factory: Factory) -> None:
        self.protocol, self.transport = factory.buildProtocol(None), StringTransport()
        self.protocol.makeConnection(self.transport)

    def send(self, data: bytes) -> bytes:
        if data and not self.transport.disconnecting:
            print(f"to the server:   {len(data)} bytes")
            self.protocol.dataReceived(data)
            if self.transport.disconnecting:
                self.protocol.connectionLost(Failure(ConnectionDone()))
        return self.receive()

    def receive(self) -> bytes:
        data = self.transport.value()
        self.transport.clear()
        if data:
            print(f"from the server: {len(data)} bytes")
        return data


class TLSClient:
    """A client that has agreed on keys with a server of `factory`, over what `connect` makes of a factory."""

    def __init__(self, factory: Factory, connect: Callable[[Factory], Any] = Connection) -> None:
        self._clock = Clock()
        self.connection = connect(TLSMemoryBIOFactory(certificate().options(), False, factory, self._clock))
        self._arriving, self._leaving, self.carried = ssl.MemoryBIO(), ssl.MemoryBIO(), b""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # There is no host.
        context.load_verify_locations(cadata=certificate().dumpPEM().decode())
        self._tls = context.wrap_bio(self._arriving, self._leaving)
        self._until_done(self._tls.do_handshake)
        self._exchange()

    def send(self, data: bytes, goodbye: bool = False) -> bytes:
        """Send `data`, with `goodbye` TLS's own end right behind it; return what came back, b"" for nothing."""
        self._tls.write(data)
        if goodbye:
            with contextlib.suppress(ssl.SSLWantReadError):  # The server's own has not come yet.
                self._tls.unwrap()
        self._exchange()
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            return self._tls.read(65536)
        return b""

    def close(self) -> None:
        """Say goodbye, and wait for the server's."""
        self._until_done(self._tls.unwrap)

    def _until_done(self, step: Callable[[], object]) -> object:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self._exchange()

    def _exchange(self) -> None:
        data = self._leaving.read()
        answer = self.connection.send(data)
        self._clock.advance(0)  # Twisted keeps small writes until the next turn, to encrypt them together.
        answer += self.connection.receive()
        self.carried += data + answer
        self._arriving.write(answer)


class Echo(Protocol):
    def connectionMade(self) -> None:
        print("    connectionMade")

    def dataReceived(self, data: bytes) -> None:
        print(f"    dataReceived {data!r}")
        self.transport.write(data)

    def connectionLost(self, reason: Failure) -> None:
        print(f"    connectionLost {reason.type.__name__}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="tls_memory", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="+", help="the words to send")
    words = parser.parse_args().words
    client = TLSClient(Factory.forProtocol(Echo))
    for word in words:
        print("the client reads", client.send(os.fsencode(word)))
    client.close()
