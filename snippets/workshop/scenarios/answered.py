"""Conversations in which requests are answered, or the client or the clock ends them."""

from snippets.workshop.scenarios.conversation import Advance, Disconnect, Finish, Reading, Scenario, Send, Write, sent
from snippets.workshop.scenarios.requests import (
    FORM_TYPE,
    HELLO,
    LATER,
    MORE_THAN_EAGER,
    MOST_TRAILERS,
    MULTIPART,
    MULTIPART_TYPE,
    TWO_CHUNKS,
    chunked,
    get,
    head,
    padded,
    post,
    random_sizes,
)

_PIECES = (
    sent("get", "A GET that arrives whole.", HELLO),
    sent("get-bytewise", "A GET of which every byte arrives by itself.", HELLO, 1),
    sent("get-random-pieces", "A GET in pieces of random sizes.", HELLO, random_sizes(1, 9)),
    sent("get-cut-in-line-end", "A GET cut between CR and LF of its first line.", HELLO, (20,)),
    sent("get-root", "A GET for /, which is one empty segment.", get(b"/")),
    sent("get-missing", "A GET for a resource that is not there: 404.", get(b"/missing/page")),
    Scenario("get-again", "A second GET after the answer to the first.", (Send(HELLO), Send(get(b"/chunked")))),
    sent("get-chunked-answer", "An answer without a length is sent in chunks.", get(b"/chunked")),
    sent("get-no-content", "An answer that has no body: 204.", get(b"/empty")),
    sent("get-big-answer", "An answer that fills the transport's buffer pauses its producer.", get(b"/big")),
    sent("get-pulled-answer", "An answer made piece by piece, when there is room.", get(b"/pulled")),
    sent("get-broken", "A resource that raises: 500.", get(b"/broken")),
    sent("empty-line-first", "One empty line before the request line is skipped.", b"\r\n" + HELLO),
    sent(
        "folded-header",
        "Header lines that begin with a space or a tab go on the line before.",
        get(b"/hello", b"X-Folded: one", b"  two", b"\tthree"),
    ),
    sent("cookies", "Cookies are parsed.", get(b"/hello", b"Cookie: a=1; b=2; no-value", b"Cookie: c=3")),
    sent("session", "A session: a cookie that is set.", get(b"/visit")),
    sent("etag", "An answer with a version and a date.", get(b"/dated")),
    sent("etag-known", "A version that the client has: 304.", get(b"/dated", b'If-None-Match: "v1"')),
    sent(
        "gzip", "An answer that is compressed, so its length is not known.", get(b"/zipped", b"Accept-Encoding: gzip")
    ),
    sent("query", "A query is parsed into arguments.", get(b"/hello?a=1&a=2;b=%20&c")),
)

_BODIES = (
    sent("post", "A body by its length.", post(b"/echo", b"Hello, world")),
    sent("post-bytewise", "A body by its length, byte by byte.", post(b"/echo", b"Hello, world"), 1),
    sent("post-random-pieces", "A body in random pieces.", post(b"/echo", b"a" * 900), random_sizes(2, 90)),
    sent("post-empty", "A body of length 0.", post(b"/echo", b"")),
    sent("post-big", "A body long enough for a temporary file.", post(b"/echo", b"a" * 100_000), 20_000),
    sent(
        "post-identity",
        "Transfer-Encoding: identity says nothing, and is passed over.",
        post(b"/echo", b"Hello", b"Transfer-Encoding: identity"),
    ),
    sent(
        "form",
        "A form in the body replaces the query's arguments of the same name.",
        post(b"/form?a=from+the+query&b=2", b"a=from+the+body", FORM_TYPE),
    ),
    sent("form-multipart", "A multipart form.", post(b"/form?a=1&b=2", MULTIPART, MULTIPART_TYPE), 50),
    Scenario(
        "form-not-parsed",
        "A site that leaves forms to its resources.",
        (Send(post(b"/form?a=1", b"a=2", FORM_TYPE)),),
        {"parsePOSTFormSubmission": False},
    ),
    sent("chunked", "A chunked body.", chunked(TWO_CHUNKS)),
    sent("chunked-bytewise", "A chunked body, byte by byte.", chunked(TWO_CHUNKS), 1),
    sent("chunked-random-pieces", "A chunked body, random pieces.", chunked(TWO_CHUNKS), random_sizes(3, 7)),
    sent("chunked-empty", "A chunked body without a chunk.", chunked(b"0\r\n\r\n")),
    sent(
        "chunked-hex",
        "Sizes of chunks in upper and lower case, and with leading zeros.",
        chunked(b"b\r\nelevenbytes\r\nB\r\nelevenBYTES\r\n00c\r\ntwelve bytes\r\n0\r\n\r\n"),
    ),
    sent(
        "chunked-extension",
        "An extension after the size of a chunk is passed over.",
        chunked(b'5;name="value"\r\nHello\r\n0;last\r\n\r\n'),
    ),
    sent(
        "chunked-trailers",
        "Header lines after the last chunk are read and dropped.",
        chunked(b"5\r\nHello\r\n0\r\nX-Sum: 42\r\nX-More: 43\r\n\r\n"),
    ),
    sent("chunked-then-get", "What follows a chunked body is the next request.", chunked(TWO_CHUNKS) + HELLO, (90, 3)),
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
    sent("http-1.0", "HTTP/1.0: closed after the answer.", head(b"GET /hello HTTP/1.0")),
    sent("http-1.0-no-length", "HTTP/1.0: no chunks; the end is the close.", head(b"GET /chunked HTTP/1.0")),
    sent(
        "http-1.0-keep-alive",
        "HTTP/1.0 with keep-alive is closed all the same.",
        head(b"GET /hello HTTP/1.0", b"Connection: keep-alive"),
    ),
    sent("close", "Connection: close.", get(b"/hello", b"Connection: close")),
    Scenario(
        "close-and-more",
        "Connection: close, TE leaves it open: the field is split at spaces, so one token is `close,`.",
        (Send(get(b"/hello", b"Connection: close, TE", b"TE: trailers")), Send(HELLO)),
    ),
    sent(
        "close-then-get",
        "A request after one that said close is dropped.",
        get(b"/hello", b"Connection: close") + get(b"/chunked"),
    ),
    sent("pipelined-two", "Two requests at once.", HELLO + get(b"/chunked")),
    sent("pipelined-two-bytewise", "Two requests, byte by byte.", HELLO + get(b"/chunked"), 1),
    sent("pipelined-three", "Three, with a body in the middle.", HELLO + post(b"/echo", b"body") + HELLO),
    sent("pipelined-after-big", "A request after one with a big answer.", get(b"/big") + HELLO),
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
    sent("head", "HEAD is answered as GET, without the body.", head(b"HEAD /hello HTTP/1.1")),
    sent("head-made-up", "HEAD of a resource without one.", head(b"HEAD /headless HTTP/1.1")),
    sent("head-chunked", "HEAD of an answer without a length.", head(b"HEAD /chunked HTTP/1.1")),
    sent("options-star", "OPTIONS * is answered by Twisted.", head(b"OPTIONS * HTTP/1.1")),
    sent("get-star", "Any other method is not allowed for *: 405.", head(b"GET * HTTP/1.1")),
    sent("method-not-allowed", "A method that the resource lacks: 405.", post(b"/hello", b"x")),
    sent("method-unknown", "A method that Twisted doesn't know: 501.", head(b"BREW /hello HTTP/1.1")),
    sent("method-lower-case", "Methods are case-sensitive: 501.", head(b"get /hello HTTP/1.1")),
    sent("target-absolute", "A whole URL as target is not taken apart: 404.", get(b"http://a/hello")),
    sent("target-encoded-slash", "Split at slashes first, unquoted after: 404.", get(b"/%2Fhello")),
    sent("target-0xb0", "Byte 0xB0 passes the check for printable ASCII.", get(b"/\xb0")),
    sent(
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
        "A client that doesn't read, and asks whether it may send its body.",
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
    sent("headers-500", "500 header lines are allowed.", b"GET /hello HTTP/1.1\r\n" + b"a:b\r\n" * 500 + b"\r\n"),
    sent(
        "line-16384-bytes",
        "A request line of 16384 bytes is allowed, if it is all there is.",
        b"GET /".ljust(16375, b"x") + b" HTTP/1.1\r\n\r\n",
    ),
    sent("headers-16384-bytes", "16384 bytes of request line and headers are allowed.", padded(b"x: ", 16384)),
    sent(
        "chunk-size-line-1023-bytes",
        "A line of 1023 bytes for the size of a chunk is allowed.",
        chunked(b"5;".ljust(1023, b"x") + b"\r\nHello\r\n0\r\n\r\n"),
    ),
    sent(
        "trailers-65536-bytes",
        "65536 bytes of trailers are allowed.",
        MOST_TRAILERS,
        16_000,
    ),
)

ANSWERED: tuple[Scenario, ...] = (
    *_PIECES,
    *_BODIES,
    *_PERSISTENCE,
    *_METHODS_AND_TARGETS,
    *_WAITING,
    *_DISCONNECTS,
    *_TIMEOUTS,
    *_LIMITS,
)
