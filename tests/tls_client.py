"""A TLS client in memory, for a server over a wire; the server's certificate is made when this is imported."""

import datetime
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.ssl import PrivateCertificate
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory

from snippets.lens.wire import Wire

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
PEM = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


class TLSClient:
    """A client that has agreed on a key with a server of `factory`; it takes any certificate."""

    def __init__(self, factory):
        options = PrivateCertificate.loadPEM(PEM).options()
        self.clock = Clock()
        self.wire = Wire(TLSMemoryBIOFactory(options, False, factory, self.clock))
        self.arriving, self.leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.tls = context.wrap_bio(self.arriving, self.leaving)
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.exchange()
        self.exchange()

    def exchange(self):
        answer = self.wire.send(self.leaving.read())
        self.clock.advance(0)
        self.arriving.write(answer + self.wire.receive())
