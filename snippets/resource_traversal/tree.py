"""Serves a small tree of resources on 127.0.0.1 and prints, for each request, the walk down it, until Ctrl-C.

python -m snippets run tree --port 8080
curl --path-as-is http://127.0.0.1:8080/docs//intro

The tree is made of `Page`, `Leaf` and a bare `Resource`. It is served inside a wrapper that prints each step and wraps
what the step found, so the tree itself knows nothing of the printing. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
from reprlib import repr as short  # Of a path with thousands of segments it shows six.

from twisted.internet.error import CannotListenError
from twisted.python.components import proxyForInterface
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request, Site


class Page(Resource):
    """Answers with its name, and with prepath and postpath as they are when it is rendered."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        return f"{self.name}, prepath {request.prepath}, postpath {request.postpath}\n".encode()


class Leaf(Page):
    isLeaf = True


def root() -> Resource:
    """The root resource of the site."""
    docs = Resource()
    docs.putChild(b"", Page("docs index"))
    docs.putChild(b"intro", Page("intro"))
    tree = Resource()
    tree.putChild(b"", Page("index"))
    tree.putChild(b"hello", Page("hello"))
    tree.putChild(b"docs", docs)
    tree.putChild(b"api", Leaf("api"))
    return tree


class Told(proxyForInterface(IResource)):
    """Stands in for a resource: passes everything on, and prints each step of a walk and where it ends."""

    def getChildWithDefault(self, segment: bytes, request: Request) -> IResource:
        child = self.original.getChildWithDefault(segment, request)
        asked, found = type(self.original).__name__, type(child).__name__
        print(f"  {asked} is asked for {short(segment)}, returns {found}; left: {short(request.postpath)}", flush=True)
        return Told(child)

    def render(self, request: Request) -> bytes | int:
        print(f"  {type(self.original).__name__} renders; left: {short(request.postpath)}", flush=True)
        return self.original.render(request)


class WalkSite(Site):
    def getResourceFor(self, request: Request) -> IResource:
        print(f"{request.method.decode()} {request.path.decode('latin-1')} is {short(request.postpath)}", flush=True)
        return super().getResourceFor(request)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="tree", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, WalkSite(Told(root())), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
