"""Build a protocol for messages with a length in front, which refuses a wrong length."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, cut, send, talk

EXERCISE = Exercise(
    chapter="02_protocol_transport",
    title="Messages with their length",
    kind="build",
    minutes=25,
    section="Further: messages in a stream",
    way="protocol",
    name="Netstrings",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A message that comes whole is answered.", send(b"5:hello,"))
    yield talk("The rest of a message comes later.", send(b"5:he"), send(b"llo"), send(b","))
    yield talk("A cut may go through the length, too.", send(b"1"), send(b"1:hello"), send(b" again,"))
    yield talk("Two messages in one piece are two answers.", send(b"3:one,3:two,"))
    yield talk("The length says where a message ends, whatever bytes are in it.", send(b"3:a,b,"), send(b"4:1:x,,"))
    yield talk("A message may have no byte at all.", send(b"0:,2:hi,"))
    yield talk("A byte that is no comma ends the connection.", send(b"3:abcd2:hi,"))
    yield talk("What was answered before is still sent.", send(b"2:hi,3:abcd"), section="The end")
    yield talk("A length begins with a digit.", send(b":,"), send(b"x2:hi,", to="b"))
    yield talk(
        "A length is digits and nothing else, though int takes more.",
        [send(b"+2:hi,"), send(b" 2:hi,", to="b"), send(b"1_0:hello worl,", to="c")],
    )
    yield talk("A length has no leading zeros.", send(b"02:hi,"), send(b"00:,", to="b"), send(b"+0:,", to="c"))
    yield talk("A message may have 999 bytes, and no more.", send(b"999:%b," % (b"x" * 999)), send(b"1000:"))
    yield talk("Four digits are too many, whether a colon comes or not.", send(b"9999"), send(b":abc"))
    for end in [b"", b"", b"01:a,", b"1:ab", b"-1:a,"]:
        words = [bytes(chance.choices(b"ab:,1\n\xff", k=chance.randint(0, 12))) for _ in range(4)]
        data = b"".join(b"%d:%b," % (len(word), word) for word in words)
        yield talk("Wherever it is cut, the answer is the same.", send(*cut(data + end, chance)))
