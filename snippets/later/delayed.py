"""Serves one slow answer in three ways: by a delayed call, from a thread, and asleep, which stops everybody else.

python -m snippets run delayed --port 8080 --seconds 5
curl http://127.0.0.1:8080/later        in another terminal at the same time: curl http://127.0.0.1:8080/quick
curl http://127.0.0.1:8080/thread       the same
curl http://127.0.0.1:8080/asleep       now /quick waits as well

Ctrl-C is an orderly end: the exit code is 0. It is not heard while the reactor is asleep.
"""

import argparse
import math
import time

from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from twisted.web.static import Data

SECONDS = 5.0


def work(seconds: float) -> bytes:
    """Takes long, and lets nothing else happen in its thread: a calculation, or a library that waits."""
    time.sleep(seconds)
    return b"done\n"


class Asleep(Resource):
    """Don't: the reactor's only thread does the work."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def render_GET(self, request: Request) -> bytes | int:
        return work(self.seconds)


class Waiting(Asleep):
    """Answers when a Deferred fires. Subclasses say which."""

    def render_GET(self, request: Request) -> bytes | int:
        answer = self.asked(request)
        gone = request.notifyFinish()
        gone.addErrback(lambda reason: answer.cancel())
        answer.addCallback(self.done, request)
        answer.addErrback(self.failed, request, gone)
        return NOT_DONE_YET

    def asked(self, request: Request) -> Deferred:
        raise NotImplementedError

    def done(self, body: bytes, request: Request) -> None:
        request.write(body)
        request.finish()

    def failed(self, failure: Failure, request: Request, gone: Deferred) -> None:
        if not gone.called:  # or nobody waits for an answer
            request.processingFailed(failure)


class Later(Waiting):
    """What only waits needs no thread: the reactor counts the seconds."""

    def asked(self, request: Request) -> Deferred:
        return deferLater(request.site.reactor, self.seconds, lambda: b"done\n")


class InThread(Waiting):
    """Work that would stop the reactor is done in a thread; its result comes back into the reactor's."""

    def asked(self, request: Request) -> Deferred:
        return deferToThread(work, self.seconds)


def root(seconds: float = SECONDS) -> Resource:
    """The root resource of the site."""
    top = Resource()
    for path, page in ((b"asleep", Asleep), (b"later", Later), (b"thread", InThread)):
        top.putChild(path, page(seconds))
    top.putChild(b"quick", Data(b"quick\n", "text/plain"))
    return top


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="delayed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long a page takes (default: %(default)g)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    if not (math.isfinite(options.seconds) and 0 <= options.seconds <= 3600):
        parser.error(f"argument --seconds: from 0 to 3600, not {options.seconds}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, Site(root(options.seconds)), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
