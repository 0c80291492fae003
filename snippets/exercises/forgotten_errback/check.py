"""Repair a page whose visitor waits for ever when its source fails."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, leave, talk, wait

EXERCISE = Exercise(
    chapter="12_later",
    title="A source that fails",
    kind="repair",
    minutes=10,
    section="Somebody must answer for a failure",
    way="site",
    name="Capital",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("What the source knows is answered after a second.", get("/france"), wait(0.5), wait(0.5))
    yield talk("When the source fails, the visitor is told, and doesn't wait.", get("/atlantis"), wait(1))
    yield talk("A connection goes on after a failure.", get("/atlantis"), wait(1), get("/peru"), wait(1))
    yield talk(
        "Two visitors wait, and each gets an answer to what was asked.",
        [get("/atlantis", at="a"), get("/peru", at="b"), wait(1, at="b"), wait(0, at="a")],
    )
    yield talk(
        "Another failure than the one that is foreseen is a 500, and is logged.",
        [get("/atlantis"), wait(1), get("/babel", at="b"), wait(1, at="b")],
    )
    yield talk(
        "Of a visitor who has gone nothing is logged, whatever the source says.",
        [get("/france"), leave(), wait(1)],
        [get("/atlantis", at="b"), leave("b"), wait(1, at="b")],
        section="Change one thing: the visitor goes",
    )
    for _ in range(3):
        paths = chance.choices(["/france", "/peru", "/atlantis", "/babel"], k=4)
        steps = [step for path in paths for step in (get(path), wait(1))]
        yield talk("One after another, each has its answer.", *steps)
