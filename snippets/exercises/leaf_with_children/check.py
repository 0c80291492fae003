"""Repair a tree in which nobody is asked for a child."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, talk

EXERCISE = Exercise(
    chapter="09_resource_traversal",
    title="A leaf with children",
    kind="repair",
    minutes=10,
    section="A leaf",
    way="site",
    name="root",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A child that was put is found.", get("/status"))
    yield talk("The path / has a page.", get("/"), section="Why does my root answer 404?")
    yield talk("A resource that has children can be a page itself.", get("/users"))
    yield talk("A child may be made when it is asked for.", get("/users/ann"), get("/users/bob"))
    yield talk("A segment under which there is nothing is a 404.", get("/nothing"), get("/status"))
    yield talk("A name that isn't in the list has no page.", get("/users/carl"), section="Children that are made")
    yield talk("A page has nothing below it.", get("/status/more"))
    yield talk("A page that was made has nothing below it either.", get("/status/more"), get("/users/ann/more"))
    yield talk(
        "A slash at the end is one more segment.",
        get("/users/"),
        get("/users/ann"),
        section="Why does my root answer 404?",
    )
    for _ in range(3):
        names = ["", "status", "users", "ann", "bob", "carl"]
        paths = ["/" + "/".join(chance.choices(names, k=chance.randint(1, 3))) for _ in range(3)]
        yield talk("Whatever the path, a page answers at its own one only.", *map(get, paths))
