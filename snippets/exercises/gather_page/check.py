"""Build a page that asks several sources at once, some of which fail."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, leave, talk, wait

EXERCISE = Exercise(
    chapter="12_later",
    title="Three sources at once",
    kind="build",
    minutes=30,
    section="Further: three sources at once",
    way="site",
    name="root",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("One source is one line.", get("/ask?of=1"), wait(0.5), wait(0.5))
    three = [get("/ask?of=3&of=1&of=2"), wait(2), wait(1), wait(3), wait(3)]
    yield talk("Three sources take as long as the slowest, and keep the order of the question.", three)
    yield talk("They are all asked at once.", get("/ask?of=3&of=2&of=4"), get("/busy", at="b"), wait(4))
    some = [get("/ask?of=1&of=2!&of=3"), wait(2), wait(1), wait(3), wait(3)]
    yield talk("What one source fails with is no reason to lose the others.", some)
    yield talk("The last may be the one that fails.", get("/ask?of=1&of=2!"), wait(1), wait(1), get("/busy"))
    yield talk("If none has answered, the page is a 502.", get("/ask?of=2!&of=1!"), wait(1), wait(1))
    yield talk("A source that is asked twice is two lines.", get("/ask?of=1&of=2&of=1"), wait(1), wait(1))
    yield talk("The next page can be asked for behind it.", get("/ask?of=1!&of=1"), wait(1), get("/ask?of=1"), wait(1))
    gone = [get("/ask?of=3&of=2!&of=4"), wait(1), leave(), get("/busy", at="b"), wait(9, at="b")]
    yield talk(
        "When the visitor goes, all sources are told to stop, and nothing is logged.",
        gone,
        section="Change one thing: the visitor goes",
    )
    yield talk("Sources may answer, or fail, before the next is asked for.", get("/ask?of=0&of=0!"), wait(0))
    for _ in range(3):
        asked = "&".join("of=" + chance.choice(["1", "2", "2!", "3"]) for _ in range(chance.randint(2, 5)))
        yield talk("However many they are, each has its line.", get(f"/ask?{asked}&of=1"), wait(1), wait(1), wait(1))
