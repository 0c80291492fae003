"""Build a push producer that is told to pause, and heeds it."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, get, leave, reads, talk, wait

EXERCISE = Exercise(
    chapter="13_producers",
    title="A producer that respects pauses",
    kind="build",
    minutes=30,
    section="Further: a push producer",
    way="site",
    name="root",
)

TAPE, STATE, GO, STOP = get("/tape/9"), get("/state", at="b"), reads(True), reads(False)
A, B = wait(1), wait(1, at="b")
FULL = [STOP, TAPE, B, STATE, B, STATE, B, B, STATE]


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("A piece comes at once, and then one each second, up to the end.", get("/tape/3"), A, A, STATE, A)
    yield talk("Behind the last piece the tape is put away, and the next page comes.", get("/tape/1"), STATE, TAPE, A)
    yield talk("When the client reads nothing, the tape stops, and nothing of it is lost.", FULL, GO, A)
    yield talk("When it may go on, a piece is read at once, and then one each second.", FULL, GO, STATE, A, A, STATE)
    yield talk("After a pause there may be another.", FULL, GO, STOP, B, B, B, STATE, B, STATE, GO, A, STATE)
    yield talk("It comes to its end in spite of pauses.", FULL, GO, *[A] * 8, STATE)
    yield talk("When the client goes, the tape stops, and is put away.", TAPE, A, leave(), STATE, B, STATE)
    yield talk("A client may go while the tape stands still.", FULL, leave(), STATE, B, STATE)
    yield talk("Each client has a tape.", TAPE, get("/tape/2", at="c"), A, wait(1, at="c"), STATE)
    for _ in range(2):
        steps = [step for _ in range(7) for step in (chance.choice([GO, STOP, A]), B, B, STATE)]
        yield talk("However the client reads, the tape is where it should be.", TAPE, *steps, GO, A)
