"""What an exercise is made of, as data: its head, and the conversations that are held with a learner's code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

Step = tuple[Any, ...]
Way = Literal["protocol", "site", "plain"]
Kind = Literal["predict", "repair", "build"]


@dataclass(frozen=True)
class Exercise:
    """What an exercise is: its head, as `check.py` says it.

    Args:
        chapter: the slug of the chapter at whose end it stands.
        title: what it is about, in a few words.
        kind: "predict" (names to give values to), "repair" or "build".
        minutes: how long it takes, about.
        section: the heading of the section that shows why, in that chapter.
        way: how to talk with the learner's code: "protocol" (a Protocol class, or a function that returns a factory,
            over connections in memory), "site" (a Resource class, or a function that returns the root, over
            connections in memory), "plain" (functions or a class, called). A function of the first two that has a
            parameter `reactor` is given a clock.
        name: the class or function that the learner's file must define.
    """

    chapter: str
    title: str
    kind: Kind
    minutes: int
    section: str
    way: Way = "plain"
    name: str = ""


@dataclass(frozen=True)
class Talk:
    """A conversation: what is done, and the sentence that teaches whoever gets it wrong.

    Args:
        teaches: said when the learner's code answers otherwise than the solution.
        steps: what is done, in its order.
        section: the heading that shows why, if it is another one than the exercise's; of another chapter with its
            number, as in "07 · The next one".
    """

    teaches: str
    steps: tuple[Step, ...] = field(default_factory=tuple)
    section: str = ""


def talk(teaches: str, *steps: Step | list[Step], section: str = "") -> Talk:
    """A conversation of these steps; a list of them stands for each of its own."""
    flat = [step for each in steps for step in (each if isinstance(each, list) else [each])]
    return Talk(teaches, tuple(flat), section)


def send(*pieces: bytes, to: str = "a") -> Step:
    """Send pieces of bytes over the connection `to`, which is made when it is first named; see what comes back."""
    return ("send", to, list(pieces))


def receive(at: str = "a") -> Step:
    """See what has come meanwhile over a connection that said nothing itself."""
    return ("receive", at)


def wait(seconds: float, at: str = "a") -> Step:
    """Let time pass on the clock of a connection; see what comes."""
    return ("wait", at, seconds)


def leave(at: str = "a", reset: bool = False) -> Step:
    """The client of a connection goes: in order, or with a reset."""
    return ("leave", at, reset)


def reads(on: bool, at: str = "a") -> Step:
    """The client of a connection stops reading what comes, or begins again."""
    return ("reads", at, on)


def ask(request: bytes, *headers: str, at: str = "a") -> Step:
    """Send a whole request; see the status, the body of a 2xx, and the named headers of the response."""
    return ("ask", at, request, list(headers))


def get(path: str, *headers: str, at: str = "a") -> Step:
    """Ask for a path with GET, as HTTP/1.1."""
    return ask(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode("latin-1"), *headers, at=at)


def post(path: str, body: bytes, *headers: str, kind: str = "application/x-www-form-urlencoded", at: str = "a") -> Step:
    """Send a body to a path with POST; `kind` is its Content-Type."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return ask(head.encode("latin-1") + body, *headers, at=at)


def call(function: str, *args: Any) -> Step:
    """Call a function of the learner's; see what it returns. With a dot in front, a method of the object made first."""
    return ("call", function, list(args))


def look(attribute: str) -> Step:
    """See the value of an attribute of the object made first, or a name of the learner's file."""
    return ("look", attribute)


def cut(data: bytes, chance: Random, most: int = 6) -> Iterator[bytes]:
    """`data` in pieces of 1 to `most` bytes."""
    start = 0
    while start < len(data):
        end = start + chance.randint(1, most)
        yield data[start:end]
        start = end
