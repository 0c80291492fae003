"""Tells a request, in memory, that its client has gone; then answers it all the same, and prints what happens.

python -m snippets run gone
"""

import argparse

from twisted.internet.protocol import connectionDone
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel, Request


def main() -> None:
    channel = HTTPChannel()
    channel.makeConnection(StringTransport())
    request = Request(channel)  # the base class of what a page gets
    request.connectionLost(connectionDone)  # as the channel does when the client has gone
    print("write:", request.write(b"hello"))
    try:
        request.finish()
    except RuntimeError as error:
        print("RuntimeError:", error)


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="gone", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    main()
