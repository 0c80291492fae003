"""Serves pages that fail before or after their first byte, and prints what the site hears of it.

python -m snippets run failing --port 8080
curl -i http://127.0.0.1:8080/early         raises before its first write
curl -i http://127.0.0.1:8080/late          raises after it
curl -i http://127.0.0.1:8080/guarded       the same, and ends the connection
curl -i http://127.0.0.1:8080/text          returns a str

With --tracebacks the error page shows the traceback. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.logger import ILogObserver, LogEvent, Logger, globalLogBeginner
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from zope.interface import provider


class Early(Resource):
    def render_GET(self, request: Request) -> bytes:
        raise LookupError("no such order")


class Late(Resource):
    def render_GET(self, request: Request) -> bytes:
        request.write(b"<p>Your order: ")
        raise LookupError("no such order")


class Guarded(Resource):
    """A resource that does not let an error page into an answer that has begun: it ends the connection."""

    _log = Logger()

    def render(self, request: Request) -> bytes | int:
        try:
            return super().render(request)
        except Exception:
            if not request.startedWriting:
                raise  # Twisted makes a 405, a 501 or a 500 of it.
            self._log.failure("{path} failed after its first byte", path=request.path)
            if not request.finished:  # If it is, the response is complete and stays as it is.
                (request.transport or request.channel).abortConnection()  # Over HTTP/2 the channel is one stream.
            return NOT_DONE_YET


class GuardedLate(Guarded, Late):
    pass


class Text(Resource):
    def render_GET(self, request: Request) -> str:
        return "Hello\n"  # and not bytes


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    for name, page in {b"early": Early(), b"late": Late(), b"guarded": GuardedLate(), b"text": Text()}.items():
        tree.putChild(name, page)
    return tree


class ToldSite(Site):
    def log(self, request: Request) -> None:
        """Say what would stand in the access log."""
        print(f"access log: {request.path.decode('latin-1')} {request.code}", flush=True)


@provider(ILogObserver)
def say(event: LogEvent) -> None:
    if failure := event.get("log_failure"):
        print(f"logged: {failure.type.__name__}: {failure.getErrorMessage()}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="failing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--tracebacks", action="store_true", help="show the client the traceback")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    globalLogBeginner.beginLoggingTo([say], redirectStandardIO=False)
    site = ToldSite(root())
    site.displayTracebacks = options.tracebacks
    try:
        port = reactor.listenTCP(options.port, site, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
