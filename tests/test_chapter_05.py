"""What chapter 05 says in words and leaves to a test."""

import socket
from http.server import BaseHTTPRequestHandler
from unittest.mock import patch

from h2.config import H2Configuration
from h2.connection import H2Connection
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import Site

from snippets.http_channel.hello_site import root
from snippets.lens.trace import record
from snippets.lens.wire import Wire

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_bare_lf_waits_for_the_timeout():
    """A GET with bare LFs calls no lineReceived and gets no answer; after 60 seconds the connection is closed."""
    wire = Wire(root())
    with record(["HTTPChannel.lineReceived"]) as trace:
        assert wire.send(b"GET /hello HTTP/1.1\nHost: 127.0.0.1\n\n") == b""
    assert len(trace) == 0
    assert wire.channel._buffer == b"GET /hello HTTP/1.1\nHost: 127.0.0.1\n\n"
    assert wire.advance(59) == b""
    assert not wire.closed
    assert wire.advance(1) == b""
    assert wire.closed


def test_refused_before_a_request_is_made(monkeypatch):
    """A request line longer than totalHeadersSize, which is 10 here, gets a 400, and no Request is made."""
    wire = Wire(root())
    monkeypatch.setattr(wire.channel, "totalHeadersSize", 10)
    with record(["http.Request.__init__"]) as trace:
        assert wire.send(b"GET /hello HTTP/1.1\r\n").startswith(b"HTTP/1.1 400 ")
    assert len(trace) == 0


def test_with_the_default_limits_every_refused_first_line_has_a_request():
    assert HTTPChannel.totalHeadersSize == HTTPChannel.MAX_LENGTH


def test_space_before_the_colon():
    """Host with a space before its colon raises InvalidHeaderName in the name's encoder, and the answer is 400."""
    wire = Wire(root())
    with record(["_NameEncoder.encode", "HTTPChannel._respondToBadRequestAndDisconnect"]) as trace:
        assert wire.send(b"GET /hello HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n") == b"HTTP/1.1 400 Bad Request\r\n\r\n"
    refused = [event for event in trace.events if event.raised]
    assert [(event.args[1], event.raised.kind) for event in refused] == [(b"Host ", "InvalidHeaderName")]


def test_a_refused_request_is_told_of_the_end():
    """The Request of a refused line stays in the list: its connectionLost is called, its requestReceived is not."""
    wire = Wire(root())
    with record(["http.Request.connectionLost", "http.Request.requestReceived"]) as trace:
        wire.send(b"GET  /hello HTTP/1.1\r\n\r\n")
    assert [event.method for event in trace.events] == ["connectionLost"]
    assert len(wire.channel.requests) == 1


def test_a_byte_a_minute_keeps_the_connection():
    wire = Wire(root())
    for byte in b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r":
        assert wire.send(bytes([byte])) == b""
        assert wire.advance(59) == b""
        assert not wire.closed
    assert wire.send(b"\n").startswith(b"HTTP/1.1 200 OK")


def test_the_address_of_a_value_may_hold_a_colon():
    wire = Wire(root())
    with record(["Headers.addRawHeader"]) as trace:
        wire.send(b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n")
    assert (b"Host", b"127.0.0.1:8080") in [event.args[1:] for event in trace.events]


def test_a_refused_request_is_not_logged(tmp_path):
    """A refused request line leaves the access log empty, and a good one is in it."""
    log = tmp_path / "access.log"
    wire = Wire(root(), logPath=str(log))
    wire.send(b"GET  /hello HTTP/1.1\r\n\r\n")
    assert log.read_text() == ""
    wire = Wire(root(), logPath=str(log))
    wire.send(b"GET /hello HTTP/1.1\r\n\r\n")
    assert "GET /hello HTTP/1.1" in log.read_text()


def test_a_second_empty_line_is_a_request_line_also_between_requests():
    get = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert Wire(root()).send(get + b"\r\n" + get).count(b"200 OK") == 2
    refused = Wire(root()).send(get + b"\r\n\r\n" + get)
    assert (refused.count(b"200 OK"), refused.count(b"400 Bad Request")) == (1, 1)


def test_the_channel_of_a_site_holds_at_most_one_request():
    """The list of a channel that answers five pipelined requests has at most one of them at a time."""
    site = Site(root())
    assert site.timeOut == 60
    wire = Wire(root())
    most = 0

    class Counting(list):
        def append(self, item):
            nonlocal most
            super().append(item)
            most = max(most, len(self))

    wire.channel.requests = Counting()
    wire.send(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
    assert most == 1


SIX = [
    GET,
    GET + GET,
    b"\r\n" + GET,
    GET[:-2] + b"X-Long: one\r\n two\r\n\r\n",
    b"GET  /hello HTTP/1.1\r\n\r\n",
    GET[:-2] + b"no colon\r\nAccept: */*\r\n\r\n",
]


@given(st.sampled_from(SIX), st.lists(st.integers(1, 20)))
def test_the_answer_is_the_same_in_every_cut(data, sizes):
    """Six requests, good and bad, got the same answer in each cut that was tried as in one piece."""
    whole, cut = Wire(root()), Wire(root())
    assert cut.send(data, sizes) == whole.send(data)
    assert cut.closed == whole.closed


def test_one_handler_of_http_server_serves_a_connection():
    """In Python's http.server one handler object serves both requests of a connection."""
    served = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            served.append(self)

    client, server = socket.socketpair()
    with client, server:
        client.sendall(GET + GET)
        client.shutdown(socket.SHUT_WR)
        Handler(server, "client", None)
    assert len(served) == 2
    assert served[0] is served[1]


def test_a_long_target_gets_no_answer():
    """A GET whose target alone has 20000 bytes gets no byte of an answer here, and its connection is closed."""
    wire = Wire(root())
    assert wire.send(b"GET /hello?text=" + b"x" * 20000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == b""
    assert wire.closed


def test_limits_set_on_the_class_hold_for_every_site(monkeypatch):
    """With both limits of HTTPChannel at 32768, two sites keep a header line of 20000 bytes, and answer its end."""
    get = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + b"x" * 20000
    before = Site(root(), reactor=Clock())
    assert Wire(before).send(get + b"\r\n\r\n") == b""
    monkeypatch.setattr(HTTPChannel, "MAX_LENGTH", 32768)
    monkeypatch.setattr(HTTPChannel, "totalHeadersSize", 32768)
    for wire in (Wire(before), Wire(Site(root(), reactor=Clock()))):
        assert wire.send(get) == b""
        assert wire.channel._buffer.endswith(b"x" * 20000)
        assert wire.send(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def test_http2_asks_neither_limit():
    """A header of 20000 bytes, more than either limit allows, reaches a page over HTTP/2, and none over HTTP/1.1."""
    got = []

    class Sized(Resource):
        isLeaf = True

        def render_GET(self, request):
            got.append(len(request.getHeader(b"X-Long")))
            return b""

    wire = Wire(Sized())
    assert wire.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 20000 + b"\r\n\r\n") == b""
    wire = Wire(Sized())
    wire.transport.negotiatedProtocol = b"h2"
    client = H2Connection(H2Configuration(client_side=True))
    client.initiate_connection()
    names = {":method": "GET", ":path": "/", ":scheme": "https", ":authority": "a", "x-long": "x" * 20000}
    client.send_headers(1, [*names.items()], end_stream=True)
    with patch("twisted.internet.reactor", wire.reactor, create=True):
        wire.send(client.data_to_send())
    assert got == [20000]


def test_a_method_in_small_letters():
    """GET in small letters passes the parser; the page has no such method, and the answer is 501."""
    wire = Wire(root())
    with record(["_parseRequestLine", "Resource.render"]) as trace:
        assert wire.send(b"get /hello HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 501 Not Implemented\r\n")
    parsed, rendered, _ = trace.events  # The last is the page that says 501.
    assert not parsed.raised
    assert rendered.raised.kind == "UnsupportedMethod"
