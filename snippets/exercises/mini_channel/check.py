"""Build an HTTPChannel that answers as Twisted's does."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, cut, send, talk

EXERCISE = Exercise(
    "13_producers", "A channel of your own", "build", 60, "What you can say now", "protocol", "MiniChannel"
)
HELLO, FIVE = b"GET /hello HTTP/1.1\r\n\r\n", b"POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
LINES = b"GET  /hello HTTP/1.1|GET /hello|GET /hello HTTP/2.0|G@T /hello HTTP/1.1|GET /hello HTTP/1.1\nA: b".split(b"|")
FIELDS = b"no colon|Content-Length : 0|A: b\0c| A: b|A: b\nC: d".split(b"|")
LENGTHS = b"+0|0_0||0, 0|0\r\nContent-Length: 0|0\r\n 0".split(b"|")
WORDS = b"close|Close|keep-alive, close|\r\n\tclose|keep-alive|closed|a\r\nConnection: close".split(b"|")


def talks(chance: Random) -> Iterator[Talk]:
    def one(section: str, teaches: str, *pieces: bytes) -> Talk:
        return talk(teaches, send(*pieces), section=section)

    yield one("05 · The run", "A page is found, or the tree has one that says no.", HELLO, b"GET /a/b HTTP/1.1\r\n\r\n")
    yield one("05 · One byte at a time", "A request comes in pieces.", b"GET /hel", b"lo HTTP/1.1\r", b"\n\r", b"\n")
    yield one("07 · Three requests in one piece", "Three requests are three answers.", HELLO * 3)
    yield one("07 · A refusal in the middle", "What came before a refusal is answered.", HELLO + b"x\r\n\r\n" + HELLO)
    yield one("06 · A body with a length", "A body may come late.", FIVE + b"1\r\n", b"\r\n" + HELLO)
    data = FIVE + b"GET /" + FIVE.replace(b"POST", b"GET") + b"GET /" + HELLO
    yield one("06 · One byte too many", "A body is no request, whatever the method.", data)
    yield one("05 · An empty line first", "One empty line may stand in front.", b"\r\n" + HELLO + b"\r\n" + HELLO)
    yield one("05 · An empty line first", "Two may not.", HELLO + b"\r\n\r\n" + HELLO)
    for line in LINES:
        yield one("05 · Change one thing: a bad request line", "This is no request line.", line + b"\r\n\r\n" + HELLO)
    for field in FIELDS:
        yield one("05 · A header", "This is no header.", HELLO[:-2] + field + b"\r\n\r\n" + HELLO)
    for length in LENGTHS:
        yield one("06 · Which header says it", "This is no length.", FIVE.replace(b"5", length) + HELLO)
    for word in WORDS:
        a, b = [HELLO[:-2] + b"Connection: " + each + b"\r\n\r\n" + HELLO for each in [b"close", word]]
        yield talk("Is the next request answered?", send(a), send(b, to="b"), section="07 · Will it live on?")
    old = b"POST /echo HTTP/1.0\r\nconnection: keep-alive\r\nCONTENT-length:\t1 \r\n\r\n1"
    yield one("07 · Will it live on?", "HTTP/1.0 is answered, and closed.", FIVE + b"12345" + old + HELLO)
    for end in [b"", old, b"x\r\n\r\n"]:
        data = b"".join(chance.choices([HELLO, FIVE + b"\r\n\r\n1", b"\r\nHEAD" + HELLO[3:]], k=5)) + end
        yield one("05 · One byte at a time", "Wherever it is cut, it is the same.", *cut(data, chance, 12))
