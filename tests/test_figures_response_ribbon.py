"""The ribbon of a response: what it says of each byte agrees with who set, wrote and sent it."""

import pytest
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.errors import LensError
from snippets.lens.figures import RESPONSE_POINTS, RESPONSE_WATCH, response_ribbon
from snippets.lens.figures.response_ribbon import LOOK
from snippets.lens.follow.response import (
    BY_PAGE,
    BY_TWISTED,
    BY_WRITE,
    DATA,
    END,
    LAST,
    OTHER,
    SIZE,
    STATUS,
    responded,
)
from snippets.lens.logged import logged
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from tests.pictures import assert_legible, texts
from tests.recorded import kinds
from tests.svgs import both

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Written(Resource):
    """Sets a header in an unusual case, and writes."""

    isLeaf = True

    def render_GET(self, request):
        request.setHeader("x-PAGE", "yes")
        request.write(b"Hello, ")
        request.setHeader("Date", "too late")
        request.write(b"world!" * 2)
        request.finish()
        return NOT_DONE_YET


class Returned(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain")
        request.responseHeaders.addRawHeader(b"Host", b"the page's")
        request.addCookie("a", "b")
        return b"hello"


class Failing(Resource):
    isLeaf = True


class Request:
    """Has the name of a class of Twisted, and one of its methods."""

    def write(self, request):
        request.setHeader(b"X-Page", b"yes")


def traced(page: Resource, data: bytes = GET, points=RESPONSE_POINTS, watch=RESPONSE_WATCH) -> tuple[Trace, bytes]:
    with record(points, watch=watch) as trace, logged():
        response = Wire(page).send(data)
    return trace, response


def found(*args) -> list[tuple[str, bytes]]:
    return kinds(responded(*traced(*args)))


SERVER = (BY_TWISTED, b"Server: TwistedWeb/26.10.0\r\n")
DATE = (BY_TWISTED, b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n")
STATUS_LINE = (STATUS, b"HTTP/1.1 200 OK\r\n")


def test_what_is_written_in_chunks():
    assert found(Written()) == [
        STATUS_LINE,
        SERVER,
        DATE,
        (BY_PAGE, b"X-Page: yes\r\n"),
        (BY_WRITE, b"Content-Type: text/html\r\n"),
        (BY_WRITE, b"Transfer-Encoding: chunked\r\n"),
        (END, b"\r\n"),
        *[(SIZE, b"7\r\n"), (DATA, b"Hello, "), (SIZE, b"\r\n")],
        *[(SIZE, b"c\r\n"), (DATA, b"world!world!"), (SIZE, b"\r\n")],
        (LAST, b"0\r\n\r\n"),
    ]


def test_what_is_returned():
    assert found(Returned()) == [
        STATUS_LINE,
        SERVER,
        DATE,
        (BY_PAGE, b"Content-Type: text/plain\r\n"),
        (BY_PAGE, b"Host: the page's\r\n"),
        (BY_TWISTED, b"Content-Length: 5\r\n"),
        (BY_WRITE, b"Set-Cookie: a=b\r\n"),
        (END, b"\r\n"),
        (DATA, b"hello"),
    ]


def test_the_second_response_is_told_by_its_own_headers():
    assert found(Returned(), GET + GET) == found(Returned()) * 2


def test_connection_close_is_twisteds():
    assert (BY_TWISTED, b"Connection: close\r\n") in found(Returned(), GET[:-2] + b"Connection: close\r\n\r\n")


def test_the_headers_of_an_error_page_for_an_exception_are_twisteds():
    class Raising(Resource):
        isLeaf = True

        def render_GET(self, request):
            raise ValueError

    said = found(Raising())
    assert {kind for kind, data in said if b": " in data and kind != DATA} == {BY_TWISTED}


def test_the_400_of_the_channel_is_of_no_response():
    assert found(Returned(), b"nonsense\r\n\r\n") == [(OTHER, b"HTTP/1.1 400 Bad Request\r\n\r\n")]


def test_a_class_of_the_pages_own_may_be_called_request():
    class Calling(Resource):
        isLeaf = True

        def render_GET(self, request):
            Request().write(request)
            return b""

    assert (BY_PAGE, b"X-Page: yes\r\n") in found(Calling())


def test_a_cut_stands_where_a_send_ended():
    class Long(Resource):
        isLeaf = True

        def render_GET(self, request):
            return b"x" * 200_000

    trace, response = traced(Long())
    arrived = responded(trace, response)
    assert arrived.cuts == [131072]
    assert "a piece ends here" in texts(response_ribbon(trace, response))


@pytest.mark.parametrize(
    ("page", "data"),
    [(Written(), GET), (Returned(), GET * 3), (Failing(), GET), (Returned(), b"nonsense\r\n\r\n")],
)
def test_can_be_read_and_has_a_legend_of_what_occurs(page, data):
    trace, response = traced(page, data)
    picture = both(response_ribbon, trace, response)
    assert_legible(picture)
    said = texts(picture)
    assert {kind for kind in LOOK.fills if kind in said} == {byte.kind for byte in responded(trace, response).bytes}


def test_alt_counts():
    alt = response_ribbon(*traced(Written())).alt
    assert f"{STATUS} 17; {BY_TWISTED} 65; {BY_PAGE} 13; {BY_WRITE} 53; {END} 2; {SIZE} 10; {DATA} 19; {LAST} 5." in alt


def test_what_has_one_colour_differs_in_its_hatch():
    assert len(set(LOOK.fills.values())) == len(LOOK.fills)


class TestWhatCannotBeDrawn:
    def test_nothing_sent(self):
        with pytest.raises(LensError, match="0 bytes were written in this trace"):
            response_ribbon(*traced(Returned(), b"GET"))

    def test_another_response(self):
        trace, response = traced(Returned())
        with pytest.raises(LensError, match="and the response has 5: record"):
            response_ribbon(trace, response[:5])

    def test_without_the_watched_attribute(self):
        with pytest.raises(LensError, match="without watching _tempDataLen"):
            response_ribbon(*traced(Returned(), watch={}))
