"""Repair a page that mixes up its visitors."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, leave, talk

EXERCISE = Exercise(
    chapter="04_site_factory",
    title="Whose state is it?",
    kind="repair",
    minutes=10,
    section="A client comes",
    way="site",
    name="Page",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A visitor's first request has nothing before it.", get("/one"))
    yield talk("The second request is told of the first.", get("/one"), get("/two"), get("/three"))
    yield talk("Another connection is another visitor, and is counted too.", get("/one", at="a"), get("/two", at="b"))
    yield talk(
        "A visitor is remembered, though another one has come between.",
        [get("/one", at="a"), get("/two", at="b"), get("/three", at="a"), get("/four", at="b"), get("/five", at="b")],
    )
    yield talk("Who leaves and comes back has a new connection.", get("/one", at="a"), leave("a"), get("/two", at="b"))
    for _ in range(3):
        asked = [get(f"/{number}", at=chance.choice("abc")) for number in range(8)]
        yield talk("However the requests of visitors are mixed, each is told of their own.", asked)
