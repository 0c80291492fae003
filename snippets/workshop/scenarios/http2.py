"""Conversations over HTTP/2, as if TLS had agreed on it, and how to have them over a wire."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple
from unittest import mock

from h2.config import H2Configuration
from h2.connection import H2Connection as Client
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from snippets.lens.wire import Wire
from snippets.workshop.scenarios.conversation import Advance, Disconnect, Finish, Reading, Send, Step, Write, take
from snippets.workshop.scenarios.demo_site import DemoSite


class Ask(NamedTuple):
    """The client opens a stream with the head of a request; `end`: there is no body."""

    path: str
    method: str = "GET"
    fields: tuple[tuple[str, str], ...] = ()
    end: bool = True


class Body(NamedTuple):
    """The client sends a piece of the body of a request; streams are 1, 3, 5 ..."""

    data: bytes
    stream: int = 1
    end: bool = True


class Frames(NamedTuple):
    """The client does what else there is: `make` is given h2's connection and calls one of its methods."""

    make: Callable[[Client], object]


class Over2(NamedTuple):
    """A conversation over HTTP/2: a name, what it shows in one sentence, and its steps."""

    name: str
    about: str
    steps: tuple[Step | Ask | Body | Frames, ...]


def reset(stream: int = 1) -> Frames:
    return Frames(lambda client: client.reset_stream(stream))


_WINDOW = 900_000  # bytes of one answer that the client takes before it must grant more
_ROOM = Frames(lambda client: client.increment_flow_control_window(900_000))  # for the connection as a whole
_MORE = Frames(lambda client: client.increment_flow_control_window(1, 1))  # for one stream
_PING = Frames(lambda client: client.ping(b"12345678"))
_GOODBYE = Frames(lambda client: client.close_connection())
_EXPECTING = (("content-length", "5"), ("expect", "100-continue"))

HTTP2: tuple[Over2, ...] = (
    Over2("h2-get", "A GET.", (Ask("/hello"),)),
    Over2("h2-head", "HEAD.", (Ask("/hello", "HEAD"),)),
    Over2("h2-post", "A body with its length.", (Ask("/echo", "POST", _EXPECTING, end=False), Body(b"Hello"))),
    Over2(
        "h2-post-no-length",
        "A body without a length, in two pieces.",
        (Ask("/echo", "POST", end=False), Body(b"Hel", end=False), Body(b"lo")),
    ),
    Over2("h2-cookies", "Two cookie fields.", (Ask("/hello", fields=(("cookie", "a=1"), ("cookie", "b=2"))),)),
    Over2(
        "h2-two-at-once",
        "Two that wait at the same time; the second to ask is answered as well.",
        (Ask("/later"), Ask("/later"), Finish(), Write(b"late"), Finish()),
    ),
    Over2("h2-file", "A file.", (_ROOM, Ask("/files/big.bin"))),
    Over2("h2-pulled", "Pieces that are made when there is room.", (_ROOM, Ask("/pulled"))),
    Over2("h2-pushed", "A producer that writes as it may.", (_ROOM, Ask("/pushed"))),
    Over2("h2-more-room", "Room is granted while a page is waited for.", (Ask("/later"), _MORE, _ROOM, Finish())),
    Over2(
        "h2-first",
        "A stream that is to come first.",
        (
            _ROOM,
            Ask("/big"),
            Frames(lambda client: client.prioritize(1, weight=200)),
            Frames(lambda client: client.prioritize(5, depends_on=1)),
        ),
    ),
    Over2(
        "h2-reset",
        "The client gives a request up, and grants it more room all the same.",
        (Ask("/later"), reset(), Ask("/hello")),
    ),
    Over2(
        "h2-bad-form",
        "A body that is no form: 400.",
        (Ask("/form", "POST", (("content-type", "multipart/form-data"),), end=False), Body(b"no parts")),
    ),
    Over2("h2-ping", "A ping.", (_PING,)),
    Over2("h2-goodbye", "The client takes its leave.", (Ask("/later"), _GOODBYE)),
    Over2(
        "h2-malformed",
        "Bytes that are no frame: the connection is closed.",
        (Ask("/later"), Send(b"GET / HTTP/1.1\r\n\r\n")),
    ),
    Over2("h2-timeout-idle", "60 s after an answer.", (Ask("/hello"), Advance(60))),
    Over2("h2-timeout-waiting", "A page that takes longer than 60 s is cut off.", (Ask("/later"), Advance(60))),
    Over2(
        "h2-timeout-abort",
        "A client that doesn't read is cut off 15 s after the time-out.",
        (Reading(False), Ask("/hello"), Advance(60), Advance(15)),
    ),
    Over2(
        "h2-not-reading",
        "A client that doesn't read: what answers its pings waits.",
        (Reading(False), _ROOM, Ask("/big"), _PING, Reading(True)),
    ),
    Over2("h2-disconnect", "The client goes away before its answer.", (Ask("/later"), Disconnect())),
    Over2(
        "h2-disconnect-producer",
        "The client goes away in the middle of a file.",
        (Reading(False), _ROOM, Ask("/files/big.bin"), Disconnect()),
    ),
)


def play2(scenario: Over2) -> None:
    """Have a conversation over HTTP/2 with a new demonstration site, over a wire.

    Raises:
        LensError: as by `Wire`.
    """
    site = DemoSite()
    wire = Wire(site)
    # Over TLS the transport has this attribute; a channel asks for it when the first bytes come.
    wire.transport.negotiatedProtocol = b"h2"  # type: ignore[attr-defined]
    client = Client(H2Configuration(client_side=True, header_encoding="ascii"))
    client.local_settings = Settings(client=True, initial_values={SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW})
    client.initiate_connection()
    # HTTP/2 in Twisted asks for the global reactor, whichever its site was given.
    with mock.patch("twisted.internet.reactor", wire.reactor, create=True):
        for step in scenario.steps:
            _take(step, client, wire, site)


def _take(step: Step | Ask | Body | Frames, client: Client, wire: Wire, site: DemoSite) -> None:
    match step:
        case Ask(path, method, fields, end):
            head = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "lens.example")]
            client.send_headers(client.get_next_available_stream_id(), [*head, *fields], end_stream=end)
        case Body(data, stream, end):
            client.send_data(stream, data, end_stream=end)
        case Frames(make):
            make(client)
    answer = wire.send(client.data_to_send()) if isinstance(step, Ask | Body | Frames) else take(step, wire, site, [])
    with suppress(ProtocolError):  # an answer may be to a stream that the client has given up
        client.receive_data(answer)
