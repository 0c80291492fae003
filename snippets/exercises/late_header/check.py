"""Repair a page that has second thoughts behind its first write."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, talk

EXERCISE = Exercise(
    chapter="11_response",
    title="Second thoughts",
    kind="repair",
    minutes=10,
    section="The first write",
    way="site",
    name="Notes",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A note comes with its title in front.", get("/milk"))
    yield talk("It says in a header how many lines it has.", get("/milk", "X-Lines", "Content-Type"))
    yield talk("A note that there isn't is a 404.", get("/bread"))
    yield talk("A 404 has no lines.", get("/bread", "X-Lines", "Content-Type"))
    yield talk("A note that can't be read is a 500, and no part of it a 200.", get("/damaged"))
    yield talk("An empty note is a note, with no lines.", get("/empty", "X-Lines"))
    for _ in range(3):
        asked = chance.choices(["milk", "bread", "damaged", "empty", "two"], k=3)
        yield talk("Each of several requests has its own answer.", *(get(f"/{name}", "X-Lines") for name in asked))
