"""Predict where four bodies end, and what the page gets of them."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="06_bodies",
    title="Where four bodies end",
    kind="predict",
    minutes=5,
    section="A body in chunks",
)

SAYS = {
    "a_body": "A length is a count of bytes. What the bytes are is not looked at: CR and LF count like all others.",
    "a_second": "Nothing is dropped behind a body. The byte after the last one that was counted begins a request line.",
    "b_body": "A size is hexadecimal, and that many bytes are data, whatever they look like. Only data is content.",
    "b_on_disk": "Where a body goes is decided at the empty line, by the length that was announced.",
    "c_pages": "Behind the data of a chunk a CRLF must stand, and a page gets whole bodies only.",
    "d_pages": "A decoder is chosen once. Look at what is done with a second header that would choose one.",
}
LIKELY = {
    "a_body": {
        b"ab\r\ncdef": "a body that ends where the next POST begins.",
        b"ab": "a body that ends at a line end.",
        b"abcdef": "a body without its line end.",
        b"ab\r\ncde": "a line end that counts as one byte.",
    },
    "a_second": {b"POST": "a rest of a body that is dropped.", b"fPOST": "a line end that counts as three bytes."},
    "b_body": {
        b"GET / HTTP/1": "a body that ends after the first chunk.",
        b"0c;n=1\r\nGET / HTTP/1\r\n2;n=2\r\n.1\r\n0\r\nSum: 14\r\n\r\n": "a page that sees the framing.",
        b"GET / HTTP/1.1Sum: 14": "a trailer that is content.",
        b"GET / HTTP/1\r\n.1": "data with the line ends behind it.",
    },
    "b_on_disk": {False: "a body that is measured when it has come. When the file is opened, none of it has."},
    "c_pages": {
        1: "a chunk that ends at its CRLF, or a page that gets what came before the mistake.",
        2: "a byte too many that begins another request, as after a length.",
    },
    "d_pages": {
        1: "one of the two headers that overrides the other.",
        2: "chunks that override the length, and a rest that is a request.",
    },
}
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
A = POST + b"Content-Length: 6\r\n\r\nab\r\ncdef" + POST + b"Content-Length: 0\r\n\r\n"
B = CHUNKED + b"0c;n=1\r\nGET / HTTP/1\r\n2;n=2\r\n.1\r\n0\r\nSum: 14\r\n\r\n"
C = CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n"
D = POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"


def truth() -> dict[str, object]:
    from io import BytesIO

    from twisted.web.resource import Resource

    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf = True

        def render(self, request):
            got.append((request.method, request.content.read(), not isinstance(request.content, BytesIO)))
            return b"ok"

    told = []
    for data in [A, B, C, D]:
        got = []
        Wire(Page()).send(data)
        told.append(got)
    a, [(_, b_body, b_on_disk)], c, d = told
    return {
        "a_body": a[0][1],
        "a_second": a[1][0],
        "b_body": b_body,
        "b_on_disk": b_on_disk,
        "c_pages": len(c),
        "d_pages": len(d),
    }
