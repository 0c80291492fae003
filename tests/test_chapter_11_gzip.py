"""What chapter 11 says of compressed pages in words and leaves to a test."""

import gzip
import zlib

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


def test_what_is_compressed_leaves_when_there_is_enough_of_it():
    """Of a compressed page that writes a few bytes, only the beginning of gzip leaves; the rest comes with finish."""

    class Bits(Resource):
        isLeaf = True

        def render_GET(self, request):
            self.request = request
            request.write(b"one event")
            return NOT_DONE_YET

    page = Bits()
    wire = Wire(EncodingResourceWrapper(page, [GzipEncoderFactory()]))
    begun = wire.send(b"GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n").partition(b"\r\n\r\n")[2]
    assert begun.startswith(b"\x1f\x8b"), "the head of a gzip stream"
    assert zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(begun) == b""
    wire.reactor.callLater(0, page.request.finish)
    assert gzip.decompress(begun + wire.receive()) == b"one event"
