"""The book on a web server of Twisted's own: its pages, requests to have played, and what happens here, live."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.error import CannotListenError
from twisted.python.failure import Failure
from twisted.web.resource import IResource, Resource
from twisted.web.server import NOT_DONE_YET, Request
from twisted.web.static import File

from snippets.edition.children import Children, Died, TooLong, TooMany
from snippets.edition.guard import Guarded
from snippets.edition.live import Events, WatchedSite, Watching
from snippets.edition.plays import MOST_CHARACTERS, presets
from snippets.lens.errors import LensError


class _Pages(File):
    """The pages, as static files; a folder is not listed."""

    indexNames = ["index.html"]  # noqa: RUF012 # as Twisted has it

    def directoryListing(self) -> IResource:
        return self.childNotFound

    def render_GET(self, request: Request) -> bytes | int:
        # A browser asks each time whether a page is still the same, and gets it only if it isn't.
        request.setHeader("Cache-Control", "no-cache")
        return super().render_GET(request)


class Play(Resource):
    """Answers a POST of acts with a film and its texts, all as JSON."""

    isLeaf = True

    def __init__(self, children: Children) -> None:
        super().__init__()
        self._children = children

    def render_POST(self, request: Request) -> bytes | int:
        request.setHeader("Content-Type", "application/json")
        if request.getHeader("content-type") != "application/json":  # so that no form of another site can send it
            return _said(request, 415, "a play is sent as application/json")
        wanted = request.content.read(MOST_CHARACTERS + 1)  # type: ignore[attr-defined]
        if len(wanted) > MOST_CHARACTERS:
            return _said(request, 413, "a play of this size is not taken")
        gone: list[Failure] = []
        request.notifyFinish().addErrback(gone.append)
        # A line is what the process takes; a line end in JSON can only stand between its words.
        answer = self._children.play(wanted.replace(b"\n", b" ").replace(b"\r", b" "))
        answer.addCallbacks(_film, _failed, callbackArgs=(request, gone), errbackArgs=(request, gone))
        return NOT_DONE_YET


def _film(line: bytes, request: Request, gone: list[Failure]) -> None:
    if gone:
        return
    if line.startswith(b'{"error":'):
        request.setResponseCode(400)
    request.write(line)
    request.finish()


def _failed(failure: Failure, request: Request, gone: list[Failure]) -> None:
    kind = failure.trap(TooLong, TooMany, Died)
    if gone:
        return
    code, why = {
        TooLong: (503, "this took too long, and was stopped"),
        TooMany: (503, "too many plays are waiting: try again in a moment"),
        Died: (503, "what plays has ended, and begins anew: try again"),
    }[kind]
    request.write(_said(request, code, why))
    request.finish()


def _said(request: Request, code: int, why: str) -> bytes:
    request.setResponseCode(code)
    return json.dumps({"error": why}).encode()


class _Text(Resource):
    """One text, always the same."""

    isLeaf = True

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text.encode()

    def render_GET(self, request: Request) -> bytes:
        request.setHeader("Content-Type", "application/json")
        return self._text


def site(pages: Path, reactor: object, children: Children) -> WatchedSite:
    """The site that serves the pages in a folder, with what can be played and watched.

    Args:
        pages: the folder.
        reactor: tells the time.
        children: what plays.
    """
    root = _Pages(str(pages))
    watching = Watching(reactor)
    live = Resource()
    live.putChild(b"events", Events(watching))
    root.putChild(b"play", Play(children))
    root.putChild(b"presets", _Text(presets()))
    root.putChild(b"live", live)
    return WatchedSite(Guarded(root), reactor, watching)


def serve(pages: Path, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve the pages in a folder until Ctrl-C.

    Args:
        pages: the folder.
        host: the address to listen on, as a number.
        port: the port; 0 for a free one.
        ready: is called with the address, when it can be asked.

    Raises:
        LensError: nobody can listen there.
    """
    from twisted.internet import reactor

    children = Children(reactor)
    try:
        listening: Any = reactor.listenTCP(port, site(pages, reactor, children), interface=host)  # type: ignore[arg-type]
    except CannotListenError as error:
        raise LensError(f"nobody can listen on {host}:{port}: {error.socketError}; name another --port") from error
    shown = f"[{host}]" if ":" in host else host
    reactor.addSystemEventTrigger("before", "shutdown", children.stop)
    reactor.callWhenRunning(children.start)
    reactor.callWhenRunning(ready, f"http://{shown}:{listening.getHost().port}/")
    reactor.run()
