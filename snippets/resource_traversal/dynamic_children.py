"""Serves /users/NAME with resources that are made when they are asked for, until Ctrl-C.

python -m snippets run dynamic_children --port 8080
curl http://127.0.0.1:8080/users/otter
curl http://127.0.0.1:8080/users/otter/newest

`getChild` is called with one segment, as bytes, and returns a resource or a 404 page.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.web import pages
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request, Site
from twisted.web.static import Data

POSTS = {b"otter": ["Fish", "More fish"], b"heron": ["Standing still"]}


class Users(Resource):
    def render_GET(self, request: Request) -> bytes:
        return b", ".join(POSTS) + b"\n"

    def getChild(self, segment: bytes, request: Request) -> IResource:
        return User(POSTS[segment]) if segment in POSTS else pages.notFound(message="There is nothing here.")


class User(Resource):
    def __init__(self, posts: list[str]) -> None:
        super().__init__()
        self.posts = posts
        # What is always there is put, not made: this User has children like any resource.
        self.putChild(b"newest", Data(posts[-1].encode() + b"\n", "text/plain"))

    def render_GET(self, request: Request) -> bytes:
        return f"posts: {len(self.posts)}\n".encode()


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    tree.putChild(b"users", Users())
    return tree


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="dynamic_children", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/users", flush=True)
    reactor.run()
    print("Stopped.")
