"""Serves one big file three ways: by static.File, by a producer of its own, and written in a loop.

python -m snippets run big_file --size 1073741824 --port 8080
curl --limit-rate 1M -o /dev/null http://127.0.0.1:8080/file      a slow client; look at the server's memory
curl -r 0-99 http://127.0.0.1:8080/file | wc -c                   its first hundred bytes
curl --limit-rate 1M -o /dev/null http://127.0.0.1:8080/pull      no Content-Length: its length is not told
curl --limit-rate 1M -o /dev/null http://127.0.0.1:8080/loop      all of it is in memory at once

The file is sparse: it has a size, and takes no room on the disk. It is deleted at the end. With Ctrl-C the exit code
is 0.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IPullProducer
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from twisted.web.static import File
from zope.interface import implementer

PIECE = 65536  # bytes


@implementer(IPullProducer)
class Zeros:
    """Writes so many zeros, a piece each time that it is asked."""

    def __init__(self, request: Request, size: int) -> None:
        self.request, self.left = request, size

    def resumeProducing(self) -> None:
        if self.left:
            piece = min(PIECE, self.left)
            self.left -= piece
            self.request.write(bytes(piece))  # once, and then wait to be asked again
        else:
            self.request.unregisterProducer()
            self.request.finish()

    def stopProducing(self) -> None:
        """The client has gone. What is open is closed here, and in an errback of `notifyFinish` too."""


class Pulled(Resource):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def render_GET(self, request: Request) -> int:
        request.registerProducer(Zeros(request, self.size), False)  # False: it wants to be pulled
        return NOT_DONE_YET


class Loop(Resource):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def render_GET(self, request: Request) -> int:
        request.setHeader(b"Content-Length", b"%d" % self.size)
        for _ in range(self.size // PIECE):
            request.write(bytes(PIECE))  # nobody says pause
        request.write(bytes(self.size % PIECE))
        request.finish()
        return NOT_DONE_YET


def root(size: int = 1000) -> Resource:
    """The root resource of the site, with its file of so many bytes."""
    top = Resource()
    top.folder = TemporaryDirectory()  # deleted when `top` is
    path = Path(top.folder.name, "zeros.bin")
    with path.open("wb") as file:
        file.truncate(size)
    top.putChild(b"file", File(str(path), "application/octet-stream"))
    top.putChild(b"pull", Pulled(size))
    top.putChild(b"loop", Loop(size))
    return top


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="big_file", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1 << 30, help="bytes (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 < options.size <= 1 << 40:
        parser.error(f"argument --size: a number of bytes from 1 to {1 << 40}, not {options.size}")
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    try:
        site = Site(root(options.size))
    except OSError as error:
        parser.exit(2, f"{parser.prog}: can't make the file: {error.strerror}; try a smaller --size\n")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, site, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
