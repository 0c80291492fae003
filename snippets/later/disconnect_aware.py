"""Serves pages that are coroutines, and stops the work of a page whose visitor has gone.

python -m snippets run disconnect_aware --port 8080
curl http://127.0.0.1:8080/3            is answered after three steps of a second each
curl -m 1.5 http://127.0.0.1:8080/3     goes away in the middle of the second

The path is the number of steps. What a page does is printed. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse

from twisted.internet.defer import CancelledError, Deferred, FirstError, ensureDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import pages
from twisted.web.resource import IResource, Resource
from twisted.web.server import NOT_DONE_YET, Request, Site


class CoroutinePage(Resource):
    """A resource whose render_GET, render_POST and so on are coroutines that return the body."""

    log = Logger()

    def render(self, request: Request) -> int:
        work = ensureDeferred(super().render(request))
        gone = request.notifyFinish()
        gone.addErrback(lambda reason: work.cancel())
        work.addCallback(self.done, request, gone)
        work.addErrback(self.failed, request, gone)
        return NOT_DONE_YET

    def done(self, body: bytes, request: Request, gone: Deferred) -> None:
        if gone.called:
            return  # Nobody waits for an answer.
        if not isinstance(body, bytes):  # Twisted.web asks no more, once render has returned
            raise TypeError(f"a page returns bytes, not {type(body).__name__}")
        request.setHeader(b"Content-Length", b"%d" % len(body))
        request.write(body)
        request.finish()

    def failed(self, failure: Failure, request: Request, gone: Deferred) -> None:
        if gone.called:  # Nobody waits for an answer.
            cause = failure.value.subFailure if failure.check(FirstError) else failure  # gatherResults wraps it
            if not cause.check(CancelledError):  # which was asked for
                self.log.failure("{path} failed after its end", failure, path=request.path)
        elif not request.startedWriting:
            request.processingFailed(failure)
        else:
            self.log.failure("{path} failed after its first byte", failure, path=request.path)
            if not request.finished:  # An error page would become a part of the page: end the connection.
                (request.transport or request.channel).abortConnection()  # Over HTTP/2 the channel is one stream.


class Steps(CoroutinePage):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    async def render_GET(self, request: Request) -> bytes:
        path = request.path.decode()
        try:
            for step in range(1, self.count + 1):
                await deferLater(request.site.reactor, 1)  # stands for a step that takes its time
                print(path, "has done step", step, flush=True)
        except CancelledError:
            print(path, "stops: its visitor has gone", flush=True)
            raise
        return f"{self.count} steps\n".encode()


class Root(Resource):
    def getChild(self, segment: bytes, request: Request) -> IResource:
        if segment.isdigit() and len(segment) < 5:
            return Steps(int(segment))
        return pages.notFound(message="Say how many steps: /3")


def root() -> Resource:
    """The root resource of the site."""
    return Root()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="disconnect_aware", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
