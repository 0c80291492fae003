"""A demonstration site: a page for each way in which a resource can answer."""

from collections.abc import Iterable

from twisted.internet.interfaces import IPullProducer
from twisted.web.http import CACHED
from twisted.web.pages import errorPage, notFound
from twisted.web.resource import EncodingResourceWrapper, IResource, Resource
from twisted.web.server import NOT_DONE_YET, GzipEncoderFactory, Request
from twisted.web.static import Data
from zope.interface import implementer

from snippets.workshop.scenarios.demo_files import Locked, demo_files, demo_list
from snippets.workshop.scenarios.demo_pages import (
    Addressed,
    Cookies,
    Declared,
    Half,
    Moved,
    NoBytes,
    Pushed,
    Sized,
    Stale,
    Twice,
)


class Hello(Resource):
    """Answers GET, and so HEAD, at once."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        return b"Hello!\n"


class Echo(Resource):
    """Answers a POST with its body."""

    isLeaf = True

    def render_POST(self, request: Request) -> bytes:
        return request.content.read()  # type: ignore[attr-defined] # declared as the None that it begins as


class Form(Resource):
    """Answers a POST with its arguments: those of the query and those of the form, a line each."""

    isLeaf = True

    def render_POST(self, request: Request) -> bytes:
        args: dict[bytes, list[bytes]] = request.args  # type: ignore[assignment] # declared as the None it begins as
        return b"".join(b"%s=%s\n" % (name, b",".join(args[name])) for name in sorted(args))


class Later(Resource):
    """Answers when it is told to: its requests wait in a list."""

    isLeaf = True

    def __init__(self, waiting: list[Request]) -> None:
        super().__init__()
        self.waiting = waiting

    def render_GET(self, request: Request) -> int:
        self.waiting.append(request)
        # A client that goes away is an error to `notifyFinish`, and expected here.
        request.notifyFinish().addErrback(lambda _: None)
        return NOT_DONE_YET


class Chunked(Resource):
    """Answers in two writes and says no length, so that Twisted sends chunks."""

    isLeaf = True

    def render_GET(self, request: Request) -> int:
        request.write(b"first,")
        request.write(b"second\n")
        request.finish()
        return NOT_DONE_YET


class Big(Resource):
    """Answers with more than a transport takes before it pauses its producer (65536 bytes)."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        return b"0123456789abcdef" * 25_000


@implementer(IPullProducer)
class _Pieces:
    """Writes one piece each time it is asked, as the producer of `static.File` does."""

    def __init__(self, request: Request, pieces: Iterable[bytes]) -> None:
        self._request = request
        self._pieces = iter(pieces)

    def resumeProducing(self) -> None:
        piece = next(self._pieces, None)
        if piece is not None:
            self._request.write(piece)
        else:
            self._request.unregisterProducer()
            self._request.finish()

    def stopProducing(self) -> None:
        self._pieces = iter(())


class Pulled(Resource):
    """Answers with two pieces that fill the transport and a small one, each made when there is room for it."""

    isLeaf = True

    def render_GET(self, request: Request) -> int:
        request.registerProducer(_Pieces(request, [b"a" * 70_000, b"b" * 70_000, b"end\n"]), False)
        return NOT_DONE_YET


class Headless(Resource):
    """Answers GET and says that it can nothing else, so that Twisted has to make up an answer to HEAD."""

    isLeaf = True
    render_HEAD = None  # type: ignore[assignment] # Resource.render takes None for no method
    allowedMethods = (b"GET",)

    def render_GET(self, request: Request) -> bytes | int:
        return b"no head\n"


class HeadlessLater(Headless):
    """The same, answering later: an answer to HEAD can't wait for it."""

    def __init__(self, waiting: list[Request]) -> None:
        super().__init__()
        self.waiting = waiting

    def render_GET(self, request: Request) -> int:
        self.waiting.append(request)
        return NOT_DONE_YET


class Dated(Resource):
    """Has a version, so that a client need not fetch again what it has."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        known = request.setETag(b'"v1"') is CACHED or request.setLastModified(0) is CACHED
        return b"" if known else b"version 1\n"


class Visit(Resource):
    """Knows its visitors by a session, which is a cookie."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        return b"session %s\n" % request.getSession().uid


class Empty(Resource):
    """Answers 204, which has no body."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        request.setResponseCode(204)
        return b""


class Broken(Resource):
    """Raises instead of answering."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        raise RuntimeError("the resource is broken")


class DemoSite(Resource):
    """The root of the demonstration site. `waiting` holds the requests for /later that are not finished."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Request] = []
        pages: dict[bytes, IResource] = {
            b"": Hello(),
            b"hello": Hello(),
            b"echo": Echo(),
            b"form": Form(),
            b"later": Later(self.waiting),
            b"chunked": Chunked(),
            b"big": Big(),
            b"pulled": Pulled(),
            b"headless": Headless(),
            b"headless-later": HeadlessLater(self.waiting),
            b"dated": Dated(),
            b"visit": Visit(),
            b"zipped": EncodingResourceWrapper(Hello(), [GzipEncoderFactory()]),
            b"empty": Empty(),
            b"broken": Broken(),
            b"files": demo_files(),
            b"list": demo_list(),
            b"locked": Locked(),
            b"data": Data(b"Hello!\n", "text/plain"),
            b"nowhere": notFound(),
            b"gone": errorPage(410, "Gone", "It was here."),
            b"pushed": Pushed(),
            b"cookies": Cookies(),
            b"moved": Moved(),
            b"half": Half(),
            b"twice": Twice(),
            b"no-bytes": NoBytes(),
            b"sized": Sized(),
            b"stale": Stale(),
            b"addressed": Addressed(),
            b"declared": Declared(),
        }
        for segment, page in pages.items():
            self.putChild(segment, page)
