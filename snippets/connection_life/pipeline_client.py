"""Sends several GET requests in one write over one connection, and prints what comes back, and when.

python -m snippets run pipeline_client 127.0.0.1 8080 /hello /nothing /

The last request asks for the end of the connection. Ends when the server closes it, or has said nothing for --wait
seconds. Responses are told apart by their Content-Length. With Ctrl-C the exit code is 0.
"""

import argparse
import os
import re
import sys

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.protocol import Protocol
from twisted.internet.task import react
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure


class Client(Protocol, TimeoutMixin):
    def __init__(self, reactor: ReactorBase, options: argparse.Namespace) -> None:
        self.reactor, self.options = reactor, options
        self.buffer, self.answers = b"", 0
        self.lost: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.begun = self.reactor.seconds()
        self.setTimeout(self.options.wait)
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host  # an IPv6 address
        heads = [f"GET {path} HTTP/1.1\r\nHost: {host}:{self.options.port}\r\n" for path in self.options.paths]
        data = os.fsencode("\r\n".join(heads) + "Connection: close\r\n\r\n")
        self.transport.write(data)
        self.say(f"sent {len(heads)} request{'s' * (len(heads) > 1)}, {len(data)} bytes")

    def say(self, text: str) -> None:
        print(f"{self.reactor.seconds() - self.begun:6.3f} s  {text}", flush=True)

    def dataReceived(self, data: bytes) -> None:
        self.resetTimeout()
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, rest = self.buffer.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\nContent-Length:[ \t]*(\d{1,18})\b", head)
            size = int(length[1]) if length else len(rest)
            if len(rest) < size:
                break  # The body is still coming.
            self.buffer, self.answers = rest[size:], self.answers + 1
            status = repr(head.partition(b"\r\n")[0])[2:-1]  # A server may send what a terminal would obey.
            self.say(f"{self.answers}. {status}, {size} bytes{'' if length else ' so far: it has no Content-Length'}")

    def timeoutConnection(self) -> None:
        self.say(f"nothing came for {self.options.wait} seconds")
        # loseConnection would wait until all is written: for a server that doesn't read, for ever.
        self.transport.abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        self.setTimeout(None)
        self.lost.callback(None)  # First: should the print fail, the program still ends.
        self.say(f"{self.answers} of {len(self.options.paths)} answered; {reason.getErrorMessage()}")


async def main(reactor: ReactorBase, options: argparse.Namespace) -> None:
    client = Client(reactor, options)
    connecting = connectProtocol(HostnameEndpoint(reactor, options.host, options.port), client)
    connecting.addErrback(client.lost.errback)
    try:
        await client.lost
    except (ConnectError, DNSLookupError, ValueError) as error:
        print(f"pipeline_client: can't connect to {options.host}:{options.port}: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="pipeline_client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("paths", nargs="+", help="what to GET, in this order")
    parser.add_argument("--wait", type=float, default=5, help="seconds of silence to bear (default: %(default)s)")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"argument port: a port is a number from 1 to 65535, not {options.port}")
    if not 0 < options.wait <= 3600:
        parser.error("--wait is more than 0 and at most 3600 seconds")
    react(main, [options])
