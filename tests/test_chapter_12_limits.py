"""What chapter 12 says of a time limit for whatever a page does."""

from twisted.internet.defer import Deferred, TimeoutError, ensureDeferred
from twisted.internet.task import deferLater
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.later.disconnect_aware import CoroutinePage
from snippets.lens.logged import logged
from snippets.lens.wire import Wire

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Limited(CoroutinePage):
    """A page that is made from one coroutine function, which gets 30 seconds."""

    isLeaf = True

    def __init__(self, function):
        super().__init__()
        self.render_GET = function

    def render(self, request):
        work = ensureDeferred(Resource.render(self, request))
        work.addTimeout(30, request.site.reactor)
        gone = request.notifyFinish()
        gone.addErrback(lambda reason: work.cancel())
        work.addCallback(self.done, request, gone)
        work.addErrback(self.failed, request, gone)
        return NOT_DONE_YET


def test_a_limit_in_the_base_class_cancels_the_page():
    """A page whose work has a time limit in its base class is cancelled then, and answered with a 500."""
    told = []

    async def page(request):
        try:
            await Deferred()
        finally:
            told.append("ended")

    with logged() as failures:
        wire = Wire(Limited(page))
        wire.send(GET)
        assert wire.advance(29) == b""
        assert wire.advance(1).startswith(b"HTTP/1.1 500 ")
    assert told == ["ended"]
    assert [failure.type for failure in failures] == [TimeoutError]


def test_a_page_that_catches_its_limit_goes_on():
    """A page that catches the CancelledError of its time limit, and waits again, is answered when it returns."""

    async def page(request):
        try:
            await Deferred()
        except Exception:
            await deferLater(request.site.reactor, 60)
            return b"from the copy"

    with logged() as failures:
        wire = Wire(Limited(page))
        wire.send(GET)
        assert wire.advance(30) + wire.advance(59) == b""
        came = wire.advance(1)
    assert came.startswith(b"HTTP/1.1 200 ")
    assert came.endswith(b"from the copy")
    assert failures == []
