"""Serves a page on which ticks of the server appear one by one: server-sent events, the same to every visitor.

python -m snippets run server_sent_events --port 8080
http://127.0.0.1:8080/                  to be opened in a browser, as often as you like
curl -N http://127.0.0.1:8080/ticks     the events as they come

A visitor who does not read is left out until they read again. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
import math

from twisted.internet.base import ReactorBase
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import LoopingCall
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from twisted.web.static import Data
from zope.interface import implementer

PAGE = b"""<!DOCTYPE html>
<title>Ticks</title>
<ul></ul>
<script>
new EventSource("ticks").onmessage = (event) => {
    const item = document.createElement("li");
    item.textContent = event.data;
    document.querySelector("ul").append(item);
};
</script>
"""


@implementer(IPushProducer)
class Visitor:
    """An open response. The transport calls pauseProducing when too much of it waits to be sent."""

    def __init__(self, request: Request) -> None:
        self.request, self.reads = request, True
        request.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self.reads = False

    def resumeProducing(self) -> None:
        self.reads = True

    def stopProducing(self) -> None:
        """The connection is lost: `notifyFinish` says so as well."""


class Ticks(Resource):
    """Keeps its visitors' responses open, and writes each event to all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.visitors: set[Visitor] = set()
        self.count = 0

    def render_GET(self, request: Request) -> bytes | int:
        request.setHeader(b"Content-Type", b"text/event-stream")
        request.setHeader(b"Cache-Control", b"no-store")
        if request.method == b"HEAD":
            return b""
        request.write(b": welcome\n\n")  # a comment; with it the headers go out now
        visitor = Visitor(request)
        self.visitors.add(visitor)
        request.notifyFinish().addErrback(lambda reason: self.visitors.remove(visitor))
        return NOT_DONE_YET

    def tick(self) -> None:
        self.count += 1
        event = b"id: %d\ndata: tick %d\n\n" % (self.count, self.count)
        for visitor in self.visitors:
            if visitor.reads:
                visitor.request.write(event)


def root(reactor: ReactorBase | None = None, every: float = 1) -> Resource:
    """The root resource of the site; with a reactor it ticks."""
    top, ticks = Resource(), Ticks()
    top.putChild(b"", Data(PAGE, "text/html; charset=utf-8"))
    top.putChild(b"ticks", ticks)
    if reactor is not None:
        loop = LoopingCall(ticks.tick)
        loop.clock = reactor
        loop.start(every, now=False)
    return top


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="server_sent_events", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--every", type=float, default=1, help="seconds between two ticks (default: %(default)g)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    if not (math.isfinite(options.every) and 0.01 <= options.every <= 3600):
        parser.error(f"argument --every: from 0.01 to 3600, not {options.every}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        site = Site(root(reactor, options.every))
        port = reactor.listenTCP(options.port, site, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
