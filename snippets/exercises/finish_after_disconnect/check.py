"""Repair a page that is finished though its client has gone."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, leave, talk, wait

EXERCISE = Exercise(
    chapter="07_connection_life",
    title="The client has left",
    kind="repair",
    minutes=15,
    section="Change one thing: the client goes away",
    way="site",
    name="Slow",
)


def talks(chance: Random) -> Iterator[Talk]:
    at_work = get("/working", at="z")
    yield talk("Whoever stays gets the page after five seconds.", get("/"), wait(4), at_work, wait(1), at_work)
    yield talk("When a client leaves, its work is stopped.", get("/"), leave(), at_work, wait(5), at_work)
    yield talk("A client may also be lost by a reset.", get("/"), wait(2), leave(reset=True), at_work, wait(5), at_work)
    yield talk("To leave after the page has come stops nothing.", get("/"), wait(5), leave(), at_work, wait(5), at_work)
    yield talk(
        "When one client leaves, the others get their pages.",
        [get("/", at="a"), wait(1, at="a"), get("/", at="b"), leave("b"), at_work, wait(5, at="a"), at_work],
        [get("/", at="c"), wait(1, at="c"), get("/", at="d"), leave("c"), at_work, wait(5, at="d"), at_work],
    )
    yield talk("A connection may carry a second page.", get("/"), wait(5), get("/"), wait(1), leave(), at_work, wait(5))
    for _ in range(2):
        steps = []
        for at in chance.sample("abcd", 4):
            wish = [leave(at, reset=chance.random() < 0.5)] if chance.random() < 0.5 else []
            steps += [get("/", at=at), *wish, wait(chance.choice([1, 2, 3]), at=at), at_work]
        yield talk("Whoever leaves, the others are served.", *steps, *[wait(5, at=at) for at in "abcd"], at_work)
