"""Does a TLS handshake with a server, message by message, and prints which protocol the two have agreed on.

python -m snippets run alpn_client 127.0.0.1 8443 --offer http/1.1 h2

The client takes any certificate. It ends when the handshake does, or when the server has said nothing for 10 seconds.
"""

import argparse
import socket
import ssl


class TlsClient:
    """The client's end of TLS, without a socket; `offered` is the list of protocols that it offers by ALPN."""

    def __init__(self, offered: list[str]) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if offered:
            context.set_alpn_protocols(offered)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing)
        self.done = False

    def handshake(self, received: bytes = b"") -> bytes:
        """What to send now that `received` has come: the next message, the last one once `done` is true."""
        self.incoming.write(received)
        try:
            self.tls.do_handshake()
            self.done = True
        except ssl.SSLWantReadError:
            pass
        return self.outgoing.read()

    def encrypt(self, data: bytes) -> bytes:
        """What to send for `data`, after the handshake."""
        self.tls.write(data)
        return self.outgoing.read()


def talk(host: str, port: int, offered: list[str]) -> None:
    client = TlsClient(offered)
    with socket.create_connection((host, port), timeout=10) as server:
        message = client.handshake()
        while not client.done:
            print(f"sent     {len(message)} bytes", flush=True)
            server.sendall(message)
            received = server.recv(65536)
            if not received:
                raise ConnectionError("the server closed the connection")
            print(f"received {len(received)} bytes", flush=True)
            message = client.handshake(received)
        print(f"sent     {len(message)} bytes")
        server.sendall(message)
    print("agreed on", client.tls.selected_alpn_protocol() or "nothing")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="alpn_client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--offer", nargs="*", default=["h2", "http/1.1"], help="default: h2 http/1.1")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"argument port: a port is a number from 1 to 65535, not {options.port}")
    if not all(0 < len(name) < 256 and name.isascii() for name in options.offer):
        parser.error("argument --offer: a name has from 1 to 255 bytes of ASCII")
    try:
        talk(options.host, options.port, options.offer)
    except OSError as error:
        parser.exit(2, f"alpn_client: no handshake with {options.host}:{options.port}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(0, "\n")
