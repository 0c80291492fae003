"""Serves /hello with Twisted.web on 127.0.0.1, until Ctrl-C.

python -m snippets run hello_site --port 8080
python -m snippets trace hello_site "GET /hello"

Prints its URL as soon as it listens. Without --port the system chooses a free port. Ctrl-C is an orderly end: the
reactor stops, `reactor.run()` returns, and the exit code is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class Index(Resource):
    def render_GET(self, request: Request) -> bytes:
        return b'<!DOCTYPE html>\n<title>Hello</title>\n<p><a href="/hello">/hello</a></p>\n'


class Hello(Resource):
    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        return b"Hello from Twisted.web\n"


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    # The path of "/" is one empty segment.
    tree.putChild(b"", Index())
    tree.putChild(b"hello", Hello())
    return tree


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="hello_site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, Site(root()), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    # By then the reactor has taken over Ctrl-C.
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")


if __name__ == "__main__":
    main()
