"""A verdict in words: what went well, what did not, what it means, and where the book shows why."""

import re
from collections.abc import Iterator
from typing import Any

from snippets.practice.held import Held, Outcome, Went
from snippets.practice.reading import at_line, read, shown
from snippets.practice.shelf import Folder

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
            return f"{seconds:g} {'second passes' if seconds == 1 else 'seconds pass'} (client {at})"
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
    return [verdict.wrong.says.replace("\n", " ")] if verdict.wrong else read(first)


def _ended(ended: Outcome) -> list[str]:
    """Why a learner's code could not be talked to, and what to look for."""
    if "unusable" in ended:
        return [_unusable(ended["unusable"])]
    said = _ENDED.get(ended["ended"], _ENDED["garbled"])
    number = ended.get("number", 0)
    signal = _SIGNALS.get(number, f"It was ended by signal {number}")
    return said.format(at=at_line(ended), number=number, signal=signal).splitlines()


def _unusable(error: Outcome) -> str:
    at = at_line(error)
    if not error["type"]:
        return f"The file is run, but {error['says']}: that is the name that the check talks to."
    if error["type"] == "SystemExit":
        return f"It left with sys.exit{at}\nThe check imports the file, so let it only define what the task names."
    if error["type"] == "MemoryError":
        return f"It took more memory than there is for it{at}"
    said = f": {shown(error['says'])}" if error["says"] else ""
    return f"It can't be imported: {shown(error['type'])}{said}{at}"
