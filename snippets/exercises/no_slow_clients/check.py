"""Build a site that gives up clients who trickle their headers."""

from collections.abc import Iterator
from random import Random

from snippets.practice.talk import Exercise, Talk, receive, send, talk, wait

EXERCISE = Exercise(
    chapter="07_connection_life",
    title="No slow clients",
    kind="build",
    minutes=30,
    section="How long may a client be silent?",
    way="protocol",
    name="site",
)
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
GET, LATER = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n"


def trickle(count: int, every: int = 3, at: str = "a") -> list[tuple]:
    return [step for _ in range(count) for step in (wait(every, at=at), send(b"x", to=at))]


def talks(chance: Random) -> Iterator[Talk]:
    yield talk("Who asks is answered.", send(GET), send(HEAD + b"hello"))
    quiet = [receive("z"), send(GET), wait(6), send(GET), wait(6), wait(24), send(GET), receive("z")]
    yield talk("Before a request and after an answer one may be silent.", quiet)
    yield talk("Who has not begun may be silent, and may begin then.", wait(30), send(b"G"), wait(5), send(GET[1:]))
    yield talk("Who begins and says no more is closed.", send(b"G"), wait(9), wait(2))
    z, other, more = receive("z"), [send(b"G", to="b"), wait(11, at="b")], [wait(2), wait(9)]
    yield talk("Who trickles is closed, though never silent for long.", z, send(b"G"), trickle(3), more, z)
    yield talk("A whole line is no head.", other, send(GET[:16]), trickle(3), send(b": b\r\n"), more)
    steps = [send(GET, to="b"), wait(11, at="b"), send(LATER), wait(12), wait(8), send(GET)]
    yield talk("A page may take its time.", steps)
    steps = [send(LATER, to="b"), wait(20, at="b"), send(HEAD), trickle(5, 4)]
    yield talk("A body may come slowly.", *steps)
    yield talk("The next request is watched as well.", other, send(GET), wait(20), send(b"G"), trickle(3), more)
    yield talk("So is one whose beginning came with the last.", send(GET + b"G"), trickle(3), wait(10))
    steps = [send(b"G", to="a"), wait(5, at="a"), send(b"G", to="b"), wait(6, at="a")]
    yield talk("Each client has time of its own.", *steps, receive("b"), wait(5, at="b"), receive("a"))
    for _ in range(2):
        cut, every = chance.randint(1, len(GET) - 4), chance.choice([2, 4, 6])
        yield talk("Wherever it stops, ten seconds are all.", send(GET), send(GET[:cut]), trickle(1, every), wait(10))
