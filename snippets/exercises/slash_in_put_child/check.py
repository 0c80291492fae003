"""Repair a site whose pages were put under paths."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, talk

EXERCISE = Exercise(
    chapter="09_resource_traversal",
    title="One segment at a time",
    kind="repair",
    minutes=10,
    section="How do I mount something at /a/c?",
    way="site",
    name="root",
)
KEYS = 'Why does putChild(b"/about") give 404?'


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A page of the root stands under its segment.", get("/about"), section=KEYS)
    yield talk("The path / has one segment.", get("/"), get("/%2F"), section="Why does my root answer 404?")
    yield talk("A page two segments deep is found in two steps.", get("/docs/next"))
    yield talk("Two may stand below one segment.", *map(get, ["/docs/intro", "/docs/next", "/docs/next/intro"]))
    yield talk("A slash that comes as %2F is part of a segment.", get("/docs%2Fintro"), get("/%2Fabout"), section=KEYS)
    yield talk("A letter may come quoted, and stands for itself.", get("/%61bout"), get("/docs/%69ntro"))
    yield talk("Two slashes have an empty segment between them.", get("//about"), get("/docs//intro"))
    yield talk("A slash at the end is one more segment.", get("/about/"), get("/about/intro"))
    yield talk("Below a page there is nothing.", get("/about/intro"), get("/docs/next/intro"))
    for _ in range(2):
        names, last = ["", "about", "docs", "intro", "about%2F"], ["", "about", "intro", "next"]
        paths = [[*chance.choices(names, k=chance.randint(0, 2)), chance.choice(last)] for _ in range(3)]
        yield talk("A path is found segment by segment.", *[get("/" + "/".join(path)) for path in paths])
