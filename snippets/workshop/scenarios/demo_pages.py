"""Pages of the demonstration site that do with the response what `twisted.web` has a method for, or what is wrong."""

from collections.abc import Iterable, Iterator

from twisted.internet.interfaces import IPushProducer
from twisted.web.http import Request as PlainRequest
from twisted.web.resource import EncodingResourceWrapper, IResource, Resource
from twisted.web.server import NOT_DONE_YET, GzipEncoderFactory, Request
from zope.interface import implementer


@implementer(IPushProducer)
class _Push:
    """Writes whenever it may, and stops when it is told to; a turn of the reactor is between two writes."""

    def __init__(self, request: Request, pieces: Iterable[bytes]) -> None:
        self._request = request
        self._pieces: Iterator[bytes] = iter(pieces)
        self._paused = False

    def resumeProducing(self) -> None:
        self._paused = False
        for piece in self._pieces:
            self._request.write(piece)
            if self._paused:
                return
        self._request.unregisterProducer()
        self._request.finish()

    def pauseProducing(self) -> None:
        self._paused = True

    def stopProducing(self) -> None:
        self._paused = True
        self._pieces = iter(())


class Pushed(Resource):
    """Answers as fast as the transport takes it."""

    isLeaf = True

    def render_GET(self, request: Request) -> int:
        producer = _Push(request, [b"a" * 70_000, b"b" * 70_000, b"end\n"])
        request.registerProducer(producer, True)
        producer.resumeProducing()
        return NOT_DONE_YET


class Cookies(Resource):
    """Sets cookies with everything that a cookie can have; `?same-site=none` asks for one that Twisted refuses."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        limits = {"expires": "Thu, 01 Jan 2026 00:00:00 GMT", "max_age": "60", "comment": "a; b"}
        request.addCookie("all", "1", **limits, domain="lens.example", path="/", secure=True, httpOnly=True)
        request.addCookie(b"strict", b"2", sameSite="strict")
        args: dict[bytes, list[bytes]] = request.args  # type: ignore[assignment] # declared as the None it begins as
        for kind in args.get(b"same-site", []):
            request.addCookie("bad", "3", sameSite=kind.decode())
        return b"cookies\n"


class Moved(Resource):
    """Has moved."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        request.redirect(b"/hello")
        return b""


class Half(Resource):
    """Raises when it has written half of its answer."""

    isLeaf = True

    def render_GET(self, request: Request) -> int:
        request.write(b"half")
        raise RuntimeError("and no more")


class Twice(Resource):
    """Writes to a request that it has finished."""

    isLeaf = True

    def render_GET(self, request: Request) -> int:
        request.finish()
        request.write(b"too late")
        return NOT_DONE_YET


class NoBytes(Resource):
    """Returns text, where bytes are asked for."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        return "text"  # type: ignore[return-value] # that is its mistake


class Sized(Resource):
    """Says its length and its status by itself."""

    isLeaf = True

    def render_GET(self, request: Request) -> int:
        request.setResponseCode(200, b"Fine")
        request.responseHeaders.setRawHeaders("X-Listed", ["one", "two"])
        request.setHeader(b"Content-Length", b"6")
        request.write(b"sized\n")
        request.finish()
        return NOT_DONE_YET


class Stale(Resource):
    """Was changed a day after 1970 began, and says when in two ways that agree."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        request.setLastModified(86400)
        request.setHeader(b"Last-Modified", b"Fri, 02 Jan 1970 00:00:00 GMT")
        return b"stale\n"


class Addressed(Resource):
    """Says who asked, and for what."""

    isLeaf = True

    def render_GET(self, request: PlainRequest) -> bytes:
        scheme = b"https" if request.isSecure() else b"http"
        fields = b",".join(sorted(request.getAllHeaders()))
        return b"%s %s %s\n" % (scheme, request.getRequestHostname(), fields)


class Declared(Resource):
    """Has pages below it that say an encoding of their own before they are compressed."""

    def getChild(self, path: bytes, request: PlainRequest) -> IResource:
        request.setHeader(b"Content-Encoding", b"identity")
        return EncodingResourceWrapper(Sized(), [GzipEncoderFactory()])
