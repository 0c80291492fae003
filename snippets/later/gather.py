"""Serves a page made from three slow sources: asked in turn, asked at once, and with a time limit for each.

python -m snippets run gather --port 8080
curl http://127.0.0.1:8080/in-turn      takes as long as the three together
curl http://127.0.0.1:8080/at-once      takes as long as the slowest
curl http://127.0.0.1:8080/in-time      leaves out what has not come after 2.5 seconds

Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
from collections.abc import Callable

from twisted.internet.base import ReactorBase
from twisted.internet.defer import CancelledError, Deferred, FirstError, TimeoutError, ensureDeferred, gatherResults
from twisted.internet.error import CannotListenError
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

SOURCES = {"traffic": 3, "news": 2, "weather": 1}  # seconds
LIMIT = 2.5


def ask(reactor: ReactorBase, name: str) -> Deferred[str]:
    """A source: the Deferred of its answer."""
    return deferLater(reactor, SOURCES[name], lambda name: f"{name}: all well\n", name)


async def in_turn(reactor: ReactorBase) -> list[str]:
    return [await ask(reactor, name) for name in SOURCES]


async def at_once(reactor: ReactorBase) -> list[str]:
    return await gatherResults([ask(reactor, name) for name in SOURCES], consumeErrors=True)


async def in_time(reactor: ReactorBase) -> list[str]:
    asked = [ask(reactor, name).addTimeout(LIMIT, reactor).addErrback(left_out, name) for name in SOURCES]
    return await gatherResults(asked, consumeErrors=True)


def left_out(failure: Failure, name: str) -> str:
    failure.trap(TimeoutError)  # Another error is passed on.
    return f"{name}: no answer in {LIMIT} s\n"


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


class Gathered(CoroutinePage):
    def __init__(self, gather: Callable) -> None:
        super().__init__()
        self.gather = gather

    async def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        return "".join(await self.gather(request.site.reactor)).encode()


def root() -> Resource:
    """The root resource of the site."""
    top = Resource()
    for path, gather in ((b"in-turn", in_turn), (b"at-once", at_once), (b"in-time", in_time)):
        top.putChild(path, Gathered(gather))
    return top


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="gather", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
