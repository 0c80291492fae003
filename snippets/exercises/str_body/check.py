"""Repair a page that returns text."""

from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from snippets.practice.talk import Exercise, Talk, ask, get, talk

EXERCISE = Exercise(
    chapter="10_render",
    title="A page that returns text",
    kind="repair",
    minutes=5,
    section="What may a page return?",
    way="site",
    name="Greeting",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A page returns bytes: text must be encoded.", get("/", "Content-Type"))
    yield talk("The name stands in the query.", get("/?name=Ann"))
    yield talk("A name has any letters, and UTF-8 has bytes for them all.", get("/?name=Zo%C3%AB"))
    yield talk("Of these letters one is two bytes, another three, another four.", get(f"/?name={quote('é€😀')}"))
    yield talk(
        "A HEAD gets the same head, and no body.",
        ask(b"HEAD /?name=Ann HTTP/1.1\r\nHost: localhost\r\n\r\n", "Content-Type"),
        section="Further: HEAD",
    )
    for _ in range(3):
        name = "".join(chance.choices("abzäß€😀", k=chance.randint(1, 6)))
        yield talk("Whatever the name is, the page has its letters.", get(f"/?name={quote(name)}"))
