"""A verdict in words: what went well, what did not, what it means, and where the book shows why."""

import re
from collections.abc import Iterator
from typing import Any

from snippets.practice.held import Held, Outcome, Went
from snippets.practice.shelf import Folder

_LONGEST = 300  # characters of anything that is shown
_STATUS = {
    400: "400 means that the request was refused before any resource was asked",
    404: "404 means that the walk down the tree found no resource at this path",
    405: "405 means that the resource was found, and has no render method for this verb",
    500: "500 means that the page raised an exception, or returned what is not bytes",
    501: "501 means that the resource has no such method, and knows it of no other",
}
_ENDED = {
    "cpu": "It ran without coming to an end, and was stopped{at}\nIs there a loop that never ends?",
    "wall": "It waited for half a minute, and was stopped{at}\nNothing in the file may wait, or run a reactor: the "
    "check turns the clock by hand.",
    "flood": "It answered with more than a megabyte.\nIs there a loop that writes without end?",
    "memory": "It took more memory than there is for it.",
    "exit": "It ended its own process, with exit code {number}{at}\nA file that is imported only defines things.",
    "signal": "{signal}{at}",
    "gone": "It ended the process in which it was run.",
    "garbled": "What came out of its process is no answer.\nThe files that it finds open there are not its own.",
}
_CRASHED = "It crashed Python itself"
_SIGNALS = {
    4: f"{_CRASHED} (SIGILL)",
    6: f"{_CRASHED} (SIGABRT)",
    7: f"{_CRASHED} (SIGBUS)",
    8: f"{_CRASHED} (SIGFPE)",
    9: "It was stopped from outside (SIGKILL): for the memory it took, for what it wrote, or by its own hand",
    11: f"{_CRASHED} (SIGSEGV)",
}


def shown(value: object) -> str:
    """Any value of a learner's as safe text in one line: escapes are written out, what is long is cut."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text)} characters)"


def message(verdict: Held) -> list[str]:
    """The verdict, line by line; empty lines between its parts."""
    lines = [_head(verdict)]
    if verdict.ended is not None:
        lines += ["", *_ended(verdict.ended)]
    elif first := verdict.first:
        lines += ["", f"Not this one: {first.talk.teaches}", *_told(first)]
        lines += ["", *meaning] if (meaning := _meaning(verdict, first)) else []
        lines += ["", f"Why: {where(verdict.folder, first.talk.section)}"]
    if verdict.printed and not verdict.passed:
        lines += ["", "Your code printed:", *(f"    {shown(line)}" for line in verdict.printed.splitlines()[:10])]
    return lines


def _head(verdict: Held) -> str:
    title = verdict.folder.title
    if verdict.passed:
        return f"{title}: passed. All {len(verdict.went)} conversations went well."
    if verdict.ended is not None:
        return f"{title}: not yet. Your code could not be talked to."
    well = sum(each.well for each in verdict.went)
    return f"{title}: not yet. {well} of {len(verdict.went)} conversations went well."


def where(folder: Folder, section: str = "") -> str:
    """Where the book shows why: chapter and section, and the notebook's address."""
    chapter, heading = folder.head.chapter, section or folder.head.section
    if found := re.match(r"(\d\d) · (.+)", heading):
        number, heading = found[1], found[2]
        from snippets import catalogue

        chapter = catalogue.chapter(number)
    return f"chapter {chapter[:2]}, “{heading}” (notebooks/{chapter}.ipynb#{heading.replace(' ', '-')})"


def _told(went: Went) -> Iterator[str]:
    """The steps of a conversation up to the first that went otherwise: what was done, what came, what was expected."""
    for at, step in enumerate(went.talk.steps[: went.first + 1]):
        yield f"    {_step(step)}"
        if at < went.first:
            continue
        came = _outcome(went.outcomes[at]) if at < len(went.outcomes) else "nothing: your code raised"
        yield f"        came      {came}"
        yield f"        expected  {_outcome(went.expected[at])}"


def _step(step: tuple[Any, ...]) -> str:
    match step:
        case "send", at, pieces:
            cut = f", in {len(pieces)} pieces" if len(pieces) > 1 else ""
            return f"client {at} sends{cut}: {', '.join(shown(piece) for piece in pieces)}"
        case "receive", at:
            return f"client {at} looks what has come"
        case "wait", at, seconds:
            return f"{seconds:g} seconds pass (client {at})"
        case "leave", at, reset:
            return f"client {at} {'resets the connection' if reset else 'closes its end'}"
        case "reads", at, on:
            return f"client {at} {'reads again' if on else 'stops reading'}"
        case "ask", at, request, _:
            return f"client {at} asks: {shown(request)}"
        case "call", function, args:
            return f"call {function}({', '.join(shown(arg) for arg in map(repr, args))})"
        case _:
            return f"look at {step[1]}"


def _outcome(outcome: Outcome) -> str:
    parts = []
    for key, value in outcome.items():
        if key == "came":
            parts.append(shown(value) if value else "nothing")
        elif key == "closed":
            parts.append("closed" if value else "open")
        elif key in ("value", "body"):
            parts.append(shown(value) if isinstance(value, bytes) else shown(repr(value)))
        elif key == "slept":
            parts.append(f"and slept {shown(repr(value))} s")
        elif key == "logged":
            parts.append(f"with {shown(repr(value))} error{'s' if value != 1 else ''} in the log")
        else:
            parts.append(f"{shown(key)} {shown(value)}")
    return ", ".join(parts)


def _meaning(verdict: Held, first: Went) -> list[str]:
    if verdict.wrong:
        return [verdict.wrong.says.replace("\n", " ")]
    return [*_raised(first.errors), *_reading(first)]


def _reading(went: Went) -> Iterator[str]:
    """What can be said of an outcome that nobody foresaw."""
    mine = went.outcomes[went.first] if went.first < len(went.outcomes) else {}
    other = went.expected[went.first]
    status = mine.get("status")
    if status != other.get("status") and isinstance(status, int) and status in _STATUS:
        yield f"{_STATUS[status]}."
    if "came" in mine and not mine["came"] and other.get("came", other.get("status")):
        yield "Nothing came back."
    if mine.get("closed") and not other.get("closed"):
        yield "The connection was closed, and should be open."
    if other.get("closed") and not mine.get("closed") and mine:
        yield "The connection is still open, and should be closed."
    if mine.get("slept"):
        yield "time.sleep stops the reactor, and with it every other client."
    if isinstance(mine.get("value"), str) and isinstance(other.get("value"), bytes):
        yield "That is text, and bytes were expected."


def _raised(errors: list[Outcome]) -> Iterator[str]:
    for error in errors[:3]:
        said = f": {shown(error['says'])}" if error["says"] else ""
        yield f"It raised {shown(error['type'])}{said}{_at(error)}"


def _at(error: Outcome) -> str:
    """The learner's line that it is about, if that is known."""
    return f" in line {error['line']}: {shown(error['text'])}" if error["line"] else ""


def _ended(ended: Outcome) -> list[str]:
    """Why a learner's code could not be talked to, and what to look for."""
    if "unusable" in ended:
        return [_unusable(ended["unusable"])]
    said = _ENDED.get(ended["ended"], _ENDED["garbled"])
    number = ended.get("number", 0)
    signal = _SIGNALS.get(number, f"It was ended by signal {number}")
    return said.format(at=_at(ended), number=number, signal=signal).splitlines()


def _unusable(error: Outcome) -> str:
    at = _at(error)
    if not error["type"]:
        return f"The file is run, but {error['says']}: that is the name that the check talks to."
    if error["type"] == "SystemExit":
        return f"It left with sys.exit{at}\nThe check imports the file, so let it only define what the task names."
    if error["type"] == "MemoryError":
        return f"It took more memory than there is for it{at}"
    said = f": {shown(error['says'])}" if error["says"] else ""
    return f"It can't be imported: {shown(error['type'])}{said}{at}"
