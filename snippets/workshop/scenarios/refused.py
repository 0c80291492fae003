"""Conversations in which a request is refused with 400, or dropped without a word."""

from snippets.workshop.scenarios.conversation import Reading, Scenario, Send, sent
from snippets.workshop.scenarios.requests import HELLO, MOST_TRAILERS, TWO_CHUNKS, chunked, get, head, padded, post


def refused(name: str, about: str, data: bytes) -> Scenario:
    """A scenario of one request, sent whole, that is answered with 400 and a close."""
    return sent(f"refused-{name}", f"{about}: 400.", data)


_REFUSED_LINES = (
    refused("two-empty-lines", "Two empty lines before the request line", b"\r\n\r\n" + HELLO),
    refused("one-word", "A request line of one word", head(b"GET")),
    refused("no-version", "A request line without a version, as of HTTP/0.9", head(b"GET /hello")),
    refused("four-words", "A request line of four words", head(b"GET /hello there HTTP/1.1")),
    refused("method", "A method that is not a token", head(b"G@T /hello HTTP/1.1")),
    refused("method-empty", "A request line that begins with a space", head(b" /hello HTTP/1.1")),
    refused("target-empty", "An empty target", head(b"GET  HTTP/1.1")),
    refused("target-tab", "A tab in the target", head(b"GET /hel\tlo HTTP/1.1")),
    refused("target-0xb1", "Byte 0xB1 in the target", head(b"GET /\xb1 HTTP/1.1")),
    refused("version", "A version other than 1.0 and 1.1", head(b"GET /hello HTTP/1.2")),
    refused("version-lower-case", "A version in lower case", head(b"GET /hello http/1.1")),
    refused(
        "tls",
        "The beginning of a TLS handshake, as to a server taken for HTTPS",
        b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n",
    ),
)

_REFUSED_HEADERS = (
    refused("no-colon", "A header line without a colon", get(b"/hello", b"no colon")),
    refused(
        "no-colon-last",
        "The same as last line but one, with good lines after it",
        get(b"/hello", b"no colon", b"X-Good: 1"),
    ),
    refused("name-empty", "A header without a name", get(b"/hello", b": value")),
    refused("name-space", "A space before the colon", get(b"/hello", b"X-Name : value")),
    refused("name-0x80", "A name that is not ASCII", get(b"/hello", b"X-\x80: value")),
    refused("folded-first", "A folded line with no line before it", b"GET /hello HTTP/1.1\r\n folded\r\n\r\n"),
    refused("value-nul", "A NUL in a value", get(b"/hello", b"X-Name: a\x00b")),
    refused("value-cr", "A CR in a value", get(b"/hello", b"X-Name: a\rb")),
    refused("value-lf", "An LF in a value", get(b"/hello", b"X-Name: a\nb")),
    refused("length-negative", "A negative length", head(b"POST /echo HTTP/1.1", b"Content-Length: -1") + b"x"),
    refused("length-empty", "An empty length", head(b"POST /echo HTTP/1.1", b"Content-Length:") + b"x"),
    refused("length-list", "A list of lengths", head(b"POST /echo HTTP/1.1", b"Content-Length: 1, 1") + b"x"),
    refused("length-twice", "Two lengths", post(b"/echo", b"x", b"Content-Length: 1")),
    refused("length-and-chunked", "A length and chunks", post(b"/echo", b"0\r\n\r\n", b"Transfer-Encoding: chunked")),
    refused(
        "chunked-twice",
        "Chunked twice",
        head(b"POST /echo HTTP/1.1", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + TWO_CHUNKS,
    ),
    refused(
        "transfer-encoding",
        "A transfer encoding that Twisted doesn't know",
        head(b"POST /echo HTTP/1.1", b"Transfer-Encoding: gzip, chunked") + TWO_CHUNKS,
    ),
    refused("headers-501", "501 header lines", b"GET /hello HTTP/1.1\r\n" + b"a:b\r\n" * 501 + b"\r\n"),
    refused("headers-16385-bytes", "16385 bytes of request line and headers", padded(b"x: ", 16385)),
    refused(
        "folded-16385-bytes",
        "16385 bytes of which most are in folded lines",
        padded(b"x: ", 8000)[:-2] + b" ".ljust(8385, b"x") + b"\r\n\r\n",
    ),
)

_REFUSED_BODIES = (
    refused("chunk-size", "A size of a chunk that is not a number", chunked(b"five\r\nHello\r\n0\r\n\r\n")),
    refused("chunk-size-empty", "A chunk without a size", chunked(b"\r\nHello\r\n0\r\n\r\n")),
    refused("chunk-size-negative", "A negative size of a chunk", chunked(b"-5\r\nHello\r\n0\r\n\r\n")),
    refused("chunk-size-space", "A space after the size of a chunk", chunked(b"5 \r\nHello\r\n0\r\n\r\n")),
    refused("chunk-size-0x", "A size of a chunk that begins with 0x", chunked(b"0x5\r\nHello\r\n0\r\n\r\n")),
    refused("chunk-extension", "A control character in an extension", chunked(b"5;\x01\r\nHello\r\n0\r\n\r\n")),
    refused("chunk-too-long", "A chunk longer than its size", chunked(b"5\r\nHello, world\r\n0\r\n\r\n")),
    refused(
        "chunk-size-line-1024-bytes",
        "A line of 1024 bytes for the size of a chunk",
        chunked(b"5;".ljust(1024, b"x") + b"\r\nHello\r\n0\r\n\r\n"),
    ),
    refused(
        "chunk-size-line-without-end",
        "1025 bytes for the size of a chunk, and no end of the line",
        chunked(b"5;".ljust(1025, b"x")),
    ),
    refused(
        "trailers-65537-bytes",
        "65537 bytes of trailers",
        chunked(b"0\r\n" + (b"x: ".ljust(8190, b"x") + b"\r\n") * 7 + b"x: ".ljust(8191, b"x") + b"\r\n\r\n"),
    ),
    refused(
        "trailers-without-end", "65535 bytes of trailers, and no end of the line", chunked(b"0\r\n" + b"x" * 65535)
    ),
    refused(
        "multipart", "A multipart form that is none", post(b"/form", b"no parts", b"Content-Type: multipart/form-data")
    ),
)

_REFUSED_OTHERWISE = (
    sent("refused-second", "The second of two requests is bad: an answer, then 400.", HELLO + head(b"GET")),
    sent(
        "refused-bytewise",
        "A bad header, byte by byte: 400 after the line that follows it.",
        get(b"/hello", b"no colon", b"X-Good: 1"),
        1,
    ),
    sent(
        "refused-two-bad-headers",
        "Two bad headers in pieces: one 400, for the rest is not read.",
        get(b"/hello", b"no colon", b"none here", b"X-Good: 1"),
        10,
    ),
    sent(
        "refused-trailers-65536-bytes",
        "65536 bytes of trailers, and a cut in the last line end: 400, though they are allowed without the cut.",
        MOST_TRAILERS,
        (len(MOST_TRAILERS) - 1,),
    ),
    Scenario(
        "refused-after-chunk",
        "A good chunk, then a bad one: 400, and no resource is asked.",
        (Send(chunked(b"5\r\nHello\r\n")), Send(b"five\r\n")),
    ),
    Scenario(
        "refused-not-reading",
        "A bad request by a client that doesn't read.",
        (Reading(False), Send(head(b"GET")), Reading(True)),
    ),
    sent(
        "dropped-long-line",
        "A line of 16385 bytes is too long for LineReceiver: closed without a word.",
        b"GET /".ljust(16385, b"x") + b"\r\n\r\n",
    ),
    Scenario(
        "dropped-long-line-without-end",
        "16386 bytes and no line end: closed without a word.",
        (Send(b"GET /".ljust(16385, b"x")), Send(b"x")),
    ),
    sent(
        "dropped-long-header",
        "A header line of 16385 bytes: closed without a word.",
        b"GET /hello HTTP/1.1\r\n" + b"x: ".ljust(16385, b"x") + b"\r\n\r\n",
    ),
    sent(
        "dropped-big-piece", "More than one read's worth without a line end: closed with bytes unread.", b"x" * 70_000
    ),
    sent(
        "dropped-huge-length",
        "A length of 4301 digits is more than int() takes: it raises, and the connection goes.",
        head(b"POST /echo HTTP/1.1", b"Content-Length: " + b"9" * 4301),
    ),
)

REFUSED: tuple[Scenario, ...] = (
    *_REFUSED_LINES,
    *_REFUSED_HEADERS,
    *_REFUSED_BODIES,
    *_REFUSED_OTHERWISE,
)
