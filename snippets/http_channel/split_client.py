"""Sends an HTTP request to a server in pieces, with pauses, and prints what goes out and what comes back.

python -m snippets run split_client 127.0.0.1 8080 --size 7 --pause 0.5 --path /hello
python -m snippets run split_client 127.0.0.1 8080 --file request.txt

Ends when the server closes the connection, or has said nothing for --wait seconds. With Ctrl-C the exit code is 0.
"""

import argparse
import os
import sys
from pathlib import Path

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater, react
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure


class Client(Protocol, TimeoutMixin):
    def connectionMade(self) -> None:
        self.transport.setTcpNoDelay(True)  # Or the kernel may join small pieces (Nagle's algorithm).
        self.lost: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        print(f"received {data!r}", flush=True)
        self.resetTimeout()

    def timeoutConnection(self) -> None:
        print(f"nothing came for {self.timeOut} seconds")
        # loseConnection would wait until all is written: for a server that doesn't read, for ever.
        self.transport.abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        self.setTimeout(None)
        self.lost.callback(None)  # First: should the print fail, the program still ends.
        print(reason.getErrorMessage())


async def main(reactor: ReactorBase, options: argparse.Namespace, request: bytes) -> None:
    try:
        client = await connectProtocol(HostnameEndpoint(reactor, options.host, options.port), Client())
    except (ConnectError, DNSLookupError, ValueError) as error:
        print(f"split_client: can't connect to {options.host}:{options.port}: {error}", file=sys.stderr)
        sys.exit(2)
    for start in range(0, len(request), options.size):
        if client.lost.called:
            print(f"not sent {request[start:]!r}")
            return
        print(f"sent     {request[start : start + options.size]!r}", flush=True)
        client.transport.write(request[start : start + options.size])
        # Until the next is due or the server has closed, whichever comes first.
        await DeferredList([deferLater(reactor, options.pause), client.lost], fireOnOneCallback=True)
    client.setTimeout(options.wait)
    await client.lost


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="split_client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--size", type=int, default=10, help="bytes in a piece (default: %(default)s)")
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between pieces (default: %(default)s)")
    parser.add_argument("--wait", type=float, default=5, help="seconds of silence to bear (default: %(default)s)")
    parser.add_argument("--path", default="/hello", help="what to GET (default: %(default)s)")
    parser.add_argument("--file", type=Path, help="a request to send as it stands, instead")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"argument port: a port is a number from 1 to 65535, not {options.port}")
    if not (options.size > 0 and 0 <= options.pause <= 3600 and 0 <= options.wait <= 3600):
        parser.error("--size is at least 1, --pause and --wait are from 0 to 3600 seconds")
    request = os.fsencode(f"GET {options.path} HTTP/1.1\r\nHost: {options.host}\r\nConnection: close\r\n\r\n")
    try:
        request = options.file.read_bytes() if options.file else request
    except OSError as error:
        parser.exit(2, f"split_client: can't read {options.file}: {error.strerror}\n")
    react(main, [options, request])
