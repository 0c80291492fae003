"""Serves one page with Twisted.web, asks for it as a client would, prints the answer and ends.

python -m snippets run first_request
python -m snippets run first_request /nothing/here
"""

import argparse

from twisted.internet.protocol import ClientFactory, Protocol
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class Page(Resource):
    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        return b"Hello from " + request.uri + b"\n"


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    tree.putChild(b"hello", Page())
    return tree


class Asking(Protocol):
    """Sends one GET, and prints what comes back until the server closes."""

    def connectionMade(self) -> None:
        self.transport.write(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % self.factory.target)
        self.received = b""

    def dataReceived(self, data: bytes) -> None:
        self.received += data

    def connectionLost(self, reason: Failure) -> None:
        self.factory.reactor.stop()  # First: should anything below fail, the program still ends.
        if not self.received:
            print(f"The server closed without an answer: {reason.getErrorMessage()}")
            return
        head, _, body = self.received.decode("latin-1").partition("\r\n\r\n")
        print(head.partition("\r\n")[0], body, sep="\n\n")


def target(text: str) -> bytes:
    if not text.startswith("/") or not text.isascii() or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError(f"a path begins with / and has no space, as in /hello, unlike {text!r}")
    return text.encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="first_request", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=target, nargs="?", default=b"/hello", help="what to GET (default: /hello)")
    options = parser.parse_args()

    # Importing the reactor installs it, so it is left to the moment when one is wanted.
    from twisted.internet import reactor

    client = ClientFactory.forProtocol(Asking)
    client.target, client.reactor = options.path, reactor
    port = reactor.listenTCP(0, Site(root()), interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, client)
    reactor.run()
