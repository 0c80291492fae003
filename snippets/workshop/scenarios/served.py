"""Conversations about what a site serves day by day: files, parts of them, HEAD, versions, producers, late answers."""

from binascii import hexlify

from snippets.workshop.scenarios.conversation import Advance, Disconnect, Finish, Reading, Scenario, Send, Write, sent
from snippets.workshop.scenarios.requests import HELLO, LATER, MULTIPART, MULTIPART_TYPE, get, head, post

SESSION = b"Cookie: TWISTED_SESSION=" + hexlify(bytes(range(32)))  # what a wire gives to the first visitor


def _range(what: bytes) -> bytes:
    return get(b"/files/text.txt", b"Range: " + what)


_FILES = (
    sent("file", "A file.", get(b"/files/text.txt")),
    sent("file-head", "HEAD of a file: its length and type, and no body.", head(b"HEAD /files/text.txt HTTP/1.1")),
    sent("file-big", "A file that is read in pieces, as the transport takes them.", get(b"/files/big.bin")),
    sent("file-compressed", "A file whose ending names an encoding.", get(b"/files/packed.txt.gz")),
    sent(
        "file-unchanged",
        "A file that the client has: 304.",
        get(b"/files/text.txt", b"If-Modified-Since: Fri, 02 Jan 1970 00:00:00 GMT"),
    ),
    sent(
        "file-changed",
        "A file that was changed since.",
        get(b"/files/text.txt", b"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"),
    ),
    sent(
        "file-since-when",
        "A date that is none is passed over.",
        get(b"/files/text.txt", b"If-Modified-Since: yesterday"),
    ),
    sent("file-missing", "A file that is not there: 404.", get(b"/files/none.txt")),
    sent("file-below-a-file", "A file has no children: 404.", get(b"/files/text.txt/more")),
    sent("file-outside", "A segment that would lead out of the folder: 404.", get(b"/files/%2e%2e%2fsecret")),
    sent("file-above", "A segment of two dots: 404.", get(b"/files/listed/../text.txt")),
    sent("file-not-text", "A segment that is not text: 404.", get(b"/files/%ff")),
    sent("file-locked", "A file that may not be opened: 403.", get(b"/locked")),
    sent("file-without-ending", "A file found by an ending that need not be asked for.", get(b"/files/page")),
    sent("file-processed", "A file that is made into a page.", get(b"/files/run.made")),
    sent("folder-without-slash", "A folder is redirected to its name with a slash.", get(b"/files/listed")),
    sent("folder-listed", "A folder without an index file is listed.", get(b"/files/listed/")),
    sent("folder-index", "A folder with an index file.", get(b"/files/with-index/")),
    Scenario(
        "file-disconnect",
        "A client that closes in the middle of a file.",
        (Reading(False), Send(get(b"/files/big.bin")), Disconnect()),
    ),
    Scenario(
        "file-not-reading",
        "A client that doesn't read for a while: the file is read on when it does.",
        (Reading(False), Send(get(b"/files/big.bin")), Reading(True)),
    ),
)

_RANGES = (
    sent("range", "A part of a file: 206.", _range(b"bytes=6-9")),
    sent("range-to-the-end", "A part up to the end: 206.", _range(b"bytes=6-")),
    sent("range-over-the-end", "A part that would end after the file: 206.", _range(b"bytes=6-999")),
    sent("range-last", "The last bytes of a file: 206.", _range(b"bytes=-6")),
    sent("range-big", "A part of a big file, in pieces: 206.", get(b"/files/big.bin", b"Range: bytes=1-150000")),
    sent("range-after-the-end", "A part that begins after the end: 416.", _range(b"bytes=99-")),
    sent("range-unit", "A range in another unit is passed over.", _range(b"lines=1-2")),
    sent("range-no-unit", "A range without a unit is passed over.", _range(b"1-2")),
    sent("range-no-dash", "A range without a dash is passed over.", _range(b"bytes=1")),
    sent("range-no-number", "A range that begins with a word is passed over.", _range(b"bytes=a-2")),
    sent("range-no-number-last", "A range that ends with a word is passed over.", _range(b"bytes=1-b")),
    sent("range-backwards", "A range that ends before it begins is passed over.", _range(b"bytes=9-6")),
    sent("range-empty", "A range of a dash is passed over.", _range(b"bytes=-")),
    Scenario(
        "range-disconnect",
        "A client that closes in the middle of a part.",
        (Reading(False), Send(get(b"/files/big.bin", b"Range: bytes=1-150000")), Disconnect()),
    ),
)

_RESPONSES = (
    sent("data", "Data that is kept in memory.", get(b"/data")),
    sent("data-head", "HEAD of the same.", head(b"HEAD /data HTTP/1.1")),
    sent("page-not-found", "A page that says so: 404.", get(b"/nowhere/below/it")),
    sent("page-gone", "A page with a status of its own: 410.", get(b"/gone")),
    sent("get-pushed", "An answer by a producer that is paused and resumed.", get(b"/pushed")),
    Scenario(
        "pushed-not-reading",
        "The same to a client that doesn't read for a while.",
        (Reading(False), Send(get(b"/pushed")), Reading(True)),
    ),
    Scenario(
        "pushed-disconnect",
        "The client goes away while the producer is paused.",
        (Reading(False), Send(get(b"/pushed")), Disconnect()),
    ),
    Scenario("pushed-http-1.0", "The same by HTTP/1.0.", (Send(head(b"GET /pushed HTTP/1.0")),)),
    sent("set-cookies", "Cookies with all that they can have.", get(b"/cookies")),
    sent("set-cookie-same-site", "An unknown SameSite raises: 500.", get(b"/cookies?same-site=perhaps")),
    sent("set-cookie-insecure", "SameSite=None without Secure raises: 500.", get(b"/cookies?same-site=none")),
    sent("moved", "A redirect: 302.", get(b"/moved")),
    sent("half", "A resource that raises when it has written: the error page goes into the answer.", get(b"/half")),
    sent("written-after-finish", "A write after the end of the answer raises.", get(b"/twice")),
    sent("sized", "An answer with a length, a reason and a list of its own.", get(b"/sized")),
    sent("last-modified-twice", "A date of change that is said in two ways.", get(b"/stale")),
    sent("addressed", "The host that was asked for.", get(b"/addressed", b"X-More: a")),
    sent("addressed-no-host", "By HTTP/1.0, without a Host.", b"GET /addressed HTTP/1.0\r\n\r\n"),
    sent("addressed-bad-host", "A Host that is none.", b"GET /addressed HTTP/1.1\r\nHost: a:b:c\r\n\r\n"),
    sent(
        "access-log-quotes",
        "A quote and a byte beyond ASCII for the access log.",
        get(b"/hello", b'User-Agent: "a"\xe4'),
    ),
    sent(
        "access-log-single-quote",
        "A single quote for the access log.",
        get(b"/hello", b"Referer: it's"),
    ),
    sent("folder-listed-alone", "A list of a folder that is there by itself.", get(b"/list")),
    sent(
        "header-canonical",
        "A header whose name is written otherwise than the rest.",
        get(b"/hello", b"te: trailers", b"WWW-authenticate: a"),
    ),
    sent(
        "gzip-encoded-already",
        "An answer that has an encoding gets another.",
        get(b"/declared/page", b"Accept-Encoding: deflate, gzip"),
    ),
    sent(
        "form-nameless",
        "A part of a multipart form without a name is dropped.",
        post(b"/form", MULTIPART.replace(b"name=", b"nobody="), MULTIPART_TYPE),
    ),
    sent("query-odd", "A query with a field that has no value.", get(b"/hello?a&b=&=c")),
)

_SESSIONS = (
    Scenario("session-again", "A visitor who is known.", (Send(get(b"/visit")), Send(get(b"/visit", SESSION)))),
    sent("session-unknown", "A session that the site doesn't know: a new one.", get(b"/visit", SESSION)),
    Scenario(
        "session-expired",
        "900 s after the visit the session is gone.",
        (Send(get(b"/visit", b"Connection: close")), Advance(900)),
    ),
)

_LATE = (
    Scenario(
        "later-pipelined", "Two that answer late, one after the other.", (Send(LATER + LATER), Finish(), Finish())
    ),
    Scenario(
        "later-head-write",
        "What is written to a HEAD that is answered late is dropped.",
        (Send(head(b"HEAD /later HTTP/1.1")), Write(b"late"), Finish()),
    ),
    Scenario(
        "later-close",
        "Connection: close, answered late.",
        (Send(get(b"/later", b"Connection: close")), Write(b"late"), Finish(), Send(HELLO)),
    ),
)

SERVED: tuple[Scenario, ...] = (*_FILES, *_RANGES, *_RESPONSES, *_SESSIONS, *_LATE)
