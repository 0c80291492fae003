"""Build a LineReceiver that goes into raw mode and comes back."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, cut, send, talk

EXERCISE = Exercise(
    chapter="03_line_receiver",
    title="Lines, raw bytes, lines again",
    kind="build",
    minutes=25,
    section="A protocol with two modes",
    way="protocol",
    name="Hexer",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A line is answered by its length.", send(b"hello\r\n"))
    yield talk("Raw bytes that come whole are answered in hexadecimal.", send(b"hex 3\r\nabc"))
    yield talk("Raw bytes may come in pieces, and are answered when all are there.", send(b"hex 3\r\na"), send(b"bc"))
    yield talk("Raw bytes are of any kind: a CRLF in them ends nothing.", send(b"hex 4\r\na\r\nb"))
    yield talk(
        "What stands behind the raw bytes is lines again.",
        [send(b"hex 1\r\nahello\r\n"), send(b"hex 1\r\na"), send(b"again\r\n")],
        section="And back",
    )
    yield talk("Each announcement begins with no bytes.", send(b"hex 1\r\na"), send(b"hex 2\r\nbc"))
    yield talk("No bytes are answered by an empty line, at once.", send(b"hex 0\r\n"), send(b"hello\r\n"))
    yield talk(
        "What is no number in ASCII digits announces nothing: the line is one like any other.",
        [send(b"hex x\r\n"), send(b"hex +1\r\n"), send(b"hex -1\r\n"), send(b"hex 1 \r\n"), send(b"hex \r\n")],
    )
    yield talk("Only `hex` announces bytes.", send(b"HEX 1\r\n"), send(b"hexes 1\r\n"), send(b"a hex 1\r\n"))
    yield talk(
        "Each connection has bytes of its own.",
        [send(b"hex 2\r\na"), send(b"hex 2\r\nx", to="b"), send(b"b"), send(b"y", to="b")],
        section="02 · A protocol is made",
    )
    for _ in range(4):
        raw = [bytes(chance.choices(b"ab\r\n", k=chance.randint(0, 9))) for _ in range(4)]
        data = b"".join(b"hex %d\r\n%bhello\r\n" % (len(each), each) for each in raw)
        yield talk("Wherever it is cut, the answers are the same.", send(*cut(data, chance, most=9)))
