"""Lays out a made-up class of thirty students, to try grading with: right, wrong, half-finished and hostile answers."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import Template

from snippets.lens.errors import LensError
from snippets.practice.grading.handed_in import hand_in, notebook, zipped
from snippets.practice.grading.hostile import HOSTILE
from snippets.practice.shelf import exercise

ASSIGNED = ("calls_of_a_request", "framed_echo", "request_line", "leaf_with_children")
_CODE = [slug for slug in ASSIGNED if slug != "calls_of_a_request"]
RIGHT, FORESEEN, OWN, HALF, HARM = "right", "foreseen wrong answers", "own mistakes", "half-finished", "hostile"
KINDS = {RIGHT: 10, FORESEEN: 6, OWN: 3, HALF: 3, HARM: len(HOSTILE)}
_OWN: dict[str, Callable[[str], str]] = {
    "a colon is missing": lambda text: re.sub(r"(?m)^((?:class|def) .*):$", r"\1", text, count=1),
    "another name than the one asked for": lambda text: re.sub(r"\b(Echo|request_line|root)\b", "mine", text),
    "text for bytes": lambda text: text.replace('b"', '"'),
}


@dataclass(frozen=True)
class Student:
    """A made-up student.

    Args:
        name: "student01" to "student30".
        kind: what the answers are: `RIGHT`, `FORESEEN`, `OWN`, `HALF` or `HARM`.
        about: what is particular to this one.
        files: slug -> text of what is handed in.
        packed: "folder", "zip" or "notebook".
    """

    name: str
    kind: str
    about: str
    files: dict[str, str]
    packed: str = "folder"


def lay_out(folder: Path, seed: int) -> list[Student]:
    """Write the submissions of a made-up class into a folder, all or none; who hands in what.

    Args:
        folder: where; it is made.
        seed: all that differs between the students is drawn from it.

    Raises:
        LensError: there is something at that place already, or it can't be written.
    """
    half = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise LensError(f"{folder} is there already: name a folder that is new, or empty")
        half.mkdir(parents=True)
        students = _class(Random(seed), folder.resolve())
        for student in students:
            _hand_in(student, half)
        os.replace(half, folder)
    except OSError as error:
        raise LensError(f"{folder} can't be written: {error.strerror}") from None
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return students


def _class(chance: Random, folder: Path) -> list[Student]:
    """The students by their names; `folder` is where they will be."""
    names = [f"student{number:02}" for number in range(1, sum(KINDS.values()) + 1)]
    drawn = iter(chance.sample(names, len(names)))
    right = {slug: _right(slug) for slug in ASSIGNED}
    packed = ["zip", "notebook"] + ["folder"] * (KINDS[RIGHT] - 2)
    students = [Student(next(drawn), RIGHT, f"in a {each}", right, each) for each in packed]
    paths = {
        "other": folder / next(each.name for each in students if each.packed == "folder") / f"{_CODE[0]}.py",
        "grades": folder.with_name("grades") / "grades.csv",
    }
    # A class has its favourites: of the many mistakes that were foreseen, few are made often.
    favourites = {slug: chance.sample(exercise(slug).wrongs, 3) for slug in _CODE}
    for _ in range(KINDS[FORESEEN]):
        chosen = {slug: chance.choice(favourites[slug]) for slug in chance.sample(_CODE, 2)}
        predicted, mistaken = _mistaken(chance)
        about = ", ".join([*(f"{slug}: {wrong.name}" for slug, wrong in chosen.items()), mistaken])
        given = {ASSIGNED[0]: predicted, **{slug: wrong.source for slug, wrong in chosen.items()}}
        students.append(Student(next(drawn), FORESEEN, about, right | given))
    for slug, (about, mistake) in zip(_CODE, _OWN.items(), strict=True):
        students.append(Student(next(drawn), OWN, f"{slug}: {about}", right | {slug: mistake(right[slug])}))
    for at in range(KINDS[HALF]):
        files = dict(list(right.items())[:at]) | {ASSIGNED[at]: exercise(ASSIGNED[at]).starter}
        students.append(Student(next(drawn), HALF, f"{ASSIGNED[at]} is as it was, and what follows is missing", files))
    for about, text in HOSTILE.items():
        files = {chance.choice(_CODE): Template(text).substitute(paths)}
        students.append(Student(next(drawn), HARM, f"{next(iter(files))}: {about}", files))
    return sorted(students, key=lambda student: student.name)


def _right(slug: str) -> str:
    folder = exercise(slug)
    return _predicted(folder.starter, folder.truth()) if folder.predicts else folder.solution


def _mistaken(chance: Random) -> tuple[str, str]:
    """Predictions of which one is wrong as was foreseen, and which."""
    folder = exercise(ASSIGNED[0])
    name = chance.choice(list(folder.check.LIKELY))
    value = chance.choice(list(folder.check.LIKELY[name]))
    return _predicted(folder.starter, folder.truth() | {name: value}), f"{folder.slug}: {name} = {value!r}"


def _predicted(starter: str, values: dict[str, object]) -> str:
    """The starter of predictions with a value in the place of each `...`."""
    for name, value in values.items():
        starter = starter.replace(f"\n{name} = ...", f"\n{name} = {value!r}")
    return starter


def _hand_in(student: Student, folder: Path) -> None:
    files = {f"{slug}.py": text for slug, text in student.files.items()}
    if student.packed == "zip":
        (folder / f"{student.name}.zip").write_bytes(zipped(files))
    elif student.packed == "notebook":
        tags = {at: [slug] for at, slug in enumerate(student.files)}
        (folder / f"{student.name}.ipynb").write_bytes(notebook(*student.files.values(), tags=tags))
    else:
        hand_in(folder, student.name, files)
