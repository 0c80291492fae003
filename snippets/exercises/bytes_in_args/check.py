"""Repair a page that takes what came for text."""

from collections.abc import Iterator
from random import Random
from urllib.parse import urlencode

from snippets.practice.talk import Exercise, Talk, get, talk

EXERCISE = Exercise(
    chapter="08_request",
    title="Names are bytes, values are lists",
    kind="repair",
    minutes=10,
    section="A request with a bit of everything",
    way="site",
    name="Greeter",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A name that comes is greeted.", get("/?name=Ann"))
    yield talk("Who comes without a name is nobody.", get("/"), get("/?nom=Ann"))
    yield talk("If several names come, the first one counts.", get("/?name=Ann&name=Bob"), get("/?a=1&name=Bob&b=2"))
    yield talk("A plus in a query is a space, and a space is counted.", get("/?name=Anna+Maria"))
    yield talk("An empty name is none.", get("/?name="))
    yield talk(
        "Letters are counted, and not the bytes that they take.", get("/?name=Zo%C3%AB"), get("/?name=%E2%82%AC")
    )
    yield talk(
        "Any bytes may come, and these stand for no text in UTF-8.",
        get("/?name=%FF"),
        get("/?name=Zo%EB"),
        section="The source, in the order in which the request meets it",
    )
    for _ in range(3):
        names = ["".join(chance.choices("aé€ +&=", k=chance.randint(1, 6))) for _ in range(chance.randint(1, 3))]
        yield talk(
            "Whatever the name is, it comes as it was meant.", get("/?" + urlencode([("name", n) for n in names]))
        )
