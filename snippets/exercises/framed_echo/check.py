"""Repair an echo that takes pieces for messages."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, cut, send, talk

EXERCISE = Exercise(
    chapter="02_protocol_transport",
    title="An echo of whole messages",
    kind="repair",
    minutes=10,
    section="Change one thing: the cut",
    way="protocol",
    name="Echo",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A message that comes whole is answered.", send(b"hello\n"))
    yield talk("Half a message is no message: nothing may come back yet.", send(b"hel"))
    yield talk("The rest of a message comes later, as the network cuts it.", send(b"hel"), send(b"lo\n"))
    yield talk("Two messages in one piece are two answers.", send(b"one\ntwo\n"))
    yield talk("A piece may end inside a message; the one before it is complete.", send(b"one\ntw"), send(b"o\n"))
    yield talk("A message without any byte is a message too.", send(b"one\n\ntwo\n"))
    yield talk(
        "Each connection has bytes of its own.",
        send(b"he", to="a"),
        send(b"by", to="b"),
        send(b"llo\n", to="a"),
        send(b"e\n", to="b"),
        section="A protocol is made",
    )
    for _ in range(3):
        data = b"".join(bytes(chance.choices(b"abc", k=chance.randint(0, 9))) + b"\n" for _ in range(4))
        yield talk("Wherever it is cut, the answer is the same.", send(*cut(data, chance)))
