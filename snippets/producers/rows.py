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
    """Stands for a database's: it is asked for row after row, and is to be closed. To close it twice does no harm."""

    closed = False

    def __init__(self, count: int = 20_000) -> None:
        self.rows = (b"row %d\n" % number for number in range(count))

    def fetchone(self) -> bytes | None:
        return next(self.rows, None)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            print("The cursor is closed.")


class Rows:
    """Writes one row each time that it is asked."""

    def __init__(self, request: Request, cursor: Cursor) -> None:
        self.request, self.cursor = request, cursor
        self.channel = request.channel  # kept: the request has none once the client has gone
        request.notifyFinish().addErrback(lambda reason: self.stopProducing())

    def resumeProducing(self) -> None:
        try:
            row = self.cursor.fetchone()
            if row is not None:
                self.request.write(row)
        except Exception:
            Logger().failure("{path} failed in the middle", path=self.request.path)
            self.stopProducing()
            (self.request.transport or self.channel).abortConnection()  # HTTP/2 has no transport for a request
        else:
            if row is None:
                self.request.unregisterProducer()
                self.cursor.close()
                self.request.finish()

    def stopProducing(self) -> None:
        self.channel.unregisterProducer()
        self.cursor.close()  # maybe not for the first time


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
