"""Asks a server for a page over HTTP/2, and prints what each frame says that is about the answer.

python -m snippets run http2_client 127.0.0.1 8443 --path /hello

A frame is the unit in which HTTP/2 sends: a head of 9 bytes, with the size of the payload, the kind of frame and the
stream it belongs to, and then the payload. The client knows of the headers no more than the status, and takes any
certificate. It ends with the response, or when the server has said nothing for 10 seconds.
"""

import argparse
import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

# What an HTTP/2 client says first (RFC 9113, section 3.4); kinds of frames, and flags (section 6).
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, GOAWAY = 0, 1, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
# Headers are compressed: in HPACK (RFC 7541, appendix A) these bytes are whole headers.
GET_BY_HTTPS = b"\x82\x87"
STATUSES = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


class Http2Client:
    """The client's end of a connection, without a socket: what to send, and what is meant by what has come."""

    def __init__(self) -> None:
        self.due = PREFACE + frame(SETTINGS, 0, 0)
        self.stream = -1
        self.buffer = b""

    def send(self) -> bytes:
        """What is to be sent now, whether or not there is anything to ask for."""
        due, self.due = self.due, b""
        return due

    def get(self, path: str) -> bytes:
        """What is to be sent now, and a request for `path` on a new stream: 1, 3, 5 and so on."""
        self.stream += 2
        # Byte 4 is the name :path and byte 1 the name :authority; each value comes after its size.
        names = bytes([4, len(path)]) + path.encode() + bytes([1, 9]) + b"127.0.0.1"
        return self.send() + frame(HEADERS, END_STREAM | END_HEADERS, self.stream, GET_BY_HTTPS + names)

    def understand(self, data: bytes) -> list[str]:
        """What the frames say; `data` may end inside one."""
        self.buffer += data
        return list(self.said())

    def said(self) -> Iterator[str]:
        while len(self.buffer) >= 9 and len(self.buffer) >= (end := 9 + int.from_bytes(self.buffer[:3])):
            kind, flags, payload, self.buffer = self.buffer[3], self.buffer[4], self.buffer[9:end], self.buffer[end:]
            if kind == SETTINGS and not flags & ACK:
                self.due += frame(SETTINGS, ACK, 0)
            if kind == HEADERS:
                yield f"status {STATUSES.get(payload[0], 'not in the table')}"
            if kind == DATA and payload:
                yield f"body {payload!r}"
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                yield "end of the response"
            if kind == GOAWAY:
                yield "the server will close the connection"


def get_over_http2(wire: Any, path: str) -> list[str]:
    """Say on `wire`, a connection in memory, that HTTP/2 is agreed on; ask for `path` and return what was said."""
    wire.transport.negotiatedProtocol, client = b"h2", Http2Client()
    # Twisted's HTTP/2 connection imports the reactor of the whole process: the wire's stands in for it.
    with patch("twisted.internet.reactor", wire.reactor, create=True):
        return client.understand(wire.send(client.get(path)))


def talk(host: str, port: int, path: str) -> None:
    import ssl  # Frames can be understood where there is no TLS.

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with socket.create_connection((host, port), timeout=10) as plain, context.wrap_socket(plain) as tls:
        if tls.selected_alpn_protocol() != "h2":
            raise ConnectionError("the server doesn't speak HTTP/2")
        client = Http2Client()
        tls.sendall(client.get(path))
        while data := tls.recv(65536):
            for said in client.understand(data):
                print(said, flush=True)
                if said == "end of the response":
                    return
            tls.sendall(client.send())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="http2_client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--path", default="/hello", help="what to GET, at most 126 bytes (default: %(default)s)")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"argument port: a port is a number from 1 to 65535, not {options.port}")
    if not (options.path.startswith("/") and options.path.isascii() and len(options.path) < 127):
        parser.error("argument --path: a path begins with a slash and has at most 126 bytes of ASCII")
    try:
        talk(options.host, options.port, options.path)
    except OSError as error:
        parser.exit(2, f"http2_client: no answer from {options.host}:{options.port}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(0, "\n")
