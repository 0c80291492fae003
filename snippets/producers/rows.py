"""Asks a page, in memory, for a table of unknown length, and says how many rows came.

python -m snippets run rows
"""

import argparse

from twisted.internet.base import ReactorBase
from twisted.internet.task import deferLater, react
from twisted.internet.testing import StringTransport
from twisted.logger import Logger
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site


class Cursor:
    """Stands for a database's: it is asked for row after row, and is to be closed."""

    def __init__(self, count: int = 20_000) -> None:
        self.rows = (b"row %d\n" % number for number in range(count))

    def fetchone(self) -> bytes | None:
        return next(self.rows, None)

    def close(self) -> None:
        print("The cursor is closed.")


class Rows:
    """Writes one row each time that it is asked."""

    def __init__(self, request: Request, cursor: Cursor) -> None:
        self.request, self.cursor = request, cursor

    def resumeProducing(self) -> None:
        try:
            row = self.cursor.fetchone()
            if row is not None:
                self.request.write(row)
        except Exception:
            Logger().failure("{path} failed in the middle", path=self.request.path)
            self.done()
            (self.request.transport or self.request.channel).abortConnection()  # HTTP/2 has no transport for a request
        else:
            if row is None:
                self.done()
                self.request.finish()

    def done(self) -> None:
        self.request.unregisterProducer()
        self.cursor.close()

    def stopProducing(self) -> None:
        self.cursor.close()  # the client has gone


class Table(Resource):
    isLeaf, query = True, Cursor

    def render_GET(self, request: Request) -> int:
        request.registerProducer(Rows(request, self.query()), False)  # False: it wants to be pulled
        return NOT_DONE_YET


async def main(reactor: ReactorBase) -> None:
    channel, transport = Site(Table(), reactor=reactor).buildProtocol(None), StringTransport()
    channel.makeConnection(transport)
    channel.dataReceived(b"GET / HTTP/1.0\r\n\r\n")
    while not transport.disconnecting:
        await deferLater(reactor, 0)
    print(transport.value().count(b"row"), "rows came.")


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="rows", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    react(main)
