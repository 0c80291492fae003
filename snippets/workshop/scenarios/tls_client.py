"""A TLS client in memory, for a server over a wire; the server's certificate is made when it is first asked for."""

import datetime
import functools
import ssl
from collections.abc import Iterable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.ssl import CertificateOptions, PrivateCertificate
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory

from snippets.lens.wire import Wire


@functools.cache
def pem() -> bytes:
    """A certificate for localhost and its key; both are good for a day, and signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def server_options() -> CertificateOptions:
    """What a server needs for TLS: the certificate and its key."""
    return PrivateCertificate.loadPEM(pem()).options()


class TLSClient:
    """A client that has agreed on a key with a server of `factory`; it takes any certificate.

    Args:
        factory: of the server, which knows nothing of TLS.
        offer: the protocols that the client names, for ALPN.
    """

    def __init__(self, factory: Any, offer: Iterable[str] = ()) -> None:
        self.clock = Clock()
        self.wire = Wire(TLSMemoryBIOFactory(server_options(), False, factory, self.clock))
        self.arriving, self.leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if offered := list(offer):
            context.set_alpn_protocols(offered)
        self.tls = context.wrap_bio(self.arriving, self.leaving)
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.exchange()
        self.exchange()

    def exchange(self) -> None:
        """Let the server have what has been written, and take what it answers."""
        answer = self.wire.send(self.leaving.read())
        self.clock.advance(0)
        self.arriving.write(answer + self.wire.receive())

    def send(self, data: bytes) -> bytes:
        """Send `data`, and return what came back, as far as TLS has let it through."""
        self.tls.write(data)
        self.exchange()
        received = bytearray()
        try:
            while piece := self.tls.read():
                received += piece
        except ssl.SSLWantReadError:
            pass
        return bytes(received)
