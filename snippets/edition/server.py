"""The book on a web server of Twisted's own: its pages, requests to have played, and what happens here, live."""

import json
import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)
from twisted.python.failure import Failure
from twisted.web.pages import notFound
from twisted.web.resource import IResource, Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from twisted.web.static import File

from snippets.edition.children import Children, Died, TooLong, TooMany
from snippets.edition.live import Events, WatchedSite, Watching
from snippets.edition.plays import presets
from snippets.lens.errors import LensError

# A segment of a page's address: none that leads elsewhere, and no name that begins with a dot.
_PAGE = re.compile(rb"(?!\.)[0-9A-Za-z@._-]*")


class Pages(File):
    """The pages, as static files; a folder is not listed, and what is no page is not there."""

    indexNames = ["index.html"]  # noqa: RUF012 # as Twisted has it
    # A browser runs a script only if it is called one, and what the machine calls it is up to the machine.
    contentTypes = File.contentTypes | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".css": "text/css",
        ".json": "application/json",
        ".wasm": "application/wasm",
    }

    def directoryListing(self) -> IResource:
        return self.childNotFound

    def getChild(self, path: bytes, request: Request) -> IResource:
        if not _PAGE.fullmatch(path):
            return self.childNotFound
        child = super().getChild(path, request)
        # What a link leads to was not made here.
        return self.childNotFound if isinstance(child, File) and child.islink() else child

    def render_GET(self, request: Request) -> bytes | int:
        # A browser asks each time whether a page is still the same, and gets it only if it isn't.
        request.setHeader("Cache-Control", "no-cache")
        return super().render_GET(request)


class Play(Resource):
    """Answers a POST of acts with a film and its texts, all as JSON."""

    isLeaf = True
    # A resource takes its own answer to GET for one to HEAD, and this has none.
    render_HEAD = None  # type: ignore[assignment] # Resource.render takes None for no method
    allowedMethods = (b"POST",)

    def __init__(self, children: Children) -> None:
        super().__init__()
        self._children = children

    def render_POST(self, request: Request) -> bytes | int:
        request.setHeader("Content-Type", "application/json")
        request.setHeader("Cache-Control", "no-store")
        kind = (request.getHeader(b"content-type") or b"").partition(b";")[0].strip().lower()
        if kind != b"application/json":  # so that no form of another site can send it
            return _said(request, 415, "a play is sent as application/json")
        # A line is what the process takes; a line end in JSON can only stand between its words.
        wanted = request.content.read().replace(b"\n", b" ").replace(b"\r", b" ")  # type: ignore[attr-defined]
        answer = self._children.play(wanted)
        request.notifyFinish().addErrback(lambda _: answer.cancel())
        answer.addCallbacks(_film, _failed, callbackArgs=(request,), errbackArgs=(request,))
        return NOT_DONE_YET


def _film(line: bytes, request: Request) -> None:
    if line.startswith(b'{"error":'):
        request.setResponseCode(400)
    request.setHeader("Content-Length", str(len(line)))
    request.write(line)
    request.finish()


def _failed(failure: Failure, request: Request) -> None:
    kind = failure.trap(TooLong, TooMany, Died, CancelledError)
    if kind is CancelledError:  # who asked has gone
        return
    why = {
        TooLong: "this took too long, and was stopped",
        TooMany: "too many plays are waiting: try again in a moment",
        Died: "what plays has ended, and begins anew: try again",
    }[kind]
    request.write(_said(request, 503, why))
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
    root = Pages(str(pages))
    watching = Watching(reactor)
    live = notFound()
    live.putChild(b"events", Events(watching))
    root.putChild(b"play", Play(children))
    root.putChild(b"presets", _Text(presets()))
    root.putChild(b"live", live)
    return WatchedSite(root, reactor, watching)


def bound(host: str, port: int) -> socket.socket:
    """A socket that takes connections, before there is anybody to answer them.

    Args:
        host: the address to listen on, as a number.
        port: the port; 0 for a free one.

    Raises:
        LensError: nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family)
    except OSError as error:
        # What Python says has the address once more. Of an address that can't be, the number is below 0, and no errno.
        said = (error.strerror or str(error)).partition(" (while ")[0]
        told = os.strerror(error.errno) if error.errno and error.errno > 0 else said
        raise LensError(f"nobody can listen on {host} port {port}: {told}; name another --port or --host") from error
    made.setblocking(False)  # as whatever a reactor is to turn
    return made


def serve(pages: Path, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve the pages in a folder, with requests to play and to watch, until Ctrl-C.

    Args:
        pages: the folder.
        listening: where, as `bound` made it.
        ready: is called with the address, when it is answered there.
    """
    from twisted.internet import reactor

    turning: Any = reactor
    children = Children(reactor)
    turning.addSystemEventTrigger("before", "shutdown", children.stop)
    turning.callWhenRunning(children.start)
    run_site(site(pages, reactor, children), listening, ready)


def run_site(site: Site, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Let a site answer until Ctrl-C.

    Args:
        site: what answers.
        listening: where, as `bound` made it.
        ready: is called with the address, when it is answered there.
    """
    from twisted.internet import reactor

    # Twisted keeps all that is logged until somebody takes it; what went wrong here is to be seen.
    wrong = FilteringLogObserver(textFileLogObserver(sys.stderr), [LogLevelFilterPredicate(LogLevel.critical)])
    globalLogBeginner.beginLoggingTo([wrong], redirectStandardIO=False)
    host, port = listening.getsockname()[:2]
    turning: Any = reactor
    turning.adoptStreamPort(listening.fileno(), listening.family, site)
    listening.close()  # the reactor has its own copy
    turning.callWhenRunning(ready, f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")
    turning.run()
