"""What chapter 12 says of the chain of a Deferred: who is called, when, and who answers the visitor."""

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.logged import logged
from snippets.lens.wire import Wire

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_an_error_page_for_a_visitor_who_has_gone_raises():
    """When the visitor has gone, `processingFailed` logs the failure, and raises the RuntimeError of `finish`."""
    told = []

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            answer = Deferred()
            request.notifyFinish().addErrback(lambda reason: answer.cancel())
            answer.addErrback(request.processingFailed)
            answer.addErrback(lambda failure: told.append(failure.type))
            return NOT_DONE_YET

    with logged() as failures:
        wire = Wire(Page())
        wire.send(GET)
        wire.disconnect()
    assert [failure.type for failure in failures] == [CancelledError]
    assert told == [RuntimeError]


def test_an_errback_that_returns_has_the_next_callback_called():
    """An errback that returns None has mended the failure: the callback behind it is called with None."""
    called = []
    chain = Deferred()
    chain.addErrback(lambda failure: called.append(failure.type))
    chain.addCallback(called.append)
    chain.errback(ValueError())
    assert called == [ValueError, None]


def test_a_page_whose_source_has_answered_already_answers_at_once():
    """A callback that is added to a fired Deferred is called at once, and may finish before render_GET returns."""
    lengths = []

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            succeed(b"known\n").addCallback(self.done, request)
            lengths.append(len(wire.transport.dataBuffer) + wire.transport._tempDataLen)
            return NOT_DONE_YET

        def done(self, answer, request):
            request.write(answer)
            request.finish()

    wire = Wire(Page())
    assert wire.send(GET).endswith(b"6\r\nknown\n\r\n0\r\n\r\n")
    assert lengths[0] > 0
