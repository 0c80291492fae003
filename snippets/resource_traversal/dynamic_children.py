"""Serves /users/NAME/posts/NUMBER with resources that are made when they are asked for, until Ctrl-C.

python -m snippets run dynamic_children --port 8080
curl http://127.0.0.1:8080/users/otter/posts/1

`getChild` is called with one segment, as bytes, and returns a resource or a 404 page.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.web import pages
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request, Site

POSTS = {b"otter": ["Fish", "More fish"], b"heron": ["Standing still"]}


class Text(Resource):
    """A page with nothing below it but itself: /users/ is the same as /users."""

    def text(self) -> str:
        raise NotImplementedError

    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        return self.text().encode() + b"\n"

    def getChild(self, segment: bytes, request: Request) -> IResource:
        return self if segment == b"" else pages.notFound(message="There is nothing here.")


class Users(Text):
    def text(self) -> str:
        return ", ".join(name.decode() for name in POSTS)

    def getChild(self, segment: bytes, request: Request) -> IResource:
        return User(segment) if segment in POSTS else super().getChild(segment, request)


class User(Text):
    def __init__(self, name: bytes) -> None:
        super().__init__()
        self.name = name
        # What is always there is put, not made: this User has children like any resource.
        self.putChild(b"posts", Posts(POSTS[name]))

    def text(self) -> str:
        return f"{self.name.decode()}, posts: {len(POSTS[self.name])}"


class Posts(Text):
    def __init__(self, titles: list[str]) -> None:
        super().__init__()
        self.titles = titles

    def text(self) -> str:
        return "\n".join(f"{number} {title}" for number, title in enumerate(self.titles, 1))

    def getChild(self, segment: bytes, request: Request) -> IResource:
        # int() would take " 1", "+1" and "1_0" as well.
        if segment.isdigit() and len(segment) < 10 and 1 <= int(segment) <= len(self.titles):
            return Post(self.titles[int(segment) - 1])
        return super().getChild(segment, request)


class Post(Text):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title

    def text(self) -> str:
        return self.title


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
