"""The bytes of requests to the demonstration site, from which the conversations are made."""

import random


def head(line: bytes, *fields: bytes) -> bytes:
    """The head of a request: the request line, the header lines (a Host among them), and the empty line."""
    return b"\r\n".join([line, b"Host: lens.example", *fields, b"", b""])


def get(path: bytes, *fields: bytes) -> bytes:
    """A GET for `path` by HTTP/1.1."""
    return head(b"GET %s HTTP/1.1" % path, *fields)


def post(path: bytes, body: bytes, *fields: bytes) -> bytes:
    """A POST of `body`, with its length."""
    return head(b"POST %s HTTP/1.1" % path, b"Content-Length: %d" % len(body), *fields) + body


def chunked(body: bytes) -> bytes:
    """A POST to /echo whose body is said to be chunked; `body` is what follows the head."""
    return head(b"POST /echo HTTP/1.1", b"Transfer-Encoding: chunked") + body


def padded(line: bytes, size: int) -> bytes:
    """The head of a GET for /hello in which request line and header lines, line ends not counted, have `size` bytes.

    The rest is one long header line, which begins with `line`.
    """
    request_line = b"GET /hello HTTP/1.1"
    return request_line + b"\r\n" + line.ljust(size - len(request_line), b"x") + b"\r\n\r\n"


def random_sizes(seed: int, most: int, count: int = 200) -> tuple[int, ...]:
    """`count` sizes between 1 and `most`, the same for the same seed."""
    return tuple(random.Random(seed).choices(range(1, most + 1), k=count))


HELLO = get(b"/hello")
LATER = get(b"/later")
TWO_CHUNKS = b"5\r\nHello\r\n7\r\n, world\r\n0\r\n\r\n"
FORM_TYPE = b"Content-Type: application/x-www-form-urlencoded"
MULTIPART_TYPE = b"Content-Type: multipart/form-data; boundary=edge"
MULTIPART = b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nfrom the body\r\n--edge--\r\n'
# Enough, after a request that waits, for Twisted to stop reading (HTTPChannel._optimisticEagerReadSize is 16384).
MORE_THAN_EAGER = post(b"/echo", b"b" * 17000)
# As long as _ChunkedTransferDecoder allows (_maxTrailerHeadersSize is 65536).
MOST_TRAILERS = chunked(b"0\r\n" + (b"x: ".ljust(8190, b"x") + b"\r\n") * 8 + b"\r\n")
