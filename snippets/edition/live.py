"""What happens on this very server, told as it happens: a lane a connection, the callbacks on it."""

import json
import re
from collections import deque
from typing import Any

from twisted.internet import task
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import IResource, Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from zope.interface import implementer

from snippets.edition.guard import GuardedRequest

MOST_WATCHERS = 20
KEPT = 200  # of the last events, for whoever begins to watch
BEAT = 15.0  # seconds between two signs of life
LONGEST = 200  # characters of a request that are told
MOST_HELD = 100  # events that wait until a request line is whole


@implementer(IPushProducer)
class _Watcher:
    """One who watches; while nothing more fits on the way there, what happens is left out."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._missed = 0
        self._paused = False
        request.registerProducer(self, True)

    def send(self, line: bytes) -> None:
        if self._paused:
            self._missed += 1
        else:
            self._request.write(line)

    def beat(self) -> None:
        """Show that the server is still there; a connection that has ended unnoticed is found out by it."""
        if not self._paused:
            self._request.write(b": still here\n\n")

    def pauseProducing(self) -> None:
        self._paused = True

    def resumeProducing(self) -> None:
        self._paused = False
        if self._missed:
            missed, self._missed = self._missed, 0
            self._request.write(b'data: {"missed": %d}\n\n' % missed)

    def stopProducing(self) -> None:
        self._paused = True


class Watching:
    """Who watches, and what has happened; `tell` says what happens now."""

    def __init__(self, reactor: object) -> None:
        self._clock = IReactorTime(reactor)
        self._began = self._clock.seconds()
        self._watchers: dict[Request, _Watcher] = {}
        self._last: deque[bytes] = deque(maxlen=KEPT)
        self._beat = task.LoopingCall(self._beats)
        self._beat.clock = self._clock
        self._connections = 0

    def number(self) -> int:
        """A number for a connection that has begun."""
        self._connections += 1
        return self._connections

    def now(self) -> float:
        """Seconds since the server began."""
        return round(self._clock.seconds() - self._began, 4)

    def tell(self, event: dict[str, Any]) -> None:
        """Say what has happened, to all who watch: when ("at"), on which "connection", and "what"."""
        line = f"data: {json.dumps(event)}\n\n".encode()
        self._last.append(line)
        for watcher in list(self._watchers.values()):
            watcher.send(line)

    def add(self, request: Request) -> bool:
        """Begin to tell a watcher; False if there are too many."""
        if len(self._watchers) >= MOST_WATCHERS:
            return False
        if isinstance(request.channel, WatchedChannel):
            request.channel.look_aside()
        request.write(b"retry: 1000\n\n" + b"".join(self._last))
        request.notifyFinish().addBoth(lambda _: self._remove(request))
        self._watchers[request] = _Watcher(request)
        if not self._beat.running:
            self._beat.start(BEAT, now=False)
        return True

    def _remove(self, request: Request) -> None:
        self._watchers.pop(request, None)
        if not self._watchers and self._beat.running:
            self._beat.stop()

    def _beats(self) -> None:
        for watcher in list(self._watchers.values()):
            watcher.beat()


class WatchedChannel(HTTPChannel):
    """Twisted's own channel, which tells of its callbacks; not of those that watching causes.

    Whether a request may be one to watch, its first line says, and that may come in pieces: until then what happens is
    held back, and told when the line is whole. Of a request that may be one it is held until it is: a refusal is told.
    """

    site: "WatchedSite"

    def connectionMade(self) -> None:
        self._number = self.site.watching.number()
        self._held: list[dict[str, Any]] | None = []  # None: this request is one to tell of, or not, as `_aside` says
        self._aside = False
        self._asks = False  # may this request be one to watch?
        self._shown = False  # has anything been told of this connection?
        self.tell("connectionMade")
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        self.tell("dataReceived", bytes=len(data))
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        if line and not self._asks:
            self._asks = self._held is not None and self.site.asks_to_watch(line) is not None
            if not self._asks:
                self._decide(aside=False)
        super().lineReceived(line)

    def requestDone(self, request: Request) -> None:
        self._decide(aside=False)
        self._held, self._asks = [], False
        super().requestDone(request)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        lost = self._event("connectionLost", why=reason.getErrorMessage())
        if self._held is not None:
            self._held.append(lost)
            # Of a connection that did nothing but watch there is nothing to say.
            self._decide(aside=not self._shown and all(event["what"] != "connectionMade" for event in self._held))
        elif self._shown:  # who has been told of its beginning is told of its end, also if it has begun to watch
            self.site.watching.tell(lost)
        super().connectionLost(reason)

    def timeoutConnection(self) -> None:
        self.tell("timeoutConnection")
        super().timeoutConnection()

    def tell(self, what: str, **more: Any) -> None:
        """Say what happens here, unless it is caused by watching."""
        event = self._event(what, **more)
        if self._held is None:
            if not self._aside:
                self.site.watching.tell(event)
            return
        self._held.append(event)
        if len(self._held) > MOST_HELD:  # no browser sends its line in so many pieces
            self._decide(aside=False)

    def _event(self, what: str, **more: Any) -> dict[str, Any]:
        return {"at": self.site.watching.now(), "connection": self._number, "what": what} | more

    def look_aside(self) -> None:
        """Tell nothing more of this request: telling of it would have to be told."""
        # Its line may have come in another writing, as /live/%65vents.
        self._held, self._aside = None, True

    def _decide(self, aside: bool) -> None:
        if self._held is None:
            return
        held, self._held, self._aside = self._held, None, aside
        if not aside:
            self._shown = True
            for event in held:
                self.site.watching.tell(event)


class WatchedRequest(GuardedRequest):
    """Twisted's own request, guarded, which tells of its callbacks."""

    def process(self) -> None:
        self._tell("process", request=f"{_text(self.method)} {_text(self.uri)}")
        super().process()

    def render(self, resrc: Any) -> None:
        self._tell("render", resource=type(resrc).__name__)
        super().render(resrc)

    def write(self, data: bytes) -> None:
        self._tell("write", bytes=len(data))
        super().write(data)

    def finish(self) -> None:
        self._tell("finish", code=self.code)
        super().finish()

    def _tell(self, what: str, **more: Any) -> None:
        if isinstance(self.channel, WatchedChannel):
            self.channel.tell(what, **more)


def _text(value: bytes) -> str:
    text = value.decode("ascii", "backslashreplace")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


class WatchedSite(Site):
    """A site whose connections can be watched."""

    asks_to_watch = re.compile(rb"\S+ /live/events[ ?/]").match  # asked of the first line of a request

    def __init__(self, root: IResource, reactor: object, watching: Watching) -> None:
        super().__init__(root, requestFactory=WatchedRequest, reactor=reactor)
        self.watching = watching

    def protocol(self) -> WatchedChannel:  # type: ignore[override] # a factory's protocol is whatever makes one
        return WatchedChannel()


class Events(Resource):
    """The stream of what happens: server-sent events."""

    isLeaf = True

    def __init__(self, watching: Watching) -> None:
        super().__init__()
        self._watching = watching

    def render_HEAD(self, request: Request) -> bytes:
        self._describe(request)
        return b""

    def render_GET(self, request: Request) -> bytes | int:
        self._describe(request)
        if self._watching.add(request):
            return NOT_DONE_YET
        request.setResponseCode(503)
        request.setHeader("Content-Type", "text/plain; charset=utf-8")
        return b"too many are watching already\n"

    def _describe(self, request: Request) -> None:
        request.setHeader("Content-Type", "text/event-stream")
        request.setHeader("Cache-Control", "no-store")
