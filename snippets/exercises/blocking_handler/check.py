"""Repair a protocol that sleeps before it answers."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, leave, receive, send, talk, wait

EXERCISE = Exercise(
    chapter="01_reactor",
    title="Wait without stopping the others",
    kind="repair",
    minutes=15,
    section="A surprise: one handler freezes the others",
    way="protocol",
    name="factory",
)


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("Whoever isn't slow is answered at once.", send(b"quick"))
    yield talk("A slow answer comes after two seconds, and not before.", send(b"slow"), wait(1.5), wait(0.5))
    yield talk(
        "While one client waits, another is served.",
        send(b"slow", to="a"),
        send(b"quick", to="b"),
        wait(2, at="a"),
        receive("b"),
    )
    yield talk("A quick answer overtakes a slow one.", send(b"slow"), wait(1), send(b"quick"), wait(1))
    yield talk("Each slow answer has two seconds of its own.", send(b"slow"), wait(1), send(b"slow"), wait(1), wait(1))
    yield talk(
        "Two clients wait at the same time, and each gets its own answer.",
        [send(b"slow", to="a"), wait(1, at="a"), send(b"slow", to="b"), wait(1, at="a"), receive("b")],
        [wait(1, at="b"), receive("a")],
    )
    yield talk(
        "Who has left keeps nobody else waiting.", send(b"slow"), leave(), send(b"slow", to="b"), wait(2, at="b")
    )
    for _ in range(2):
        steps = []
        for _ in range(6):
            at = chance.choice("abc")
            steps += [send(chance.choice([b"slow", b"quick"]), to=at), wait(chance.choice([0.5, 1, 2]), at=at)]
        yield talk("However they come and wait, each answer has its time.", *steps, *map(receive, "abc"))
