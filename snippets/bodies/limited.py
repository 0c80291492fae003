"""Posts bodies, in memory, to a site that keeps no more of one than `LIMIT` bytes, and prints what it answers.

python -m snippets run limited
"""

import argparse
from io import BytesIO

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

LIMIT = 10  # bytes


class CountingFile(BytesIO):
    total = 0  # bytes that came

    def write(self, data: bytes) -> int:
        self.total += len(data)
        return super().write(data) if self.total <= LIMIT else len(data)


class LimitedSite(Site):
    def getContentFile(self, length: int | None) -> CountingFile:
        return CountingFile()

    def getResourceFor(self, request: Request) -> Resource:
        # Of this site no page gets a body, or a form, that was cut.
        return super().getResourceFor(request) if request.content.total <= LIMIT else TooLarge()


class TooLarge(Resource):
    def render(self, request: Request) -> bytes:
        request.setResponseCode(413)
        return b"%d bytes are more than %d" % (request.content.total, LIMIT)


class Upload(Resource):
    isLeaf = True

    def render_POST(self, request: Request) -> bytes:
        return b"%d bytes came" % len(request.content.read())


def main() -> None:
    for size in [LIMIT, LIMIT + 1]:
        channel, transport = LimitedSite(Upload(), reactor=Clock()).buildProtocol(None), StringTransport()
        channel.makeConnection(transport)
        channel.dataReceived(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size)
        channel.dataReceived(b"x" * size)
        answer = transport.value().decode().splitlines()
        print(answer[0], "-", answer[-1])


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="limited", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    main()
