"""What chapter 12 says of a coroutine page that fails when it has begun to write."""

import gc

import pytest
from h2.events import StreamEnded, StreamReset
from twisted.internet.task import deferLater

from snippets.later import disconnect_aware, gather
from snippets.lens.logged import logged
from snippets.lens.wire import Wire
from tests.asked import over_http2

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def coroutine(function, base=disconnect_aware.CoroutinePage):
    """A page that is made from one coroutine function, which is given the request."""

    class Page(base):
        isLeaf = True

        def render_GET(self, request):
            return function(request)

    return Page()


@pytest.mark.parametrize("base", [disconnect_aware.CoroutinePage, gather.CoroutinePage])
def test_a_coroutine_that_fails_after_its_first_write_is_cut_off(base):
    """A coroutine page that raises after its first write is logged, and ends the connection without a last chunk."""

    async def page(request):
        request.write(b"so far")
        await deferLater(request.site.reactor, 1)
        raise LookupError

    with logged() as failures:
        wire = Wire(coroutine(page, base))
        came = wire.send(GET) + wire.advance(1)
        gc.collect()
    assert came.endswith(b"\r\n\r\n6\r\nso far\r\n")
    assert wire.closed
    assert [failure.type for failure in failures] == [LookupError]


def test_over_http2_it_resets_its_stream_and_not_the_connection():
    """Over HTTP/2 such a page resets its stream, is logged, and leaves the connection open."""

    async def page(request):
        request.write(b"so far")
        raise LookupError

    events, types, wire = over_http2(coroutine(page))
    assert [event.stream_id for event in events if isinstance(event, StreamReset)] == [1]
    assert not any(isinstance(event, StreamEnded) for event in events)
    assert types == [LookupError]
    assert not wire.closed


def test_a_page_that_has_finished_itself_keeps_its_response():
    """A coroutine page that finishes before its first await, and then raises, keeps its response and its connection."""

    async def page(request):
        request.write(b"so far")
        request.finish()
        raise LookupError

    with logged() as failures:
        wire = Wire(coroutine(page))
        assert wire.send(GET).endswith(b"6\r\nso far\r\n0\r\n\r\n")
    assert not wire.closed
    assert [failure.type for failure in failures] == [LookupError]


def test_a_failure_behind_an_await_and_a_finish_is_logged():
    """A coroutine page that awaits, finishes, and then raises keeps its response, and its failure is logged."""

    async def page(request):
        await deferLater(request.site.reactor, 1)
        request.write(b"so far")
        request.finish()
        raise LookupError

    with logged() as failures:
        wire = Wire(coroutine(page))
        wire.send(GET)
        assert wire.advance(1).endswith(b"6\r\nso far\r\n0\r\n\r\n")
        gc.collect()
    assert [failure.type for failure in failures] == [LookupError]
    assert not wire.closed
