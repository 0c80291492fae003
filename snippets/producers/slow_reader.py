"""Sends a GET and reads the response slowly, a portion and then a pause; says how much it got.

python -m snippets run big_file --port 8080
python -m snippets run slow_reader 127.0.0.1 8080 /file --portion 1000000 --pause 1
python -m snippets run slow_reader 127.0.0.1 8080 /file --most 3000000      hangs up after so many bytes

To pause is to tell the transport not to read. What comes then waits in the kernel, and when that is full the server has
to wait. Works with any server. With Ctrl-C the exit code is 0.
"""

import argparse
import os
import sys

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.protocol import Protocol
from twisted.internet.task import react
from twisted.python.failure import Failure


class SlowReader(Protocol):
    def __init__(self, reactor: ReactorBase, options: argparse.Namespace) -> None:
        self.reactor, self.options = reactor, options
        self.got = self.portion = 0
        self.lost: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host  # an IPv6 address
        head = f"GET {self.options.path} HTTP/1.1\r\nHost: {host}:{self.options.port}\r\nConnection: close\r\n\r\n"
        self.transport.write(os.fsencode(head))

    def dataReceived(self, data: bytes) -> None:
        if not self.got:
            print(repr(data.partition(b"\r\n")[0])[2:-1], flush=True)  # A server may send what a terminal would obey.
        self.got += len(data)
        self.portion += len(data)
        if self.options.most and self.got >= self.options.most:
            self.transport.abortConnection()
        elif self.portion >= self.options.portion:
            print(f"{self.got} bytes", flush=True)
            self.portion = 0
            self.transport.pauseProducing()  # the transport produces what we read
            self.reactor.callLater(self.options.pause, self.go_on)

    def go_on(self) -> None:
        if self.connected:
            self.transport.resumeProducing()

    def connectionLost(self, reason: Failure) -> None:
        self.lost.callback(None)  # First: should the print fail, the program still ends.
        print(f"{self.got} bytes in all, head included; {reason.getErrorMessage()}")


async def main(reactor: ReactorBase, options: argparse.Namespace) -> None:
    client = SlowReader(reactor, options)
    connecting = connectProtocol(HostnameEndpoint(reactor, options.host, options.port), client)
    connecting.addErrback(client.lost.errback)
    try:
        await client.lost
    except (ConnectError, DNSLookupError, ValueError) as error:
        print(f"slow_reader: can't connect to {options.host}:{options.port}: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="slow_reader", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("path", nargs="?", default="/", help="what to GET (default: %(default)s)")
    parser.add_argument("--portion", type=int, default=1000000, help="bytes, then a pause (default: %(default)s)")
    parser.add_argument("--pause", type=float, default=1, help="seconds (default: %(default)s)")
    parser.add_argument("--most", type=int, default=0, help="hang up after so many bytes (default: read them all)")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"argument port: a port is a number from 1 to 65535, not {options.port}")
    if not options.path.startswith("/") or any(sign.isspace() for sign in options.path):
        parser.error(f"argument path: begins with a slash and has no white space in it, not {options.path!r}")
    if options.portion < 1 or options.most < 0:
        parser.error("--portion is at least 1 byte, and --most is not negative")
    if not 0 <= options.pause <= 3600:
        parser.error("--pause is from 0 to 3600 seconds")
    react(main, [options])
