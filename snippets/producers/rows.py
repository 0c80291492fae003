"""Serves a table of unknown length, a row each time that a producer is asked for one.

python -m snippets run rows --port 8080
curl -s http://127.0.0.1:8080/ | tail -n 1
curl -s --limit-rate 10k http://127.0.0.1:8080/ | head -n 3      goes in the middle

Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.logger import Logger
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site


class Cursor:
    """Stands for a database's: it has so many rows, and is to be closed."""

    def __init__(self, count: int = 20_000) -> None:
        self.rows = iter(range(count))

    def fetchone(self) -> bytes | None:
        number = next(self.rows, None)
        return None if number is None else b"row %d\n" % number

    def close(self) -> None:
        print("The cursor is closed.", flush=True)


class Rows:
    """Writes one row each time that it is asked."""

    log = Logger()

    def __init__(self, request: Request, cursor: Cursor) -> None:
        self.request, self.cursor = request, cursor

    def resumeProducing(self) -> None:
        try:
            row = self.cursor.fetchone()
            if row is not None:
                self.request.write(row)
        except Exception:
            self.log.failure("{path} failed in the middle", path=self.request.path)
            self.done()
            (self.request.transport or self.request.channel).abortConnection()  # Over HTTP/2 the channel is one stream.
        else:
            if row is None:
                self.done()
                self.request.finish()

    def done(self) -> None:
        self.request.unregisterProducer()
        self.cursor.close()

    def stopProducing(self) -> None:
        self.cursor.close()  # The client has gone, and nobody will ask again.


class Table(Resource):
    isLeaf = True

    def __init__(self, query: type[Cursor] = Cursor) -> None:
        super().__init__()
        self.query = query

    def render_GET(self, request: Request) -> int:
        request.registerProducer(Rows(request, self.query()), False)  # False: it wants to be pulled
        return NOT_DONE_YET


def root() -> Resource:
    """The root resource of the site."""
    return Table()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="rows", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
