"""What can be said of an outcome that nobody foresaw, and of the exceptions on the way to it."""

from collections.abc import Iterator
from typing import Any

from snippets.practice.held import Outcome, Went
from snippets.practice.ways import UNENDED

_LONGEST = 300  # characters of anything that is shown
_MOST_ERRORS = 3
_STATUS = {
    400: "400 means that the request was refused before any resource was asked",
    404: "404 means that the walk down the tree found no resource at this path, or that the page says so itself",
    405: "405 means that the resource was found, and has no render method for this verb",
    500: "500 means that the page raised an exception, or returned what is not bytes",
    501: "501 means that the resource has no such method, and knows it of no other",
}
_WRITTEN_TWICE = "Request.write called on a request after Request.finish was called."


def shown(value: object) -> str:
    """Any value of a learner's as safe text in one line: escapes are written out, what is long is cut."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text)} characters)"


def at_line(error: Outcome) -> str:
    """The learner's line that an exception is about, if that is known."""
    return f" in line {error['line']}: {shown(error['text'])}" if error["line"] else ""


def read(went: Went) -> list[str]:
    """What was raised in a conversation and what it means, and what can be read from the first outcome that differs."""
    errors = [error for error in went.errors if error["type"]]
    returned = [error["says"] for error in went.errors if not error["type"]]
    lines = [*map(_returned, returned[:1]), *_raised(errors), *_because(errors, went.talk.steps[0][0] == "call")]
    return [*lines, *_came(went, bool(returned), bool(errors))]


def _returned(says: str) -> str:
    """What is said of a render method that returned no bytes, by the `repr` of what it returned."""
    if says == "None":
        return "The render method returned None: is a `return` missing? A page that answers later returns NOT_DONE_YET."
    if says.startswith(("<Deferred", "<coroutine")):
        return f"The render method returned {shown(says)}, and nobody waits for that: it must return NOT_DONE_YET."
    kind = "text" if says.startswith(("'", '"')) else "this"
    return f"The render method returned {kind}, and must return bytes: {shown(says)}"


def _raised(errors: list[Outcome]) -> Iterator[str]:
    for said in list(dict.fromkeys(map(_error, errors)))[:_MOST_ERRORS]:
        yield f"It raised {said}"


def _error(error: Outcome) -> str:
    said = f": {shown(error['says'])}" if error["says"] else ""
    return f"{shown(error['type'])}{said}{at_line(error)}"


def _because(errors: list[Outcome], called: bool) -> Iterator[str]:
    """What lies behind the first exception, where its own words don't lead to the learner's line.

    Args:
        errors: what was raised, in its order.
        called: did the check itself call the learner's functions? Then their names are missing in no base class.
    """
    if not errors:
        return
    kind, says, own = errors[0]["type"], errors[0]["says"], bool(errors[0]["line"])
    if kind == "TypeError" and "positional argument" in says and not own:
        yield "A callback is given the result first, an errback the failure; what was added with it comes behind."
    elif kind == "TypeError" and says.endswith("object is not callable") and not own:
        yield "What was handed over is no function. Was it called, where only its name should stand?"
    elif kind == "TypeError" and "'NoneType'" in says and not own:
        yield "A callback hands on what it returns: without a `return`, the next one is called with None."
    elif kind == "AttributeError" and "has no attribute" in says and not own and not called:
        yield "Does a method that stands in the place of one of the base class call that, by `super()`?"
    elif kind == "AttributeError" and says.endswith("has no attribute 'splitlines'"):
        yield "The value of a header is bytes, or text."
    elif kind == "CancelledError":
        yield "A Deferred that is cancelled fails with CancelledError, and its errbacks are called with that."
    elif all(error["says"] == _WRITTEN_TWICE and not error["line"] for error in errors):
        yield (
            "Twisted wrote what the render method returned, and the page had called `finish` before. Who calls "
            "`finish` returns NOT_DONE_YET."
        )


def _came(went: Went, returned: bool, raised: bool) -> Iterator[str]:
    """What can be read from the first outcome that is another than the expected one."""
    mine = went.outcomes[went.first] if went.first < len(went.outcomes) else {}
    other = went.expected[went.first]
    status = mine.get("status")
    if status != other.get("status") and isinstance(status, int) and status in _STATUS and not returned:
        yield f"{_STATUS[status]}."
    if "came" in mine and not mine["came"] and other.get("came", other.get("status")):
        yield "Nothing came back."
        if went.talk.steps[went.first][0] == "wait" and not raised:
            yield "What is to happen later must be asked of the `reactor` that is given: no other clock moves here."
            if "status" in other:
                yield "And every way must end in `finish`."
    if mine.get("closed") and not other.get("closed"):
        yield "The connection was closed, and should be open."
    if other.get("closed") and not mine.get("closed") and mine:
        yield "The connection is still open, and should be closed."
    if mine.get("slept"):
        yield "time.sleep stops the reactor, and with it every other client."
    if isinstance(mine.get("value"), str) and isinstance(other.get("value"), bytes):
        yield "That is text, and bytes were expected."
    yield from _body(mine, other)


def _body(mine: Outcome, other: Outcome) -> Iterator[str]:
    body, right = mine.get("body"), other.get("body")
    if not isinstance(body, bytes) or not isinstance(right, bytes):
        return
    if body.endswith(UNENDED) and not right.endswith(UNENDED):
        yield "The end of the response is missing: `finish` was not called."
    elif (said := _length(mine)) is not None and said != len(body) and _length(other) == len(right):
        yield f"Content-Length says {said}, and {len(body)} bytes were sent."
    if any(mark in body and mark not in right for mark in (b"b'", b'b"')):
        yield "In the body are a b and quotes: `str`, or an f-string, was given bytes. `decode` makes text of them."


def _length(outcome: Outcome) -> int | None:
    """The Content-Length of a response, if it was asked for and is a number."""
    values: Any = outcome.get("Content-Length")
    if isinstance(values, list) and len(values) == 1 and isinstance(values[0], bytes) and values[0].isdigit():
        return int(values[0])
    return None
