"""What chapter 11 says in words and leaves to a test."""

import io
from http.client import BadStatusLine, HTTPResponse

import pytest
from h2.events import DataReceived, ResponseReceived, StreamEnded
from twisted.internet.task import Clock
from twisted.web.http import CACHED
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site
from twisted.web.static import File

from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from tests.asked import over_http2

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OLD_GET = b"GET / HTTP/1.0\r\nHost: a\r\n\r\n"


class Page(Resource):
    """Answers with what a function returns."""

    isLeaf = True

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def render(self, request):
        return self.answer(request)


def sent(answer, data: bytes = GET) -> bytes:
    return Wire(Page(answer)).send(data)


def head(response: bytes) -> list[bytes]:
    return response.partition(b"\r\n\r\n")[0].splitlines()


def test_the_head_leaves_with_the_first_write_even_of_nothing():
    """The head leaves with a write of no bytes, and with finish where nothing was written."""

    def answer(request):
        if writes:
            request.write(b"")
        request.setHeader(b"X-Late", b"yes")
        request.finish()
        return NOT_DONE_YET

    for writes in [True, False]:
        with record(["HTTPChannel.writeHeaders", "server.Request.finish"]) as trace:
            response = sent(answer)
        in_finish = trace.of("writeHeaders")[0].depth > trace.of("server.Request.finish")[0].depth
        assert in_finish is not writes
        assert (b"X-Late: yes" in head(response)) is not writes


def test_nothing_is_logged_of_what_is_set_too_late():
    """A header, a status and a cookie that are set after the first write are not sent, and no error is logged."""

    def answer(request):
        request.write(b"")
        request.setHeader(b"X-Late", b"yes")
        request.setResponseCode(404)
        request.addCookie("late", "yes")
        request.finish()
        return NOT_DONE_YET

    with logged() as failures:
        response = sent(answer)
    assert failures == []
    assert head(response)[0] == b"HTTP/1.1 200 OK"
    assert b"late" not in response.lower()


def test_the_length_of_returned_bytes_takes_the_place_of_the_pages_own():
    """A page that sets Content-Length and returns bytes is sent with the length of these."""

    def answer(request):
        request.setHeader(b"Content-Length", b"2")
        return b"hello"

    assert [line for line in head(sent(answer)) if line.startswith(b"Content-Length")] == [b"Content-Length: 5"]


@pytest.mark.parametrize(
    ("data", "length", "framing", "closed"),
    [
        (GET, None, b"Transfer-Encoding: chunked", False),
        (GET, b"10", b"Content-Length: 10", False),
        (OLD_GET, b"10", b"Content-Length: 10", True),
        (OLD_GET, None, None, True),
    ],
)
def test_only_a_body_without_length_and_chunks_ends_with_the_connection(data, length, framing, closed):
    """Half a body has a length or chunks that say so, unless it goes to HTTP/1.0 and the page gave it no length."""

    def answer(request):
        if length:
            request.setHeader(b"Content-Length", length)
        request.write(b"half!")
        return NOT_DONE_YET

    wire = Wire(Page(answer))
    first, _, body = wire.send(data).partition(b"\r\n\r\n")
    said = [line for line in first.splitlines() if line.startswith((b"Content-Length", b"Transfer-Encoding"))]
    assert said == ([framing] if framing else [])
    # The last chunk, or the other half, has not come.
    assert body == (b"5\r\nhalf!\r\n" if b"chunked" in first else b"half!")
    assert wire.channel.persistent is not closed


def test_a_page_that_overlooks_cached_sends_a_304_without_a_body():
    """A page that sets the tag which the client has, and returns its text all the same, is a 304 without a body."""

    def answer(request):
        assert request.setETag(b'"v1"') is CACHED
        return b"the page"

    response = sent(answer, GET[:-2] + b'If-None-Match: "v1"\r\n\r\n')
    assert head(response)[0] == b"HTTP/1.1 304 Not Modified"
    assert b"Content-Length: 8" in head(response)
    assert response.endswith(b"\r\n\r\n")


def test_a_page_that_looks_at_the_result_can_stop_there():
    """A page that calls finish where setETag returns CACHED is a 304."""

    def answer(request):
        if request.setETag(b'"v1"') is CACHED:
            request.finish()
            return NOT_DONE_YET
        made.append(request)
        return b"the page"

    made = []
    response = sent(answer, GET[:-2] + b'If-None-Match: "v1"\r\n\r\n')
    assert made == []
    assert head(response)[0] == b"HTTP/1.1 304 Not Modified"
    assert b'ETag: "v1"' in head(response)
    assert response.endswith(b"\r\n\r\n")
    assert sent(answer).endswith(b"\r\n\r\nthe page")


def test_a_tag_set_as_a_header_is_not_compared():
    """An ETag from setHeader gets a client that has it a 200."""

    def answer(request):
        request.setHeader(b"ETag", b'"v1"')
        return b"the page"

    response = sent(answer, GET[:-2] + b'If-None-Match: "v1"\r\n\r\n')
    assert head(response)[0] == b"HTTP/1.1 200 OK"
    assert b'ETag: "v1"' in head(response)
    assert response.endswith(b"\r\n\r\nthe page")


@pytest.mark.parametrize(("tag", "status"), [(b'"v1"', b"304 Not Modified"), (b'"v0"', b"200 OK")])
def test_a_page_with_a_tag_and_a_time_goes_by_its_tag(tag, status):
    """A page that calls setETag, and sets Last-Modified as a header, sends both, and compares the tag alone."""
    time = b"Sun, 09 Sep 2001 01:46:40 GMT"

    def answer(request):
        request.setETag(b'"v1"')
        request.setHeader(b"Last-Modified", time)
        return b"the page"

    response = sent(answer, GET[:-2] + b"If-None-Match: " + tag + b"\r\nIf-Modified-Since: " + time + b"\r\n\r\n")
    assert head(response)[0] == b"HTTP/1.1 " + status
    assert b'ETag: "v1"' in head(response)
    assert b"Last-Modified: " + time in head(response)


def test_to_set_transfer_encoding_chunks_nothing():
    """Bytes returned by a page that sets Transfer-Encoding are not in chunks."""

    def answer(request):
        request.setHeader(b"Transfer-Encoding", b"chunked")
        return b"hello"

    response = sent(answer)
    assert b"Transfer-Encoding: chunked" in head(response)
    assert response.endswith(b"\r\n\r\nhello")


def test_over_http2_there_are_no_chunks_and_a_late_header_is_lost_too():
    """Over HTTP/2 no Transfer-Encoding comes, and no late header."""

    def answer(request):
        request.write(b"Hello, ")
        request.setHeader(b"X-Late", b"yes")
        request.setResponseCode(404)
        request.write(b"world\n")
        request.finish()
        return NOT_DONE_YET

    events, failures, _ = over_http2(Page(answer))
    (response,) = (event for event in events if isinstance(event, ResponseReceived))
    fields = {name.lower(): value for name, value in response.headers}
    assert fields[":status"] == "200"
    assert "x-late" not in fields
    assert "transfer-encoding" not in fields
    assert [event.data for event in events if isinstance(event, DataReceived) and event.data] == [
        b"Hello, ",
        b"world\n",
    ]
    assert any(isinstance(event, StreamEnded) for event in events)
    assert failures == []


def test_over_http2_a_large_piece_travels_in_several_frames():
    """Over HTTP/2 a piece of 20000 bytes comes whole, in more than one frame."""
    events, _, _ = over_http2(Page(lambda request: b"x" * 20_000))
    pieces = [event.data for event in events if isinstance(event, DataReceived) and event.data]
    assert b"".join(pieces) == b"x" * 20_000
    assert len(pieces) > 1


def test_what_was_written_before_not_done_yet_leaves_before_the_rest():
    """A page that writes and returns NOT_DONE_YET has its head and its first piece sent before it writes again."""

    def answer(request):
        requests.append(request)
        request.write(b"please wait")
        return NOT_DONE_YET

    requests = []
    with Turns() as hand:
        client = hand.connect(hand.listen(Site(Page(answer), reactor=Clock())))
        hand.turn()
        client.sendall(GET)
        hand.until(lambda: bool(requests))
        assert hand.writers == ["Server#1"]
        hand.turn()
        assert hand.writers == []
        assert client.recv(1000).endswith(b"b\r\nplease wait\r\n")


def test_a_length_that_is_too_large_leaves_the_client_waiting():
    """A response with a Content-Length of one byte too many leaves the connection open, and nothing more comes."""

    def answer(request):
        request.setHeader(b"Content-Length", b"6")
        request.write(b"hello")
        request.finish()
        return NOT_DONE_YET

    wire = Wire(Page(answer))
    assert wire.send(GET).endswith(b"\r\n\r\nhello")
    assert wire.advance(59) == b""
    assert not wire.closed


class Came(io.BytesIO):
    """What has come over a connection, as http.client wants it; to close it would be to lose the next response."""

    def makefile(self, mode):
        return self

    def close(self):
        pass


def test_a_length_that_is_too_small_costs_the_next_request_its_page():
    """Python's http.client raises BadStatusLine at the response behind one whose Content-Length is too small."""

    def answer(request):
        request.setHeader(b"Content-Length", b"6")
        request.write("Grüße\n".encode())
        request.finish()
        return NOT_DONE_YET

    came = Came(sent(answer, GET + GET))
    first, second = HTTPResponse(came), HTTPResponse(came)
    first.begin()
    assert first.read() == "Grüß".encode()
    with pytest.raises(BadStatusLine):
        second.begin()


def test_three_pieces_are_four_chunks_in_one_send():
    """A page that writes three pieces and finishes is sent as three chunks and the last one, by one send."""

    def answer(request):
        for piece in [b"one", b"two", b"three"]:
            request.write(piece)
        request.finish()
        return NOT_DONE_YET

    with record(["Connection.writeSomeData"]) as trace:
        response = sent(answer)
    assert response.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n")
    assert len(trace.events) == 1


def test_max_age_is_text():
    """A max_age that is a number raises AttributeError, and the page is a 500."""

    def answer(request):
        request.addCookie("a", "b", max_age=60)
        return b""

    with logged() as failures:
        response = sent(answer)
    assert [failure.type for failure in failures] == [AttributeError]
    assert head(response)[0] == b"HTTP/1.1 500 Internal Server Error"


def test_a_file_that_has_not_changed_is_a_304_with_a_length_of_zero(tmp_path):
    """A static.File answers 304 to a client that has it, with a Content-Length of 0, whatever its size."""
    (tmp_path / "file").write_bytes(b"not empty")
    wire = Wire(File(str(tmp_path)))
    ask = b"GET /file HTTP/1.1\r\nHost: a\r\n"
    (changed,) = (line for line in head(wire.send(ask + b"\r\n")) if line.startswith(b"Last-Modified: "))
    response = wire.send(ask + changed.replace(b"Last-Modified", b"If-Modified-Since") + b"\r\n\r\n")
    assert head(response)[0] == b"HTTP/1.1 304 Not Modified"
    assert b"Content-Length: 0" in head(response)
