"""Build a page that waits five seconds for its source, and no longer."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, leave, receive, talk, wait

EXERCISE = Exercise(
    chapter="12_later",
    title="A page with a time limit",
    kind="build",
    minutes=25,
    section="Further: a time limit of one's own",
    way="site",
    name="root",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("What the source says in time is the page.", get("/ask/2"), wait(1), wait(1))
    yield talk("A source that fails in time is a 502.", get("/ask/2!"), wait(1), wait(1))
    late = [get("/ask/9"), wait(4.5), wait(0.5), wait(1), wait(3)]
    yield talk("After five seconds, and not before, the visitor gets a 504.", late)
    yield talk("Then the source is told to stop: nobody wants its answer.", get("/ask/9"), wait(5), get("/busy"))
    two = [get("/ask/9"), wait(3), get("/ask/9", at="b"), wait(3), receive("b"), wait(2, at="b")]
    yield talk("Each visitor has five seconds.", two)
    yield talk("Nothing comes late, behind a 504.", get("/ask/7"), wait(5), wait(5), get("/busy"))
    yield talk("An answer in time ends the limit.", get("/ask/2"), wait(2), get("/ask/4"), wait(3), wait(1), wait(9))
    yield talk(
        "When the visitor goes, the source is told to stop at once, and nothing is logged.",
        [get("/ask/4"), leave(), get("/busy", at="b"), wait(9, at="b")],
        [get("/ask/4!", at="c"), leave("c"), wait(9, at="c")],
        section="Change one thing: the visitor goes",
    )
    yield talk("A source may fail at once, or answer at once.", get("/ask/0!"), wait(0), get("/ask/0"), wait(0))
    for _ in range(3):
        steps = [get(f"/ask/{chance.choice(['1', '3', '3!', '8'])}", at=at) for at in "abc"]
        waits = [wait(chance.choice([1, 2]), at=at) for at in "abcabcabc"]
        yield talk("However many wait, each has a limit of its own.", *steps, *waits, get("/busy", at="d"))
