"""What chapter 11 says of compressed pages in words and leaves to a test."""

from twisted.web.resource import EncodingResourceWrapper, Resource
from twisted.web.server import NOT_DONE_YET, GzipEncoderFactory
from twisted.web.static import File

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


def test_the_end_of_a_gzip_stream_is_sent_where_there_is_no_content(tmp_path):
    """Ten bytes follow the headers of a 304, as those of a HEAD, if the resource is wrapped for gzip."""
    (tmp_path / "a.txt").write_bytes(b"a")
    wrapper = EncodingResourceWrapper(File(str(tmp_path / "a.txt")), [GzipEncoderFactory()])
    root = Resource()
    root.putChild(b"a", wrapper)
    head = b"HEAD /a HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"
    wire = Wire(root)
    stray = wire.send(head).partition(b"\r\n\r\n")[2]
    assert len(stray) == 10
    assert wire.send(head).startswith(b"HTTP/1.1 200 OK\r\n")
    unchanged = get(root, "/a", "Accept-Encoding: gzip", "If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT")
    assert unchanged.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert len(unchanged.partition(b"\r\n\r\n")[2]) == 10
