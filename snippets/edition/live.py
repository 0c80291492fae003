"""What happens on this very server, told as it happens: a lane a connection, the callbacks on it."""

import json
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

MOST_WATCHERS = 20
KEPT = 200  # of the last events, for whoever begins to watch
BEAT = 15.0  # seconds between two signs of life, when nothing else is sent


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
        self._beat = task.LoopingCall(self._send, b": still here\n\n")
        self._beat.clock = self._clock
        self.connections = 0

    def number(self) -> int:
        """A number for a connection that has begun."""
        self.connections += 1
        return self.connections

    def tell(self, connection: int, what: str, **more: Any) -> None:
        """Say what happens on a connection, to all who watch."""
        at = round(self._clock.seconds() - self._began, 4)
        event = json.dumps({"at": at, "connection": connection, "what": what} | more)
        line = f"data: {event}\n\n".encode()
        self._last.append(line)
        self._send(line)

    def add(self, request: Request) -> bool:
        """Begin to tell a watcher; False if there are too many."""
        if len(self._watchers) >= MOST_WATCHERS:
            return False
        if isinstance(request.channel, WatchedChannel):
            request.channel.aside = True  # or telling it would be told
        request.setHeader("Content-Type", "text/event-stream")
        request.setHeader("Cache-Control", "no-store")
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

    def _send(self, line: bytes) -> None:
        for watcher in list(self._watchers.values()):
            watcher.send(line)


class WatchedChannel(HTTPChannel):
    """Twisted's own channel, which tells of its callbacks; not on a connection that serves a watcher."""

    site: "WatchedSite"

    def connectionMade(self) -> None:
        self.number = self.site.watching.number()
        self.aside = False
        self.tell("connectionMade")
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        # The path of the watcher stands in its first bytes: the connection is known before its request is.
        self.aside = self.aside or self.site.path_of_watchers in data.partition(b"\r\n")[0]
        self.tell("dataReceived", bytes=len(data))
        super().dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.tell("connectionLost", why=reason.getErrorMessage())
        super().connectionLost(reason)

    def timeoutConnection(self) -> None:
        self.tell("timeoutConnection")
        super().timeoutConnection()

    def tell(self, what: str, **more: Any) -> None:
        """Say what happens here, unless it is caused by watching."""
        if not self.aside:
            self.site.watching.tell(self.number, what, **more)


class WatchedRequest(Request):
    """Twisted's own request, which tells of its callbacks."""

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
    return value.decode("ascii", "backslashreplace")


class WatchedSite(Site):
    """A site whose connections can be watched."""

    path_of_watchers = b" /live/events "

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

    def render_GET(self, request: Request) -> bytes | int:
        if self._watching.add(request):
            return NOT_DONE_YET
        request.setResponseCode(503)
        return b"too many are watching already\n"
