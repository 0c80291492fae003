"""Serves one note at two addresses, and answers at one of them every method as HTTP asks.

python -m snippets run methods --port 8080
curl -i -X DELETE http://127.0.0.1:8080/plain     a method that neither has: Twisted's own answer
curl -i -X DELETE http://127.0.0.1:8080/polite    the answer of a render that catches UnsupportedMethod
curl -i -X OPTIONS http://127.0.0.1:8080/polite
curl -T README.md http://127.0.0.1:8080/polite    PUT: the note is now that file

Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.web import pages
from twisted.web.error import UnsupportedMethod
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class Note(Resource):
    text = b"Buy milk\n"

    def render_GET(self, request: Request) -> bytes:
        """Answer a HEAD as well: Resource.render_HEAD calls this."""
        request.setHeader(b"Content-Type", b"text/plain")
        return self.text

    def render_PUT(self, request: Request) -> bytes:
        self.text = request.content.read()
        return b"Kept.\n"


class PoliteNote(Note):
    # In the place of the list that Twisted makes of all names that begin with render_.
    allowedMethods = (b"GET", b"HEAD", b"OPTIONS", b"PUT")

    def render_OPTIONS(self, request: Request) -> bytes:
        request.setHeader(b"Allow", b", ".join(self.allowedMethods))
        return b""

    def render(self, request: Request) -> object:
        try:
            return super().render(request)
        except UnsupportedMethod as unsupported:
            request.setHeader(b"Allow", b", ".join(unsupported.allowedMethods))
            return pages.errorPage(405, "Method Not Allowed", "See Allow.").render(request)


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    tree.putChild(b"plain", Note())
    tree.putChild(b"polite", PoliteNote())
    return tree


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="methods", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
