"""Visits a page that is a coroutine, in memory, and leaves before its answer or after it.

python -m snippets run left_early --after 1        seconds; the page takes two
"""

import argparse

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock, deferLater
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site


class CoroutinePage(Resource):
    def render(self, request: Request) -> int:
        work = ensureDeferred(super().render(request))
        gone = request.notifyFinish()
        gone.addErrback(lambda reason: work.cancel())
        work.addCallback(self.done, request)
        work.addErrback(self.failed, request, gone)
        return NOT_DONE_YET

    def done(self, body: bytes, request: Request) -> None:
        request.setHeader(b"Content-Length", b"%d" % len(body))
        request.write(body)
        request.finish()

    def failed(self, failure: Failure, request: Request, gone: Deferred) -> None:
        if not gone.called:
            request.processingFailed(failure)


class TwoSeconds(CoroutinePage):
    isLeaf = True

    async def render_GET(self, request: Request) -> bytes:
        try:
            return await deferLater(request.site.reactor, 2, lambda: b"two seconds later\n")
        except CancelledError:
            print("The page stops.")
            raise


def main(after: int) -> None:
    clock, transport = Clock(), StringTransport()
    channel = Site(TwoSeconds(), reactor=clock).buildProtocol(None)
    channel.makeConnection(transport)
    channel.dataReceived(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    clock.advance(after)
    channel.connectionLost(Failure(ConnectionLost()))
    print("The visitor got:", *transport.value().decode().splitlines() or ["nothing"], sep="\n    ")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="left_early", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--after", type=int, choices=range(4), default=1, help="seconds (default: %(default)s)")
    main(parser.parse_args().after)
