"""What chapter 06 says in words and leaves to a test."""

import re
import socket
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
import twisted
from h2.config import H2Configuration
from h2.connection import H2Connection
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.bodies.odd_requests import EVERY
from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.wire import Wire

WEB = Path(twisted.__file__).parent / "web"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Echo(Resource):
    isLeaf = True

    def render(self, request):
        return b"[%b]" % request.content.read()


class Waiting(Resource):
    """Answers no request before `answer` has fired."""

    isLeaf = True

    def __init__(self):
        super().__init__()
        self.answer = Deferred()

    def render(self, request):
        self.answer.addCallback(lambda _: request.finish())
        return NOT_DONE_YET


def post(*fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST / HTTP/1.1", b"Host: a", *fields, b"", b""]) + body


def chunked(body: bytes) -> bytes:
    return post(b"Transfer-Encoding: chunked", body=body)


def calls(data: bytes, *names: str, size=None) -> tuple[bytes, list[str]]:
    with record(names) as trace:
        response = Wire(Echo()).send(data, size)
    return response, [event.method for event in trace.events]


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=5), st.lists(st.integers(1, 20)), st.booleans())
def test_the_body_does_not_depend_on_the_cuts(parts, sizes, in_chunks):
    """A resource reads the same body, with a length or in chunks, in every cut that was tried."""
    body = b"".join(parts)
    if in_chunks:
        data = chunked(b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\nSum: 1\r\n\r\n")
    else:
        data = post(b"Content-Length: %d" % len(body), body=body)
    whole = Wire(Echo()).send(data + GET)
    assert b"[%b]" % body in whole
    assert whole.count(b"HTTP/1.1 200 OK") == 2
    assert Wire(Echo()).send(data + GET, sizes) == whole


def test_a_get_may_have_a_body():
    """The resource reads the body of a GET, and the GET behind it is answered too."""
    get = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    response = Wire(Echo()).send(get + GET)
    assert b"[hello]" in response
    assert response.count(b"200 OK") == 2


@pytest.mark.parametrize("first", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("second", [b"Content-Length: 5", b"Content-Length: 6", b"Transfer-Encoding: chunked"])
def test_a_second_header_that_sets_a_length_is_refused(first, second):
    """Two lengths, equal or not, chunked twice, and one of each, in either order, get a 400."""
    assert Wire(Echo()).send(post(first, second, body=b"0\r\n\r\n")) == b"HTTP/1.1 400 Bad Request\r\n\r\n"


def test_an_error_in_getContentFile_is_no_answer():
    """The connection is dropped without a response, and the error is logged."""
    wire = Wire(Echo())
    with logged() as failures, patch.object(wire.channel.site, "getContentFile", side_effect=ValueError, create=True):
        assert wire.send(post(b"Content-Length: 5")) == b""
    assert wire.closed
    assert [failure.type for failure in failures] == [ValueError]


def test_good_chunks_before_a_bad_one_reach_no_resource():
    """The good chunks reach handleContentChunk, the bad one gets a 400, and no request is handed over."""
    data = chunked(b"5\r\nhello\r\n" * 1000 + b"five\r\nhello\r\n0\r\n\r\n")
    response, called = calls(data, "http.Request.handleContentChunk", "http.Request.requestReceived")
    assert response == b"HTTP/1.1 400 Bad Request\r\n\r\n"
    assert called == ["handleContentChunk"] * 1000


def test_bytes_after_a_body_wait_undecoded():
    """While a request is at work, the next one is kept as it came, without a decoder."""
    resource = Waiting()
    wire = Wire(resource)
    second = post(b"Content-Length: 10000", body=b"x" * 10000)
    names = ["_IdentityTransferDecoder.dataReceived", "HTTPChannel.lineReceived"]
    wire.send(post(b"Content-Length: 5", body=b"hello"))
    with record(names) as trace:
        wire.send(second)
    assert len(trace) == 0
    assert b"".join(wire.channel._dataBuffer) == second
    assert wire.channel._transferDecoder is None
    with record(names) as trace:
        wire.reactor.callLater(0, resource.answer.callback, None)
        wire.receive()
    assert len(trace.of("_IdentityTransferDecoder.dataReceived")) == 1


def test_the_server_never_calls_noMoreData():
    """Of Twisted's modules only that of the HTTP client, twisted.web._newclient, calls noMoreData."""
    modules = [path for path in WEB.parent.rglob("*.py") if "test" not in path.parts]
    calling = [path for path in modules if ".noMoreData(" in path.read_text("utf-8")]
    assert calling == [WEB / "_newclient.py"]


def test_nobody_reads_the_trailers():
    """Twisted.web's source names the list of trailers twice: where it is made, and where a trailer is appended."""
    lines = [
        line.strip()
        for path in WEB.rglob("*.py")
        if "test" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if "_trailerHeaders" in line and "@ivar" not in line
    ]
    assert lines == [
        "self._trailerHeaders: list[bytearray] = []",
        "self._trailerHeaders.append(self._buffer[0:eolIndex])",
    ]


def test_100_continue_is_sent_also_without_a_body_and_never_by_http_1_0():
    """A POST without a body gets a 100 Continue too if it asks, and an HTTP/1.0 request gets none."""
    expect = b"Expect: 100-continue"
    assert Wire(Echo()).send(post(expect)).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    old = post(expect, b"Content-Length: 5", body=b"hello").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert b"100 Continue" not in Wire(Echo()).send(old)


def test_the_decoders_are_never_called_after_their_end():
    """Bodies that came byte by byte, with a request behind them, called no decoder after its end."""
    both = ["_ChunkedTransferDecoder._dataReceived_FINISHED", "_IdentityTransferDecoder.dataReceived"]
    with logged() as failures:
        for data in [chunked(b"0\r\n\r\n") + GET, post(b"Content-Length: 1", body=b"x") + GET]:
            response, called = calls(data, *both, size=1)
            assert response.count(b"200 OK") == 2
            assert "_dataReceived_FINISHED" not in called
    assert failures == []


@pytest.mark.parametrize(("digits", "answered"), [(4300, True), (4301, False)])
def test_a_length_has_at_most_as_many_digits_as_int_takes(digits, answered):
    """A length of 4300 digits is answered; with 4301 the connection is dropped and a ValueError is logged."""
    wire = Wire(Echo())
    with logged() as failures:
        response = wire.send(post(b"Content-Length: " + b"5".rjust(digits, b"0"), body=b"hello"))
    assert (b"[hello]" in response) is answered
    assert wire.closed is not answered
    assert [failure.type for failure in failures] == [ValueError] * (not answered)


@pytest.mark.parametrize(("size", "refused"), [(1023, False), (1024, True)])
def test_the_line_of_a_chunk_has_at_most_1023_bytes(size, refused):
    """A size and its extension pass with 1023 bytes together, and get a 400 with 1024."""
    response = Wire(Echo()).send(chunked(b"5;".ljust(size, b"x") + b"\r\nhello\r\n0\r\n\r\n"))
    assert (b"400 Bad Request" in response) is refused


def test_a_wrong_byte_after_a_chunk_is_judged_when_the_next_has_come():
    """A chunk with one byte too many is not answered until another byte has come, and then with a 400."""
    wire = Wire(Echo())
    assert wire.send(chunked(b"5\r\nhello!")) == b""
    assert wire.send(b"!") == b"HTTP/1.1 400 Bad Request\r\n\r\n"


@pytest.mark.parametrize("cut", range(1, 20))
def test_only_a_cut_in_the_last_line_end_makes_trailers_too_long(cut):
    """Of 19 cuts in trailers of 65536 bytes only that before the very last byte gets a 400."""
    data = chunked(b"0\r\n" + (b"x: ".ljust(8190, b"x") + b"\r\n") * 8 + b"\r\n")
    response = Wire(Echo()).send(data, [len(data) - cut])
    assert (b"400 Bad Request" in response) is (cut == 1)


def test_a_temporary_file_is_gone_when_the_request_is_finished_or_lost():
    """The file of a chunked body is closed when the response is finished, and when the client goes away."""
    for step in ["finish", "disconnect"]:
        resource = Waiting()
        wire = Wire(resource)
        wire.send(chunked(b"5\r\nhello\r\n"))
        content = wire.channel.requests[0].content
        assert not content.closed
        if step == "finish":
            wire.send(b"0\r\n\r\n")
            wire.reactor.callLater(0, resource.answer.callback, None)
            wire.receive()
        else:
            wire.disconnect()
        assert content.closed


def test_the_chapter_compares_as_many_requests_as_it_says():
    text = (Path(__file__).parents[1] / "chapters" / "06_bodies.md").read_text("utf-8")
    assert len(EVERY) == int(re.search(r"^## Further: three servers, (\d+) requests", text, re.MULTILINE)[1])


@pytest.mark.parametrize(
    ("method", "fields", "in_memory"),
    [
        ("GET", [], True),
        ("HEAD", [], True),
        ("POST", [], False),
        ("PUT", [], False),
        ("POST", [("content-length", "5")], True),
    ],
)
def test_over_http2_a_body_without_a_length_goes_to_disk(method, fields, in_memory):
    """Over HTTP/2, without a length, a POST and a PUT get a file on disk, and a GET and a HEAD memory."""
    wire = Wire(Waiting())
    wire.transport.negotiatedProtocol = b"h2"
    client = H2Connection(H2Configuration(client_side=True))
    client.initiate_connection()
    names = {":method": method, ":path": "/", ":scheme": "https", ":authority": "a"}
    client.send_headers(1, [*names.items(), *fields], end_stream=in_memory and not fields)
    with patch("twisted.internet.reactor", wire.reactor, create=True):
        wire.send(client.data_to_send())
    assert isinstance(wire.channel.streams[1]._request.content, BytesIO) is in_memory
    wire.disconnect()


def test_http_server_speaks_http_1_0_unless_it_is_told_otherwise():
    """By default http.server answers the first of two HTTP/1.1 requests, with HTTP/1.0, and not the second."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(204)
            self.end_headers()

    client, server = socket.socketpair()
    with client, server:
        client.sendall(GET + GET)
        client.shutdown(socket.SHUT_WR)
        Handler(server, "client", None)
        assert client.recv(9999) == b"HTTP/1.0 204 No Content\r\n\r\n"
