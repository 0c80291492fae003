"""Conversations with the demonstration site, each distinct in what it exercises."""

import random

from snippets.lens.conversation import Advance, Disconnect, Finish, Reading, Scenario, Send, Write
from snippets.lens.errors import LensError


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


def _sent(name: str, about: str, data: bytes, size: int | tuple[int, ...] | None = None) -> Scenario:
    """A scenario in which the client sends `data`, and that is all."""
    return Scenario(name, about, (Send(data, size),))


def _refused(name: str, about: str, data: bytes) -> Scenario:
    """A scenario of one request, sent whole, that is answered with 400 and a close."""
    return _sent(f"refused-{name}", f"{about}: 400.", data)


_PIECES = (
    _sent("get", "A GET that arrives whole.", HELLO),
    _sent("get-bytewise", "A GET of which every byte arrives by itself.", HELLO, 1),
    _sent("get-random-pieces", "A GET in pieces of random sizes.", HELLO, random_sizes(1, 9)),
    _sent("get-cut-in-line-end", "A GET cut between CR and LF of its first line.", HELLO, (20,)),
    _sent("get-root", "A GET for /, which is one empty segment.", get(b"/")),
    _sent("get-missing", "A GET for a resource that is not there: 404.", get(b"/missing/page")),
    Scenario("get-again", "A second GET after the answer to the first.", (Send(HELLO), Send(get(b"/chunked")))),
    _sent("get-chunked-answer", "An answer without a length is sent in chunks.", get(b"/chunked")),
    _sent("get-no-content", "An answer that has no body: 204.", get(b"/empty")),
    _sent("get-big-answer", "An answer that fills the transport's buffer pauses its producer.", get(b"/big")),
    _sent("get-pulled-answer", "An answer made piece by piece, when there is room.", get(b"/pulled")),
    _sent("get-broken", "A resource that raises: 500.", get(b"/broken")),
    _sent("empty-line-first", "One empty line before the request line is skipped.", b"\r\n" + HELLO),
    _sent(
        "folded-header",
        "Header lines that begin with a space or a tab go on the line before.",
        get(b"/hello", b"X-Folded: one", b"  two", b"\tthree"),
    ),
    _sent("cookies", "Cookies are parsed.", get(b"/hello", b"Cookie: a=1; b=2; no-value", b"Cookie: c=3")),
    _sent("session", "A session: a cookie that is set.", get(b"/visit")),
    _sent("etag", "An answer with a version and a date.", get(b"/dated")),
    _sent("etag-known", "A version that the client has: 304.", get(b"/dated", b'If-None-Match: "v1"')),
    _sent(
        "gzip", "An answer that is compressed, so its length is not known.", get(b"/zipped", b"Accept-Encoding: gzip")
    ),
    _sent("query", "A query is parsed into arguments.", get(b"/hello?a=1&a=2;b=%20&c")),
)

_BODIES = (
    _sent("post", "A body by its length.", post(b"/echo", b"Hello, world")),
    _sent("post-bytewise", "A body by its length, byte by byte.", post(b"/echo", b"Hello, world"), 1),
    _sent("post-random-pieces", "A body in random pieces.", post(b"/echo", b"a" * 900), random_sizes(2, 90)),
    _sent("post-empty", "A body of length 0.", post(b"/echo", b"")),
    _sent("post-big", "A body long enough for a temporary file.", post(b"/echo", b"a" * 100_000), 20_000),
    _sent(
        "post-identity",
        "Transfer-Encoding: identity says nothing, and is passed over.",
        post(b"/echo", b"Hello", b"Transfer-Encoding: identity"),
    ),
    _sent(
        "form",
        "A form in the body replaces the query's arguments of the same name.",
        post(b"/form?a=from+the+query&b=2", b"a=from+the+body", FORM_TYPE),
    ),
    _sent("form-multipart", "A multipart form.", post(b"/form?a=1&b=2", MULTIPART, MULTIPART_TYPE), 50),
    Scenario(
        "form-not-parsed",
        "A site that leaves forms to its resources.",
        (Send(post(b"/form?a=1", b"a=2", FORM_TYPE)),),
        {"parsePOSTFormSubmission": False},
    ),
    _sent("chunked", "A chunked body.", chunked(TWO_CHUNKS)),
    _sent("chunked-bytewise", "A chunked body, byte by byte.", chunked(TWO_CHUNKS), 1),
    _sent("chunked-random-pieces", "A chunked body, random pieces.", chunked(TWO_CHUNKS), random_sizes(3, 7)),
    _sent("chunked-empty", "A chunked body without a chunk.", chunked(b"0\r\n\r\n")),
    _sent(
        "chunked-hex",
        "Sizes of chunks in upper and lower case, and with leading zeros.",
        chunked(b"b\r\nelevenbytes\r\nB\r\nelevenBYTES\r\n00c\r\ntwelve bytes\r\n0\r\n\r\n"),
    ),
    _sent(
        "chunked-extension",
        "An extension after the size of a chunk is passed over.",
        chunked(b'5;name="value"\r\nHello\r\n0;last\r\n\r\n'),
    ),
    _sent(
        "chunked-trailers",
        "Header lines after the last chunk are read and dropped.",
        chunked(b"5\r\nHello\r\n0\r\nX-Sum: 42\r\nX-More: 43\r\n\r\n"),
    ),
    _sent("chunked-then-get", "What follows a chunked body is the next request.", chunked(TWO_CHUNKS) + HELLO, (90, 3)),
    Scenario(
        "expect-continue",
        "Twisted asks for the body that the client holds back.",
        (Send(head(b"POST /echo HTTP/1.1", b"Content-Length: 5", b"Expect: 100-Continue")), Send(b"Hello")),
    ),
    Scenario(
        "expect-continue-1.0",
        "HTTP/1.0 has no 100-continue, so it is not answered.",
        (Send(head(b"POST /echo HTTP/1.0", b"Content-Length: 5", b"Expect: 100-continue")), Send(b"Hello")),
    ),
)

_PERSISTENCE = (
    _sent("http-1.0", "HTTP/1.0: closed after the answer.", head(b"GET /hello HTTP/1.0")),
    _sent("http-1.0-no-length", "HTTP/1.0: no chunks; the end is the close.", head(b"GET /chunked HTTP/1.0")),
    _sent(
        "http-1.0-keep-alive",
        "HTTP/1.0 with keep-alive is closed all the same.",
        head(b"GET /hello HTTP/1.0", b"Connection: keep-alive"),
    ),
    _sent("close", "Connection: close.", get(b"/hello", b"Connection: close")),
    Scenario(
        "close-and-more",
        "Connection: close, TE leaves it open: the field is split at spaces, so one token is `close,`.",
        (Send(get(b"/hello", b"Connection: close, TE", b"TE: trailers")), Send(HELLO)),
    ),
    _sent(
        "close-then-get",
        "A request after one that said close is dropped.",
        get(b"/hello", b"Connection: close") + get(b"/chunked"),
    ),
    _sent("pipelined-two", "Two requests at once.", HELLO + get(b"/chunked")),
    _sent("pipelined-two-bytewise", "Two requests, byte by byte.", HELLO + get(b"/chunked"), 1),
    _sent("pipelined-three", "Three, with a body in the middle.", HELLO + post(b"/echo", b"body") + HELLO),
    _sent("pipelined-after-big", "A request after one with a big answer.", get(b"/big") + HELLO),
    Scenario(
        "pipelined-waiting",
        "The second request is not parsed before the first is finished.",
        (Send(LATER + HELLO), Write(b"late"), Finish()),
    ),
    Scenario(
        "pipelined-waiting-two",
        "Three requests, of which two wait.",
        (Send(LATER), Send(LATER + HELLO, 10), Finish(), Write(b"late"), Finish()),
    ),
    Scenario(
        "pipelined-paused",
        "More than 16 KiB behind a request that waits: reading pauses, and goes on after the answer.",
        (Send(LATER + MORE_THAN_EAGER), Send(HELLO), Write(b"late"), Finish()),
    ),
    Scenario(
        "pipelined-paused-in-pieces",
        "The same in pieces: what was not read waits in the kernel.",
        (Send(LATER + MORE_THAN_EAGER + HELLO, 4000), Finish()),
    ),
)

_METHODS_AND_TARGETS = (
    _sent("head", "HEAD is answered as GET, without the body.", head(b"HEAD /hello HTTP/1.1")),
    _sent("head-made-up", "HEAD of a resource without one.", head(b"HEAD /headless HTTP/1.1")),
    _sent("head-chunked", "HEAD of an answer without a length.", head(b"HEAD /chunked HTTP/1.1")),
    _sent("options-star", "OPTIONS * is answered by Twisted.", head(b"OPTIONS * HTTP/1.1")),
    _sent("get-star", "Any other method is not allowed for *: 405.", head(b"GET * HTTP/1.1")),
    _sent("method-not-allowed", "A method that the resource lacks: 405.", post(b"/hello", b"x")),
    _sent("method-unknown", "A method that Twisted doesn't know: 501.", head(b"BREW /hello HTTP/1.1")),
    _sent("method-lower-case", "Methods are case-sensitive: 501.", head(b"get /hello HTTP/1.1")),
    _sent("target-absolute", "A whole URL as target is not taken apart: 404.", get(b"http://a/hello")),
    _sent("target-encoded-slash", "Split at slashes first, unquoted after: 404.", get(b"/%2Fhello")),
    _sent("target-0xb0", "Byte 0xB0 passes the check for printable ASCII.", get(b"/\xb0")),
    _sent(
        "target-0xb0-not-allowed",
        "Byte 0xB0 in a target for which Twisted makes a page: 500.",
        head(b"POST /hello?\xb0 HTTP/1.1"),
    ),
)

_WAITING = (
    Scenario("later", "A resource that answers later.", (Send(LATER), Advance(5), Write(b"late"), Finish())),
    Scenario("later-two-writes", "Two writes: two chunks.", (Send(LATER), Write(b"one"), Write(b"two"), Finish())),
    Scenario("later-1.0", "HTTP/1.0, answered later.", (Send(head(b"GET /later HTTP/1.0")), Write(b"late"), Finish())),
    Scenario(
        "later-head-made-up",
        "An answer to HEAD that Twisted makes up is finished at once: what the resource writes later is dropped.",
        (Send(head(b"HEAD /headless-later HTTP/1.1")), Write(b"late"), Finish()),
    ),
    Scenario("later-head", "HEAD of a resource that answers later.", (Send(head(b"HEAD /later HTTP/1.1")), Finish())),
)

_DISCONNECTS = (
    Scenario("disconnect-idle", "The client closes after its answer.", (Send(HELLO), Disconnect())),
    Scenario("disconnect-in-line", "The client closes in the request line.", (Send(HELLO[:9]), Disconnect())),
    Scenario("disconnect-in-headers", "The client closes in the headers.", (Send(HELLO[:-4]), Disconnect())),
    Scenario("reset-in-headers", "The client resets in the headers.", (Send(HELLO[:-4]), Disconnect(reset=True))),
    Scenario(
        "disconnect-in-body", "The client closes in the body.", (Send(post(b"/echo", b"body")[:-2]), Disconnect())
    ),
    Scenario("reset-in-body", "The client resets in a chunk.", (Send(chunked(b"5\r\nHe")), Disconnect(reset=True))),
    Scenario("disconnect-waiting", "The client closes before its answer.", (Send(LATER), Disconnect(), Write(b"late"))),
    Scenario(
        "disconnect-in-answer",
        "The client closes in the middle of the answer: finish raises.",
        (Send(LATER), Write(b"one"), Disconnect(), Write(b"two"), Finish()),
    ),
    Scenario(
        "reset-in-answer",
        "The client resets in the middle of the answer.",
        (Send(LATER), Write(b"one"), Disconnect(reset=True), Write(b"two"), Finish()),
    ),
    Scenario(
        "disconnect-paused",
        "While reading is paused, a close is noticed only after a write.",
        (Send(LATER + MORE_THAN_EAGER), Disconnect(), Write(b"one"), Write(b"two"), Finish()),
    ),
    Scenario(
        "disconnect-paused-finish",
        "While reading is paused, a close is noticed when the answer is finished and reading goes on.",
        (Send(LATER + MORE_THAN_EAGER), Disconnect(), Finish()),
    ),
    Scenario(
        "reset-paused-unread",
        "What a client had sent before it reset is read, and answered to nobody, once reading goes on.",
        (Send(LATER + MORE_THAN_EAGER), Send(HELLO), Disconnect(reset=True), Finish()),
    ),
    Scenario(
        "reset-paused",
        "While reading is paused, a reset is noticed only when something is to be written.",
        (Send(LATER + MORE_THAN_EAGER), Disconnect(reset=True), Write(b"one"), Finish()),
    ),
    Scenario(
        "disconnect-pulled",
        "The client goes away between two pieces: the producer is stopped.",
        (Reading(False), Send(get(b"/pulled")), Disconnect()),
    ),
    Scenario(
        "disconnect-not-reading",
        "A client that closes before it has read all resets the connection by that.",
        (Reading(False), Send(get(b"/big")), Disconnect()),
    ),
)

_TIMEOUTS = (
    Scenario("timeout-silent", "A client that sends nothing.", (Advance(59), Advance(1))),
    Scenario("timeout-idle", "60 s after an answer.", (Send(HELLO), Advance(59), Advance(1))),
    Scenario(
        "timeout-in-headers",
        "Every piece of the request starts the 60 s anew.",
        (Send(HELLO[:9]), Advance(59), Send(HELLO[9:-4]), Advance(59), Advance(1)),
    ),
    Scenario("timeout-in-body", "60 s in the body.", (Send(post(b"/echo", b"body")[:-2]), Advance(60))),
    Scenario("timeout-not-while-waiting", "No time-out while a resource works.", (Send(LATER), Advance(600), Finish())),
    Scenario("timeout-of-site", "A site's own time-out.", (Send(HELLO), Advance(4), Advance(1)), {"timeout": 5}),
    Scenario(
        "timeout-none", "A site without a time-out.", (Send(HELLO), Advance(10_000), Send(HELLO)), {"timeout": None}
    ),
    Scenario(
        "timeout-abort",
        "A client that doesn't read is cut off 15 s after the time-out.",
        (Reading(False), Send(HELLO), Advance(60), Advance(14), Advance(1)),
    ),
    Scenario(
        "timeout-flushed",
        "A client that reads on within these 15 s gets the answer, and then the close.",
        (Reading(False), Send(HELLO), Advance(60), Advance(14), Reading(True), Advance(1)),
    ),
    Scenario(
        "not-reading",
        "A client that doesn't read for a while: the big answer waits in the transport.",
        (Reading(False), Send(get(b"/big")), Send(HELLO), Reading(True)),
    ),
    Scenario(
        "not-reading-expect",
        "Twisted stops reading from a client that doesn't read only when it writes between two requests.",
        (
            Reading(False),
            Send(get(b"/big")),
            Send(head(b"POST /echo HTTP/1.1", b"Content-Length: 5", b"Expect: 100-continue")),
            Send(b"Hello"),
            Reading(True),
        ),
    ),
)

_LIMITS = (
    _sent("headers-500", "500 header lines are allowed.", b"GET /hello HTTP/1.1\r\n" + b"a:b\r\n" * 500 + b"\r\n"),
    _sent(
        "line-16384-bytes",
        "A request line of 16384 bytes is allowed, if it is all there is.",
        b"GET /".ljust(16375, b"x") + b" HTTP/1.1\r\n\r\n",
    ),
    _sent("headers-16384-bytes", "16384 bytes of request line and headers are allowed.", padded(b"x: ", 16384)),
    _sent(
        "chunk-size-line-1023-bytes",
        "A line of 1023 bytes for the size of a chunk is allowed.",
        chunked(b"5;".ljust(1023, b"x") + b"\r\nHello\r\n0\r\n\r\n"),
    ),
    _sent(
        "trailers-65536-bytes",
        "65536 bytes of trailers are allowed.",
        MOST_TRAILERS,
        16_000,
    ),
)


_REFUSED_LINES = (
    _refused("two-empty-lines", "Two empty lines before the request line", b"\r\n\r\n" + HELLO),
    _refused("one-word", "A request line of one word", head(b"GET")),
    _refused("no-version", "A request line without a version, as of HTTP/0.9", head(b"GET /hello")),
    _refused("four-words", "A request line of four words", head(b"GET /hello there HTTP/1.1")),
    _refused("method", "A method that is not a token", head(b"G@T /hello HTTP/1.1")),
    _refused("method-empty", "A request line that begins with a space", head(b" /hello HTTP/1.1")),
    _refused("target-empty", "An empty target", head(b"GET  HTTP/1.1")),
    _refused("target-tab", "A tab in the target", head(b"GET /hel\tlo HTTP/1.1")),
    _refused("target-0xb1", "Byte 0xB1 in the target", head(b"GET /\xb1 HTTP/1.1")),
    _refused("version", "A version other than 1.0 and 1.1", head(b"GET /hello HTTP/1.2")),
    _refused("version-lower-case", "A version in lower case", head(b"GET /hello http/1.1")),
    _refused(
        "tls",
        "The beginning of a TLS handshake, as to a server taken for HTTPS",
        b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n",
    ),
)

_REFUSED_HEADERS = (
    _refused("no-colon", "A header line without a colon", get(b"/hello", b"no colon")),
    _refused(
        "no-colon-last",
        "The same as last line but one, with good lines after it",
        get(b"/hello", b"no colon", b"X-Good: 1"),
    ),
    _refused("name-empty", "A header without a name", get(b"/hello", b": value")),
    _refused("name-space", "A space before the colon", get(b"/hello", b"X-Name : value")),
    _refused("name-0x80", "A name that is not ASCII", get(b"/hello", b"X-\x80: value")),
    _refused("folded-first", "A folded line with no line before it", b"GET /hello HTTP/1.1\r\n folded\r\n\r\n"),
    _refused("value-nul", "A NUL in a value", get(b"/hello", b"X-Name: a\x00b")),
    _refused("value-cr", "A CR in a value", get(b"/hello", b"X-Name: a\rb")),
    _refused("value-lf", "An LF in a value", get(b"/hello", b"X-Name: a\nb")),
    _refused("length-negative", "A negative length", head(b"POST /echo HTTP/1.1", b"Content-Length: -1") + b"x"),
    _refused("length-empty", "An empty length", head(b"POST /echo HTTP/1.1", b"Content-Length:") + b"x"),
    _refused("length-list", "A list of lengths", head(b"POST /echo HTTP/1.1", b"Content-Length: 1, 1") + b"x"),
    _refused("length-twice", "Two lengths", post(b"/echo", b"x", b"Content-Length: 1")),
    _refused("length-and-chunked", "A length and chunks", post(b"/echo", b"0\r\n\r\n", b"Transfer-Encoding: chunked")),
    _refused(
        "chunked-twice",
        "Chunked twice",
        head(b"POST /echo HTTP/1.1", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + TWO_CHUNKS,
    ),
    _refused(
        "transfer-encoding",
        "A transfer encoding that Twisted doesn't know",
        head(b"POST /echo HTTP/1.1", b"Transfer-Encoding: gzip, chunked") + TWO_CHUNKS,
    ),
    _refused("headers-501", "501 header lines", b"GET /hello HTTP/1.1\r\n" + b"a:b\r\n" * 501 + b"\r\n"),
    _refused("headers-16385-bytes", "16385 bytes of request line and headers", padded(b"x: ", 16385)),
    _refused(
        "folded-16385-bytes",
        "16385 bytes of which most are in folded lines",
        padded(b"x: ", 8000)[:-2] + b" ".ljust(8385, b"x") + b"\r\n\r\n",
    ),
)

_REFUSED_BODIES = (
    _refused("chunk-size", "A size of a chunk that is not a number", chunked(b"five\r\nHello\r\n0\r\n\r\n")),
    _refused("chunk-size-empty", "A chunk without a size", chunked(b"\r\nHello\r\n0\r\n\r\n")),
    _refused("chunk-size-negative", "A negative size of a chunk", chunked(b"-5\r\nHello\r\n0\r\n\r\n")),
    _refused("chunk-size-space", "A space after the size of a chunk", chunked(b"5 \r\nHello\r\n0\r\n\r\n")),
    _refused("chunk-size-0x", "A size of a chunk that begins with 0x", chunked(b"0x5\r\nHello\r\n0\r\n\r\n")),
    _refused("chunk-extension", "A control character in an extension", chunked(b"5;\x01\r\nHello\r\n0\r\n\r\n")),
    _refused("chunk-too-long", "A chunk longer than its size", chunked(b"5\r\nHello, world\r\n0\r\n\r\n")),
    _refused(
        "chunk-size-line-1024-bytes",
        "A line of 1024 bytes for the size of a chunk",
        chunked(b"5;".ljust(1024, b"x") + b"\r\nHello\r\n0\r\n\r\n"),
    ),
    _refused(
        "chunk-size-line-without-end",
        "1025 bytes for the size of a chunk, and no end of the line",
        chunked(b"5;".ljust(1025, b"x")),
    ),
    _refused(
        "trailers-65537-bytes",
        "65537 bytes of trailers",
        chunked(b"0\r\n" + (b"x: ".ljust(8190, b"x") + b"\r\n") * 7 + b"x: ".ljust(8191, b"x") + b"\r\n\r\n"),
    ),
    _refused(
        "trailers-without-end", "65535 bytes of trailers, and no end of the line", chunked(b"0\r\n" + b"x" * 65535)
    ),
    _refused(
        "multipart", "A multipart form that is none", post(b"/form", b"no parts", b"Content-Type: multipart/form-data")
    ),
)

_REFUSED_OTHERWISE = (
    _sent("refused-second", "The second of two requests is bad: an answer, then 400.", HELLO + head(b"GET")),
    _sent(
        "refused-bytewise",
        "A bad header, byte by byte: 400 after the line that follows it.",
        get(b"/hello", b"no colon", b"X-Good: 1"),
        1,
    ),
    _sent(
        "refused-two-bad-headers",
        "Two bad headers in pieces: one 400, for the rest is not read.",
        get(b"/hello", b"no colon", b"none here", b"X-Good: 1"),
        10,
    ),
    _sent(
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
    _sent(
        "dropped-long-line",
        "A line of 16385 bytes is too long for LineReceiver: closed without a word.",
        b"GET /".ljust(16385, b"x") + b"\r\n\r\n",
    ),
    Scenario(
        "dropped-long-line-without-end",
        "16386 bytes and no line end: closed without a word.",
        (Send(b"GET /".ljust(16385, b"x")), Send(b"x")),
    ),
    _sent(
        "dropped-long-header",
        "A header line of 16385 bytes: closed without a word.",
        b"GET /hello HTTP/1.1\r\n" + b"x: ".ljust(16385, b"x") + b"\r\n\r\n",
    ),
    _sent(
        "dropped-big-piece", "More than one read's worth without a line end: closed with bytes unread.", b"x" * 70_000
    ),
    _sent(
        "dropped-huge-length",
        "A length of 4301 digits is more than int() takes: it raises, and the connection goes.",
        head(b"POST /echo HTTP/1.1", b"Content-Length: " + b"9" * 4301),
    ),
)

SCENARIOS: tuple[Scenario, ...] = (
    *_PIECES,
    *_BODIES,
    *_PERSISTENCE,
    *_METHODS_AND_TARGETS,
    *_WAITING,
    *_DISCONNECTS,
    *_TIMEOUTS,
    *_LIMITS,
    *_REFUSED_LINES,
    *_REFUSED_HEADERS,
    *_REFUSED_BODIES,
    *_REFUSED_OTHERWISE,
)


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        LensError: there is none.
    """
    for candidate in SCENARIOS:
        if candidate.name == name:
            return candidate
    raise LensError(f"there is no scenario called {name}; there are {', '.join(each.name for each in SCENARIOS)}")
