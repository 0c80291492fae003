"""What chapter 09 says of a resource that comes later, a DeferredResource."""

import gc

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.web.resource import Resource
from twisted.web.util import DeferredResource

from snippets.lens.logged import logged
from snippets.lens.wire import Wire
from snippets.resource_traversal.tree import Page


def test_a_resource_that_comes_later():
    """A request for /a/b waits until the resource for a has come, and is answered by its child b."""
    late = Deferred()

    class Later(Resource):
        def getChild(self, segment, request):
            return DeferredResource(late)

    wire = Wire(Later())
    assert wire.send(b"GET /a/b HTTP/1.1\r\nHost: a\r\n\r\n") == b""
    page = Page("late")
    page.putChild(b"b", Page("below late"))
    late.callback(page)
    assert wire.receive().endswith(b"below late, prepath [b'a', b'b'], postpath []\n")


GET_A = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_resource_that_comes_later_comes_once():
    """Of two requests for one DeferredResource, the first is answered, and the second gets a 500."""
    late, root = Deferred(), Resource()
    root.putChild(b"a", DeferredResource(late))
    wires = [Wire(root), Wire(root)]
    for wire in wires:
        wire.send(GET_A)
    with logged():
        late.callback(Page("late"))
    assert [wire.receive()[9:12] for wire in wires] == [b"200", b"500"]


@pytest.mark.parametrize("cancel", [False, True])
def test_a_resource_that_comes_too_late_is_logged_twice(cancel):
    """A DeferredResource logs two errors for a client that has gone, whether its resource comes or was cancelled.

    A lookup that is cancelled from request.notifyFinish() is told so at once.
    """
    lookups, cancelled = [], []

    class Later(Resource):
        def getChild(self, segment, request):
            lookups.append(lookup := Deferred(cancelled.append))
            if cancel:
                request.notifyFinish().addErrback(lambda _: lookup.cancel())
            return DeferredResource(lookup)

    wire = Wire(Later())
    wire.send(GET_A)
    with logged() as failures:
        wire.disconnect()
        assert cancelled == (lookups if cancel else [])
        if not cancel:
            lookups[0].callback(Page("late"))
        assert [failure.type for failure in failures] == [CancelledError if cancel else RuntimeError]
        # The other is logged when the Deferred is forgotten, of which the first one has a reference.
        for kept in [failures, lookups, cancelled]:
            kept.clear()
        del wire
        gc.collect()
    assert [failure.type for failure in failures] == [RuntimeError]
