"""What chapter 10 says in words and leaves to a test."""

import pytest
from h2.events import StreamEnded, StreamReset
from twisted.internet.task import Clock
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

from snippets.lens.logged import logged
from snippets.lens.wire import Wire
from snippets.render import failing, methods
from tests.asked import over_http2
from tests.programs import run

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
EARLY = GET.replace(b"/ ", b"/early ")
ERROR_PAGE = b"<html><head><title>Processing Failed</title></head><body><b>Processing Failed</b></body></html>"


class Page(Resource):
    """A page whose render_GET is the function that it is made with."""

    isLeaf = True

    def __init__(self, function):
        super().__init__()
        self.render_GET = function


class ToldSite(Site):
    """A site that keeps, of each response, the code in the access log and the number of bytes sent by then."""

    told = ()

    def log(self, request):
        out = request.transport.socket.outbox
        self.told = (*self.told, (request.code, request.sentLength, len(out)))


def split(response: bytes) -> tuple[bytes, bytes]:
    head, _, body = response.partition(b"\r\n\r\n")
    return head, body


def answered(function, data: bytes = GET) -> tuple[bytes, bytes, list[str], tuple]:
    """Head and body of the response, the names of what was logged, and what the access log was told."""
    site = ToldSite(Page(function), reactor=Clock())
    with logged() as failures:
        response = Wire(site).send(data)
    return *split(response), [failure.type.__name__ for failure in failures], site.told


def test_the_access_log_has_its_line_before_a_byte_is_sent():
    """When the access log is told of a page of five bytes, all five count as sent, and the socket has got none."""
    head, body, _, told = answered(lambda request: b"hello")
    assert (head[:15], body) == (b"HTTP/1.1 200 OK", b"hello")
    assert told == ((200, 5, 0),)


@pytest.mark.parametrize("before", [b"", b"one"])
def test_writing_text_ends_in_an_error_page_inside_a_200(before):
    """A page that writes a str gets a 200 whose chunked body holds the error page, and a TypeError is logged."""

    def writes_text(request):
        if before:
            request.write(before)
        request.write("hello")

    head, body, logged_names, told = answered(writes_text)
    first = b"3\r\none\r\n" if before else b""
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == first + b"5f\r\n" + ERROR_PAGE + b"\r\n0\r\n\r\n"
    assert logged_names == ["TypeError"]
    assert told[0][0] == 500


def test_a_page_that_returns_what_write_returned():
    """A page that returns request.write(b"hello") gets a 200: a chunk with hello, one with an error page, the end."""
    head, body, logged_names, _ = answered(lambda request: request.write(b"hello"))
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body.startswith(b"5\r\nhello\r\n")
    assert b"<title>500 - Request did not return bytes</title>" in body
    assert b"Value: <pre>None</pre>" in body
    assert body.endswith(b"\r\n0\r\n\r\n")
    assert logged_names == []


@pytest.mark.parametrize("shown", [True, False])
def test_a_page_that_returns_text_shows_it_to_the_visitor(shown):
    """The error page for a page that returned text has this text and the repr of the resource, in any case."""

    class Text(Resource):
        isLeaf = True

        def __repr__(self):
            return "the repr of the page"

        def render_GET(self, request):
            return "what it returned"

    site = Site(Text(), reactor=Clock())
    site.displayTracebacks = shown
    body = split(Wire(site).send(GET))[1]
    assert b"the repr of the page" in body
    assert b"what it returned" in body


def test_what_is_set_after_the_first_write_is_not_sent():
    """Of a cookie and a 404 that are set after the first write, neither is sent, and the access log has the 404."""

    def late(request):
        request.write(b"one")
        request.addCookie(b"a", b"1")
        request.setResponseCode(404)
        request.setHeader(b"X-Late", b"yes")
        request.finish()
        return NOT_DONE_YET

    head, _, _, told = answered(late)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Cookie" not in head
    assert b"X-Late" not in head
    assert told[0][0] == 404


def test_a_finish_alone_is_a_head_and_the_last_chunk():
    """A page that only finishes is answered over HTTP/1.1 with a head that says chunked, and the empty chunk."""

    def finishes(request):
        request.finish()
        return NOT_DONE_YET

    head, body, _, _ = answered(finishes)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\nTransfer-Encoding: chunked")
    assert body == b"0\r\n\r\n"


def test_an_empty_first_write_writes_the_head():
    """A code that is set after write(b"") reaches no client: the head is the one of a 200."""

    def empty(request):
        request.write(b"")
        request.setResponseCode(404)
        return b"hello"

    head, body, _, told = answered(empty)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == b"5\r\nhello\r\n0\r\n\r\n"
    assert told[0][0] == 404


def test_an_error_page_inside_a_200_over_http_1_0():
    """Over HTTP/1.0 a page that fails too late is a 200 with the error page behind its beginning, and a close."""
    with logged():
        wire = Wire(failing.root())
        head, body = split(wire.send(GET.replace(b"/ HTTP/1.1", b"/late HTTP/1.0")))
    assert head.splitlines()[0].endswith(b" 200 OK")
    assert body == b"<p>Your order: " + ERROR_PAGE
    assert wire.closed


def test_a_page_with_its_own_wrong_length_is_sent_with_the_right_one():
    def lies(request):
        request.setHeader(b"Content-Length", b"1000")
        return b"hello"

    head, body, _, _ = answered(lies)
    assert b"\r\nContent-Length: 5\r\n" in head
    assert body == b"hello"


def test_a_page_that_asks_for_the_end_is_told_before_anything_is_sent():
    told = []

    def asks(request):
        out = request.transport.socket.outbox
        request.notifyFinish().addCallback(lambda _: told.append(len(out)))
        return b"hello"

    answered(asks)
    assert told == [0]


@pytest.mark.parametrize("code", [204, 304])
def test_a_response_that_has_no_body_drops_what_is_written(code):
    def writes(request):
        request.setResponseCode(code)
        request.write(b"one")
        request.write(b"two")
        request.finish()
        return NOT_DONE_YET

    head, body, _, told = answered(writes)
    assert head.startswith(b"HTTP/1.1 %d " % code)
    assert b"Content-Type" not in head
    assert body == b""
    assert told == ((code, 0, 0),)


def test_an_empty_write_is_no_chunk():
    def writes(request):
        for data in [b"one", b"", b"two"]:
            request.write(data)
        request.finish()
        return NOT_DONE_YET

    assert answered(writes)[1] == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


def test_until_logging_is_set_up_a_traceback_goes_to_standard_error():
    """In a program that has set up no logging, the traceback of a page that raises is written to standard error."""
    code = (
        f"from snippets.lens.wire import Wire; from snippets.render import failing; Wire(failing.root()).send({EARLY})"
    )
    ended = run("-c", code)
    assert (ended.code, ended.out) == (0, "")
    assert "Traceback" in ended.err
    assert "LookupError: no such order" in ended.err


def test_allow_names_what_a_class_has_base_classes_first():
    """The Allow of a class with render_GET and render_PUT is HEAD, GET, PUT."""
    head, _ = split(Wire(methods.root()).send(GET.replace(b"GET / ", b"POST /plain ")))
    assert b"\r\nAllow: HEAD, GET, PUT\r\n" in head


def test_a_put_is_a_501_for_one_page_though_another_has_it():
    """Where another page has render_PUT, a PUT for a page without it is a 501, with no Allow."""
    root = methods.root()
    root.putChild(b"page", Page(lambda request: b"hello"))
    put = GET.replace(b"GET / ", b"PUT /plain ")
    assert Wire(root).send(put).startswith(b"HTTP/1.1 200 ")
    head, _ = split(Wire(root).send(put.replace(b"plain", b"page")))
    assert head.startswith(b"HTTP/1.1 501 ")
    assert b"Allow" not in head


def test_a_page_without_get_names_head_and_fails_at_it():
    """A page with render_POST alone says Allow: HEAD, POST to a GET, and answers a HEAD with a 500."""

    class Form(Resource):
        isLeaf = True

        def render_POST(self, request):
            return b"hello"

    assert b"\r\nAllow: HEAD, POST\r\n" in Wire(Form()).send(GET)
    with logged() as failures:
        assert Wire(Form()).send(GET.replace(b"GET", b"HEAD")).startswith(b"HTTP/1.1 500 ")
    assert [failure.type for failure in failures] == [AttributeError]


class GuardedFinished(failing.Guarded):
    """A page that raises after it has finished."""

    isLeaf = True

    def render_GET(self, request):
        request.write(b"hello")
        request.finish()
        raise LookupError


class TestGuarded:
    def test_what_fails_before_its_first_byte_is_left_to_twisted(self):
        """A Guarded page that raises before its first write, or has no such method, gets its 500 or 405."""

        class GuardedEarly(failing.Guarded, failing.Early):
            isLeaf = True

        with logged():
            assert Wire(GuardedEarly()).send(GET).startswith(b"HTTP/1.1 500 ")
            assert Wire(GuardedEarly()).send(GET.replace(b"GET", b"POST")).startswith(b"HTTP/1.1 405 ")

    @pytest.mark.parametrize("version", [b"1.0", b"1.1"])
    def test_what_fails_after_it_ends_the_connection(self, version):
        """A Guarded page that raises after its first write is logged, and its connection ends without an error page."""
        with logged() as failures:
            wire = Wire(failing.root())
            assert wire.send(GET.replace(b"/ HTTP/1.1", b"/guarded HTTP/" + version)) == b""
        assert wire.closed
        assert [failure.type for failure in failures] == [LookupError]

    def test_over_http2_it_ends_the_stream_and_not_the_connection(self):
        """Over HTTP/2 a Guarded page that raises after its first write ends its stream with a reset."""
        events, types, wire = over_http2(failing.root(), "/guarded")
        assert [event.stream_id for event in events if isinstance(event, StreamReset)] == [1]
        assert not any(isinstance(event, StreamEnded) for event in events)
        assert types == [LookupError]
        assert not wire.closed

    def test_what_fails_after_finish_keeps_its_response(self):
        """A Guarded page that raises after finish is sent whole, and its exception is logged."""
        with logged() as failures:
            wire = Wire(GuardedFinished())
            assert split(wire.send(GET))[1] == b"5\r\nhello\r\n0\r\n\r\n"
        assert [failure.type for failure in failures] == [LookupError]
        assert not wire.closed

    def test_over_http2_too(self):
        events, types, wire = over_http2(GuardedFinished())
        assert [event.stream_id for event in events if isinstance(event, StreamEnded)] == [1]
        assert not any(isinstance(event, StreamReset) for event in events)
        assert types == [LookupError]
        assert not wire.closed
