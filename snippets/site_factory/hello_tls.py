"""Serves /hello under TLS on 127.0.0.1, by HTTP/2 or HTTP/1.1 as agreed with each client, until Ctrl-C.

python -m snippets run hello_tls --port 8443
curl --insecure --http2 https://127.0.0.1:8443/hello
curl --insecure --http1.1 https://127.0.0.1:8443/hello

With --http1 the site no longer offers HTTP/2. The certificate is made anew at every start, kept in memory and signed by
itself: a client must be told to take it, as curl is by --insecure.
"""

import argparse
from typing import TYPE_CHECKING

from twisted.internet.error import CannotListenError
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

if TYPE_CHECKING:
    from twisted.internet.ssl import PrivateCertificate


class Hello(Resource):
    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        return b"Hello over " + request.clientproto + b"\n"


class Http1Site(Site):
    """A site that doesn't offer HTTP/2, as if the package h2 were not installed."""

    def acceptableProtocols(self) -> list[bytes]:
        return [b"http/1.1"]


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    tree.putChild(b"hello", Hello())
    return tree


def certificate() -> "PrivateCertificate":
    """A new key, and a certificate for it that is signed with that same key."""
    from twisted.internet.ssl import KeyPair  # The site can be had where there is no TLS.

    return KeyPair.generate().selfSignedCert(1, CN="127.0.0.1")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="hello_tls", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--http1", action="store_true", help="don't offer HTTP/2")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    site = Http1Site(root()) if options.http1 else Site(root())
    try:
        port = reactor.listenSSL(options.port, site, certificate().options(), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    # By then the reactor has taken over Ctrl-C.
    reactor.callWhenRunning(print, f"Listening on https://127.0.0.1:{port.getHost().port}/hello", flush=True)
    reactor.run()
    print("Stopped.")


if __name__ == "__main__":
    main()
