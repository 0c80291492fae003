"""Gives the same bytes to three servers, Twisted, h11 and http.server, and says what each took them for."""

import http.server
import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from twisted.web.http import Request
from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.logged import logged
from snippets.lens.wire import CLIENT, Wire

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

WAITS = "waits"
DROPS = "drops it"


class Taken(NamedTuple):
    """A request as a server's application got it."""

    method: str
    body: bytes

    def __str__(self) -> str:
        body = self.body.decode("latin-1")
        shown = repr(body) if len(body) < 10 else f"{len(body)} bytes"
        return f"{self.method} {shown}" if body else self.method


class Verdict(NamedTuple):
    """What a server made of some bytes: the requests that its application got, and how it ended.

    `end` is "" if every byte belongs to one of those, `WAITS` if the server waits for the rest of another, `DROPS` if
    it closed without an answer, and a status code if it refused.
    """

    taken: tuple[Taken, ...]
    end: str

    def __str__(self) -> str:
        return ", ".join([*map(str, self.taken), *([self.end] if self.end else [])])


class _Taking(Resource):
    """Takes whatever it gets, and answers with nothing."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Taken] = []

    def render(self, request: Request) -> bytes:
        body = request.content.read() if request.content else b""
        self.taken.append(Taken(request.method.decode(), body))
        return b""


def by_twisted(data: bytes) -> Verdict:
    """What Twisted makes of `data`, over a `Wire`."""
    resource = _Taking()
    wire = Wire(resource)
    with logged() as failures:
        response = wire.send(data)
    if failures or (wire.closed and not response):
        return Verdict(tuple(resource.taken), DROPS)
    if response.endswith(b"400 Bad Request\r\n\r\n"):
        return Verdict(tuple(resource.taken), "400")
    if wire.closed:
        return Verdict(tuple(resource.taken), "")
    return Verdict(tuple(resource.taken), WAITS if wire.channel.requests or wire.channel._buffer else "")


def by_h11(data: bytes) -> Verdict:
    """What h11 makes of `data`, answering each request with an empty 200, as its manual says to.

    Raises:
        LensError: h11 is not installed.
    """
    try:
        import h11
    except ImportError:
        raise LensError("h11 is not installed: python -m pip install -r requirements.txt") from None
    connection = h11.Connection(h11.SERVER)
    if data:  # To h11 no bytes would mean that the client has closed.
        connection.receive_data(data)
    taken: list[Taken] = []
    method, body = "", bytearray()
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            return Verdict(tuple(taken), str(error.error_status_hint))
        if event is h11.NEED_DATA:
            begun = connection.their_state is not h11.IDLE or connection.trailing_data[0]
            return Verdict(tuple(taken), WAITS if begun else "")
        if isinstance(event, h11.Request):
            method, body = event.method.decode(), bytearray()
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            taken.append(Taken(method, bytes(body)))
            connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
            if connection.our_state is h11.SEND_BODY:  # a 200 to CONNECT is the end of HTTP
                connection.send(h11.EndOfMessage())
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return Verdict(tuple(taken), "")
            connection.start_next_cycle()


class _Starved(Exception):
    """A read would wait for bytes that have not been sent."""


class _Sent(io.RawIOBase):
    """What the client has sent; to read beyond it would be to wait."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._data.tell()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = self._data.readinto(buffer)
        if not count:
            raise _Starved
        return count


class _Socket:
    """As much of a socket as `socketserver.StreamRequestHandler` asks for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str, buffering: int) -> io.BufferedReader:
        return io.BufferedReader(_Sent(self._data))

    def sendall(self, data: bytes) -> None:
        """Nobody reads it."""


class _Handler(http.server.BaseHTTPRequestHandler):
    """Reads as many bytes as Content-Length says: http.server itself reads no body, and leaves that to its user."""

    protocol_version = "HTTP/1.1"

    # The constructor of `socketserver.BaseRequestHandler` would run the whole connection, and could not be asked after.
    def __init__(self, sock: _Socket, taken: list[Taken]) -> None:
        self.request, self.client_address, self._taken = sock, CLIENT, taken
        self.begun_at, self.refused_with = 0, ""
        self.setup()

    def do_GET(self) -> None:
        # Not answered: nobody reads what it says.
        self._taken.append(Taken(self.command, self.rfile.read(int(self.headers.get("Content-Length", 0)))))

    do_POST = do_GET

    def handle_one_request(self) -> None:
        self.begun_at = self.rfile.tell()
        super().handle_one_request()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        self.refused_with = str(int(code))
        super().send_error(code, message, explain)


def by_http_server(data: bytes) -> Verdict:
    """What Python's http.server makes of `data`, with a handler that reads the body that Content-Length announces."""
    taken: list[Taken] = []
    handler = _Handler(_Socket(data), taken)
    try:
        handler.handle()
    except _Starved:
        end = WAITS if handler.begun_at < len(data) else ""
    except (ValueError, OverflowError, MemoryError):
        # What int and read raise; `socketserver` would print a traceback and close the connection.
        end = DROPS
    else:
        end = handler.refused_with or (DROPS if handler.rfile.tell() < len(data) else "")
    return Verdict(tuple(taken), end)


SERVERS: dict[str, Callable[[bytes], Verdict]] = {
    "Twisted": by_twisted,
    "h11": by_h11,
    "http.server": by_http_server,
}


def compare(requests: Iterable[tuple[str, bytes]]) -> str:
    """A table of what each server makes of each of the named `requests`, a row each.

    Args:
        requests: pairs of a name for the row, and the bytes to send.

    Raises:
        LensError: there are none, or they are no such pairs; or h11 is not installed.
    """
    pairs = list(requests)
    if not pairs or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        raise LensError('there are no requests to compare: give pairs, as in [("nonsense", b"nonsense\\r\\n\\r\\n")]')
    rows = [("", *SERVERS)]
    rows += [(name, *(str(by(data)) for by in SERVERS.values())) for name, data in pairs]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
