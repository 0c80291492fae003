r"""Prints the callbacks of an HTTPChannel, with their arguments, as it reads a request in memory.

printf 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' | python -m snippets run callbacks --size 10
"""

import argparse
import sys

from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel, Request

NAMES = """connectionMade dataReceived lineReceived headerReceived allHeadersReceived rawDataReceived
           allContentReceived requestDone loseConnection connectionLost"""


class Hello(Request):
    def process(self) -> None:
        self.setHeader(b"Content-Length", b"6")
        self.write(b"Hello\n")
        self.finish()

    def __repr__(self) -> str:
        return f"<Request {self.method!r} {self.uri!r}>"


def printed(name: str) -> object:
    def callback(self: HTTPChannel, *args: object) -> object:
        print("    " * self.depth + name, *(f"{arg!r:.120}" for arg in args))
        self.depth += 1
        try:
            return getattr(HTTPChannel, name)(self, *args)
        finally:
            self.depth -= 1

    return callback


# A subclass of HTTPChannel with those methods: each prints its call, then does what HTTPChannel does.
PrintingChannel = type("PrintingChannel", (HTTPChannel,), {name: printed(name) for name in NAMES.split()})


def feed(data: bytes, size: int) -> bytes:
    channel, transport, reason = PrintingChannel(), StringTransport(), Failure(ConnectionDone())
    channel.requestFactory, channel.depth = Hello, 0
    channel.makeConnection(transport)
    try:
        for start in range(0, len(data), size):
            if transport.disconnecting:
                print(f"# the channel has asked to close: the last {len(data) - start} bytes are not read")
                break
            channel.dataReceived(data[start : start + size])
    except Exception:
        reason = Failure()  # As a reactor does: the connection is lost, for this reason.
    channel.connectionLost(reason)
    return transport.value()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="callbacks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=65536, help="bytes in a piece (default: %(default)s)")
    options = parser.parse_args()
    if options.size < 1:
        parser.error(f"argument --size: a piece has at least 1 byte, not {options.size}")
    try:
        lines = feed(sys.stdin.buffer.read(), options.size).splitlines(keepends=True)
    except KeyboardInterrupt:
        parser.exit(130, "\n")
    print("\nThe response:" if lines else "\nNo response.", *lines, sep="\n    ")
