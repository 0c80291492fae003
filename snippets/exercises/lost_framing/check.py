"""Repair a page that counts something else than what it sends."""

from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from snippets.practice.talk import Exercise, Talk, ask, get, talk

EXERCISE = Exercise(
    chapter="11_response",
    title="A length that is right",
    kind="repair",
    minutes=15,
    section="A surprise: the next page begins with the end of this one",
    way="site",
    name="Letter",
)

LENGTH = "Content-Length"


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("The page has its own bytes, and says how many they are.", get("/?text=Hi", LENGTH))
    yield talk("A line end is two bytes here.", get("/?text=one%0Atwo%0Athree", LENGTH))
    yield talk("A length counts bytes, and a letter may be several.", get(f"/?text={quote('Grüße')}", LENGTH))
    yield talk("A letter without text has its last line all the same.", get("/?text=", LENGTH), get("/?text=a", LENGTH))
    yield talk(
        "A HEAD is told the length of the page, and gets no byte of it.",
        [ask(b"HEAD /?text=Hi HTTP/1.1\r\nHost: localhost\r\n\r\n", LENGTH), get("/?text=Hi", LENGTH)],
    )
    yield talk(
        "A client of HTTP/1.0 is told the length, too, and can see whether all has come.",
        ask(b"GET /?text=Hi HTTP/1.0\r\n\r\n", LENGTH),
    )
    for _ in range(3):
        words = ["".join(chance.choices("ab ü€😀", k=chance.randint(0, 5))) for _ in range(3)]
        yield talk("Whatever the text is, its length is right.", get(f"/?text={quote(chr(10).join(words))}", LENGTH))
