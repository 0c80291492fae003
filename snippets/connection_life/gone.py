"""Has a client ask for a page, in memory, and go away; then writes to the page, finishes it, and prints what happens.

python -m snippets run gone
"""

import argparse

from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site


class Later(Resource):
    isLeaf = True

    def render_GET(self, request: Request) -> int:
        self.request = request
        return NOT_DONE_YET


def main() -> None:
    page = Later()
    channel = Site(page, reactor=Clock()).buildProtocol(None)
    channel.makeConnection(StringTransport())
    channel.dataReceived(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    channel.connectionLost(Failure(ConnectionDone()))  # as the transport does when the client has gone
    print("write:", page.request.write(b"hello"))
    try:
        page.request.finish()
    except RuntimeError as error:
        print("RuntimeError:", error)


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="gone", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    main()
