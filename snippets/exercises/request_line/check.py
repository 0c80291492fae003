"""Build what takes a request line apart, and refuses what Twisted refuses."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, call, talk

EXERCISE = Exercise(
    chapter="05_http_channel",
    title="A request line",
    kind="build",
    minutes=20,
    section="Change one thing: a bad request line",
    name="request_line",
)


def lines(teaches: str, *given: bytes) -> Talk:
    return talk(teaches, [call("request_line", line) for line in given])


def talks(chance: Random) -> Iterator[Talk]:
    yield lines("A line has three parts.", b"GET /hello HTTP/1.1", b"POST / HTTP/1.0")
    yield lines("Two parts are too few, and four too many.", b"GET /hello", b"GET /a b HTTP/1.1", b"")
    yield lines("Any token is a method, known or not.", b"get / HTTP/1.1", b"FOO / HTTP/1.1", b"m-1.~ / HTTP/1.1")
    yield lines("No token has such a byte in it.", b"G@T / HTTP/1.1", b"G/T / HTTP/1.1", b"G\xc4T / HTTP/1.1")
    yield lines("A method has at least one byte.", b" / HTTP/1.1")
    yield lines("A target has at least one byte.", b"GET  HTTP/1.1")
    yield lines("A target need not begin with a slash.", b"GET * HTTP/1.1", b"GET http://a/b?c HTTP/1.1")
    yield lines("There are two versions.", b"GET / HTTP/1.2", b"GET / HTTP/2.0", b"GET / HTTP/1.10")
    yield lines("A version is written in capitals.", b"GET / http/1.1", b"GET / FTP/1.1")
    yield lines("The parts are separated by single spaces.", b"GET  / HTTP/1.1", b"GET\t/\tHTTP/1.1")
    yield lines("Nothing stands around the parts.", b" GET / HTTP/1.1", b"GET / HTTP/1.1\r", b" GET  / HTTP/1.1")
    yield lines("No byte of a target is 32 or less.", b"GET /\0 HTTP/1.1", b"GET /\t HTTP/1.1", b"GET /\x1f HTTP/1.1")
    yield lines("Bytes above 32 pass up to 176.", *(b"GET %c HTTP/1.1" % at for at in b"!~\x7f\x80\xb0\xb1\xff"))
    for _ in range(3):
        yield lines("Whatever the line, the answer is Twisted's.", *(drawn(chance) for _ in range(8)))


def drawn(chance: Random) -> bytes:
    method = bytes(chance.choices(b"GETget-_!#'`{@(,", k=chance.randint(0, 4)))
    target = bytes(chance.choices(b"/a?%~\x7f\x80\xb0\xb1\xff\0\t", (9, 9, 9, 9, 3, 2, 2, 2, 1, 1, 1, 1), k=3))
    version = chance.choice([b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1.2", b"http/1.1"])
    return chance.choice([b" ", b" ", b" ", b"  ", b"\t"]).join([method, target, version])
