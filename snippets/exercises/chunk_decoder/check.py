"""Build a decoder of chunked bodies that agrees with Twisted's."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, call, cut, look, talk

EXERCISE = Exercise(
    chapter="06_bodies",
    title="A decoder of chunks",
    kind="build",
    minutes=30,
    section="A body in chunks",
    name="Decoder",
)
LOOKS = [look("state"), look("body"), look("rest")]
REFUSED = [b"+5", b"0x5", b"5_0", b" 5", b"5 ;a", b"", b"5g", b"5\nhello\r\n0\r\n", b"5;\n", b"5;a\x7f"]
LONG = b"\nx\r\n5;" + b"x" * 1022  # a line of 1024 bytes


def fed(*pieces: bytes, looks: list = LOOKS) -> list[tuple]:
    return [call("Decoder"), *[call(".feed", piece) for piece in pieces], *looks]


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("Sizes, data and line ends, and then the end.", fed(b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"))
    yield talk("A size is hexadecimal.", fed(b"A\r\n0123456789\r\n010\r\n0123456789abcdef\r\n0\r\n\r\n"))
    yield talk("Data may have line ends in it.", fed(b"6\r\na\r\n0\r\n\r\n0\r\n\r\n"))
    yield talk("What is fed may be cut anywhere.", fed(b"1", b"\r", b"\nx\r", b"\n0\r\n", b"\r\n"))
    yield talk("Data is handed on as it comes.", fed(b"5\r\nhe"), call(".feed", b"l"), LOOKS)
    yield talk("An extension says nothing of the size.", fed(b"3;a=\tb;c\r\nhel\r\n0;x\r\n\r\n"))
    yield talk("Trailers are dropped.", fed(b"3", b"\r\nhel\r\n0\r\nSum: 42\r\nA: b\r\n\r\n"))
    yield talk("What comes behind the end is kept apart.", fed(b"1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n"))
    yield talk("Behind the data a CRLF must stand.", fed(b"1\r", b"\nx\r\n2\r\nhe!!0\r\n\r\n", looks=LOOKS[:1]))
    for line in REFUSED:
        data = b"\nx\r\n" + line + b"\r\nhello\r\n0\r\n\r\n"
        yield talk("This is no size line, and must be refused.", fed(b"1\r", data, looks=LOOKS[:1]))
    short, line = (fed(b"1\r", LONG[:end] + b"\r\nhello\r\n0\r\n\r\n", looks=LOOKS[:1]) for end in (-1, None))
    yield talk("A line of 1024 bytes is too long, with its end or without.", short, line, fed(b"1\r", LONG + LONG[6:]))
    for _ in range(5):
        chunks = [bytes(chance.choices(b"\r\n0;a", k=chance.randint(1, 20))) for _ in range(chance.randint(0, 5))]
        data = b"".join(b"%x%b\r\n%b\r\n" % (len(each), chance.choice([b"", b";", b";a=b"]), each) for each in chunks)
        *pieces, last = cut(data + b"0\r\n" + chance.choice([b"", b"A: b\r\n"]) + b"\r\n", chance)
        yield talk("Wherever it is cut, the body is the same.", fed(*pieces, last + chance.choice([b"", b"GET"])))
