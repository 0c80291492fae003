"""Serves on loopback, sends itself a request a byte at a time (as Slowloris does), and prints what ends it.

python -m snippets run slow_client --timeout 2                              says nothing at all
python -m snippets run slow_client --timeout 2 --every 0.2                  a byte is a sign of life
python -m snippets run slow_client --timeout 2 --every 0.2 --deadline 3     what stops that

--timeout is the idle timeout of `Site`. --deadline is the channel's below: how long a request may take to arrive, from
the first piece of it to the last. With Ctrl-C the exit code is 0.
"""

import argparse

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.task import LoopingCall, react
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class Page(Resource):
    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        return b"Hello\n"


class DeadlineChannel(HTTPChannel):
    deadline = 30  # seconds
    _overdue = None

    def dataReceived(self, data: bytes) -> None:
        if self._overdue is None and not self._handlingRequest:
            self._overdue = self.callLater(self.deadline, self.timeoutConnection)
        super().dataReceived(data)

    def allContentReceived(self) -> None:
        self._forget()
        super().allContentReceived()

    def connectionLost(self, reason: Failure) -> None:
        self._forget()
        super().connectionLost(reason)

    def timeoutConnection(self) -> None:
        self.setTimeout(None)  # whichever of the two came first: once is enough
        self._forget()
        super().timeoutConnection()

    def _forget(self) -> None:
        if self._overdue is not None and self._overdue.active():
            self._overdue.cancel()
        self._overdue = None


class SlowClient(Protocol):
    def __init__(self, reactor: ReactorBase) -> None:
        self.reactor, self.sent = reactor, 0
        self.lost: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.begun = self.reactor.seconds()

    def say(self, text: str) -> None:
        print(f"{self.reactor.seconds() - self.begun:5.1f} s  {text}", flush=True)

    def send_a_byte(self) -> None:
        self.transport.write(REQUEST[self.sent : self.sent + 1])
        self.sent = min(self.sent + 1, len(REQUEST))

    def dataReceived(self, data: bytes) -> None:
        self.say(data.splitlines()[0].decode())

    def connectionLost(self, reason: Failure) -> None:
        self.lost.callback(None)  # First: should the print fail, the program still ends.
        self.say(f"closed, {self.sent} of {len(REQUEST)} bytes sent")


async def main(reactor: ReactorBase, options: argparse.Namespace) -> None:
    DeadlineChannel.deadline = options.deadline
    site = Site(Page(), reactor=reactor, timeout=options.timeout)
    site.protocol = DeadlineChannel
    port = reactor.listenTCP(0, site, interface="127.0.0.1")
    address = HostnameEndpoint(reactor, "127.0.0.1", port.getHost().port)
    client = await connectProtocol(address, SlowClient(reactor))
    client.say("connected")
    sending = LoopingCall(client.send_a_byte)
    sending.start(options.every, now=False)
    await client.lost
    sending.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="slow_client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--timeout", type=float, default=2, help="the server's, in seconds (default: %(default)s)")
    parser.add_argument("--every", type=float, default=3600, help="seconds from byte to byte (default: %(default)s)")
    parser.add_argument("--deadline", type=float, default=3600, help="seconds for a request (default: %(default)s)")
    options = parser.parse_args()
    if not all(0 < seconds <= 3600 for seconds in vars(options).values()):
        parser.error("--timeout, --every and --deadline are more than 0 and at most 3600 seconds")
    react(main, [options])
