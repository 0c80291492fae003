"""What chapter 09 says of compressed pages in words and leaves to a test."""

from twisted.web.resource import EncodingResourceWrapper, Resource
from twisted.web.server import NOT_DONE_YET, GzipEncoderFactory

from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.resource_traversal.tree import Leaf, Page
from tests.asked import get


def test_a_wrapper_is_asked_for_its_encoder_only_at_the_end_of_the_walk():
    page = Page("page")
    page.putChild(b"below", Page("below"))
    root = Resource()
    root.putChild(b"page", EncodingResourceWrapper(page, [GzipEncoderFactory()]))
    for target, calls in [("/page", 1), ("/page/below", 0)]:
        with record(["EncodingResourceWrapper.getEncoder"]) as trace:
            get(root, target, "Accept-Encoding: gzip")
        assert len(trace) == calls


def test_a_compressed_response_has_no_length_and_is_sent_in_chunks():
    response = get(EncodingResourceWrapper(Leaf("a"), [GzipEncoderFactory()]), "/", "Accept-Encoding: gzip")
    head = response.partition(b"\r\n\r\n")[0]
    assert b"Content-Length" not in head
    assert b"Transfer-Encoding: chunked" in head


def test_a_head_loses_its_write_at_the_first_write():
    """The first write of a HEAD gives the request a write of its own, and no write sends a body."""
    own = []

    class Writing(Resource):
        isLeaf = True

        def render_HEAD(self, request):
            for _ in range(2):
                own.append("write" in vars(request))
                request.write(b"body")
            request.finish()
            return NOT_DONE_YET

    assert Wire(Writing()).send(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b"\r\n\r\n")
    assert own == [False, True]
