"""Uploads a file in chunks, and prints the bytes of both sides.

echo "some text" | python -m snippets run chunked_client 127.0.0.1 8080 --size 4
python -m snippets run chunked_client 127.0.0.1 8080 some.file --expect

With --expect it asks first, and sends the body only if the server answers 100. Ends when the server closes the
connection, which it is asked to do, or says nothing for --wait seconds. With Ctrl-C the exit code is 0, or 130 as long
as it reads its input.
"""

import argparse
import os
import sys
from pathlib import Path

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.protocol import Protocol
from twisted.internet.task import react
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure


class Client(Protocol, TimeoutMixin):
    def __init__(self, head: bytes, chunks: list[bytes], wait: float, expect: bool) -> None:
        self.head, self.chunks, self.wait, self.asking = head, chunks, wait, expect
        self.lost: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.setTimeout(self.wait)
        for data in [self.head] if self.asking else [self.head, *self.chunks]:
            self.send(data)

    def send(self, data: bytes) -> None:
        print(f"sent     {data!r}", flush=True)
        self.transport.write(data)

    def dataReceived(self, data: bytes) -> None:
        print(f"received {data!r}", flush=True)
        self.resetTimeout()
        # These are 25 bytes; that they come in one piece is not certain, only likely.
        if self.asking and data.startswith(b"HTTP/1.1 100 "):
            for chunk in self.chunks:
                self.send(chunk)
        self.asking = False

    def timeoutConnection(self) -> None:
        print(f"nothing came for {self.timeOut} seconds")
        # loseConnection would wait until all is written: for a server that doesn't read, for ever.
        self.transport.abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        self.setTimeout(None)
        self.lost.callback(None)  # First: should the print fail, the program still ends.
        print(reason.getErrorMessage())


def in_chunks(data: bytes, size: int) -> list[bytes]:
    """The body as it goes over the wire: chunks of at most `size` bytes, and the last chunk."""
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return [*(b"%x\r\n%b\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n"]


async def main(reactor: ReactorBase, options: argparse.Namespace, body: bytes) -> None:
    host = f"[{options.host}]" if ":" in options.host else options.host  # an IPv6 address
    fields = ["POST / HTTP/1.1", f"Host: {host}:{options.port}", "Transfer-Encoding: chunked"]
    fields += ["Expect: 100-continue"] * options.expect + ["Connection: close", "", ""]
    client = Client(os.fsencode("\r\n".join(fields)), in_chunks(body, options.size), options.wait, options.expect)
    connecting = connectProtocol(HostnameEndpoint(reactor, options.host, options.port), client)
    connecting.addErrback(client.lost.errback)
    try:
        await client.lost
    except (ConnectError, DNSLookupError, ValueError) as error:
        print(f"chunked_client: can't connect to {options.host}:{options.port}: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="chunked_client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("file", nargs="?", type=Path, help="what to send (default: standard input)")
    parser.add_argument("--size", type=int, default=1000, help="bytes in a chunk (default: %(default)s)")
    parser.add_argument("--wait", type=float, default=5, help="seconds of silence to bear (default: %(default)s)")
    parser.add_argument("--expect", action="store_true", help="ask with Expect: 100-continue first")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"argument port: a port is a number from 1 to 65535, not {options.port}")
    if not (options.size > 0 and 0 < options.wait <= 3600):
        parser.error("--size is at least 1, --wait more than 0 and at most 3600 seconds")
    try:
        body = options.file.read_bytes() if options.file else sys.stdin.buffer.read()
    except OSError as error:
        parser.exit(2, f"chunked_client: can't read {options.file or 'standard input'}: {error.strerror}\n")
    except KeyboardInterrupt:
        parser.exit(130, "\n")
    react(main, [options, body])
