"""Serves pages that take their time, and stops the work for a client that goes away.

python -m snippets run slow_page --port 8080
curl http://127.0.0.1:8080/3            is answered after three seconds
curl -m 1 http://127.0.0.1:8080/3       goes away after one

The path is the number of seconds. What begins, is done or is lost is printed. Ctrl-C is an orderly end: the exit code
is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure
from twisted.web import pages
from twisted.web.resource import IResource, Resource
from twisted.web.server import NOT_DONE_YET, Request, Site


class Seconds(Resource):
    def getChild(self, segment: bytes, request: Request) -> IResource:
        if segment.isdigit() and len(segment) < 5:
            return SlowPage(int(segment))
        return pages.notFound(message="Say how many seconds: /3")


class SlowPage(Resource):
    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds

    def render_GET(self, request: Request) -> int:
        print(request.path.decode(), "begins", flush=True)
        work = request.site.reactor.callLater(self.seconds, self.done, request)
        request.notifyFinish().addErrback(self.lost, request, work)
        return NOT_DONE_YET  # and not the page: that is written in `done`

    def done(self, request: Request) -> None:
        body = b"this is " + request.path
        request.setHeader(b"Content-Type", b"text/plain")
        request.setHeader(b"Content-Length", b"%d" % len(body))
        request.write(body)
        print(request.path.decode(), "is done", flush=True)
        request.finish()

    def lost(self, reason: Failure, request: Request, work: IDelayedCall) -> None:
        work.cancel()  # nobody waits for it any more
        print(request.path.decode(), "is lost:", reason.type.__name__, flush=True)


def root() -> Resource:
    """The root resource of the site."""
    return Seconds()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="slow_page", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
