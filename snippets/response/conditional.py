"""Serves two pages that a client gets again only when they have changed: one has an ETag, the other a date.

python -m snippets run conditional --port 8080
curl -i http://127.0.0.1:8080/tag
curl -i -H 'If-None-Match: "b94d27b9934d3e08"' http://127.0.0.1:8080/tag
curl -i -X PUT -d 'another text' http://127.0.0.1:8080/tag

The tag changes with the text. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
import hashlib
import time

from twisted.internet.error import CannotListenError
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class Page(Resource):
    """A text that can be replaced by PUT."""

    def __init__(self, text: bytes, changed: float) -> None:
        super().__init__()
        self.text, self.changed = text, changed

    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        self.set_validator(request)  # it makes the status a 304, if the client has this text
        return self.text  # for a 304 only its length is sent

    def render_PUT(self, request: Request) -> bytes:
        self.text, self.changed = request.content.read(), time.time()
        return b"changed\n"


class Tagged(Page):
    def set_validator(self, request: Request) -> None:
        request.setETag(b'"%s"' % hashlib.sha256(self.text).hexdigest()[:16].encode())  # the quotes belong to it


class Dated(Page):
    def set_validator(self, request: Request) -> None:
        request.setLastModified(self.changed)


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    tree.putChild(b"tag", Tagged(b"hello world", time.time()))
    tree.putChild(b"date", Dated(b"hello world", time.time()))
    return tree


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="conditional", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
