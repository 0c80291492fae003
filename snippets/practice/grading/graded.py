"""Grades one student: each answer is checked in the student's own sandbox, and what came of it is plain data."""

import hashlib
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice import shelf as shelves
from snippets.practice.checked import Refused as Unread
from snippets.practice.checked import verdict_on
from snippets.practice.grading import keys
from snippets.practice.grading.unpacked import Answer, unpacked
from snippets.practice.judge import Talked
from snippets.practice.kit import SECONDS, Refused
from snippets.practice.predict import Predicted
from snippets.practice.sandbox import Sandbox
from snippets.practice.shelf import Folder, exercise
from snippets.practice.verdict import Verdict


@dataclass
class Job:
    """What is to be graded: a student's files, and what is known of them already.

    Args:
        student: the name.
        files: what was handed in.
        problems: what could not be read of it.
        seed: from which all conversations of the class are drawn.
        kept: the grades of an earlier run, by slug.
        kit: the digest of the kit of whoever asks; a grade by another kit would be another grade.
        seconds: how many a file may compute, and how many it may take.
        shelf: where the exercises are, if not in the book.
        weaker: are the files held by Landlock, and not by bubblewrap?
    """

    student: str
    files: list[tuple[str, bytes]]
    problems: list[str]
    seed: int
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    kit: str = ""
    seconds: tuple[int, float] = SECONDS
    shelf: str = ""
    weaker: bool = False

    @property
    def key(self) -> str:
        return keys.parcel(self.files, self.problems, self.seed, self.weaker)


@dataclass
class Grade:
    """What came of one answer. Without a `key` it is to be graded again by the next run."""

    key: str
    passed: bool
    well: int
    of: int
    lines: list[str]
    seed: int
    wrong: str = ""


def graded(job: Job, sandbox: Sandbox) -> dict[str, Any]:
    """The record of a student: `student`, `key`, `problems`, and `grades` by slug.

    Raises:
        Refused: there is no sandbox here.
    """
    _stand_at(job)
    found = unpacked(job.files)
    sandbox.next_student()
    try:
        grades = {slug: _grade(slug, answer, job, sandbox) for slug, answer in found.answers.items()}
    finally:
        sandbox.next_student()
    done = all(grade["key"] for grade in grades.values())
    problems = [*job.problems, *found.problems]
    return {"student": job.student, "key": job.key if done else "", "problems": problems, "grades": grades}


def seed_of(slug: str, seed: int) -> int:
    """The seed of an exercise: the same for the whole class, and foreseen by nobody in it."""
    return int.from_bytes(hashlib.sha256(f"{seed} {slug}".encode()).digest()[:4])


def _stand_at(job: Job) -> None:
    if job.shelf and Path(job.shelf) != shelves.FOLDER:
        keys.stand_at(Path(job.shelf))
    if job.kit and job.kit != keys.kit():
        raise Refused("this worker has another release of the book, of Python or of Twisted than whoever grades")


def _grade(slug: str, answer: Answer, job: Job, sandbox: Sandbox) -> dict[str, Any]:
    """The grade of an answer, from an earlier run if nothing has changed since."""
    seed = seed_of(slug, job.seed)
    key = keys.answer(slug, answer.problem or answer.text, seed, job.weaker)
    kept = job.kept.get(slug)
    if kept is not None and kept.get("key") == key:
        return kept
    folder = exercise(slug)
    try:
        return asdict(_told(folder, _verdict(folder, answer, seed, sandbox), key, seed))
    except Refused:
        raise
    except Exception as error:  # a student's file made the grader stumble: the others are graded all the same
        said = f"{slug} ({folder.head.title}): not graded. The grader stumbled: {_stumbled(error)}."
        return asdict(Grade("", False, 0, 0, [said], seed))


def _stumbled(error: Exception) -> str:
    if isinstance(error, LensError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"


def _verdict(folder: Folder, answer: Answer, seed: int, sandbox: Sandbox) -> Verdict:
    if answer.problem:
        return Unread(folder, answer.problem)
    return verdict_on(folder, answer.text, sandbox, seed)


def _told(folder: Folder, verdict: Verdict, key: str, seed: int) -> Grade:
    grade = Grade(key, verdict.passed, 0, 0, [_safe(line) for line in verdict.lines], seed)
    if isinstance(verdict, Talked):
        grade.well, grade.of = sum(went.well for went in verdict.went), len(verdict.went)
        grade.wrong = verdict.wrong.name if verdict.wrong else ""
        if folder.alone and (verdict.ended or {}).get("unusable", {}).get("type") == "ModuleNotFoundError":
            grade.lines.append(
                "This exercise is solved with Python alone, and is graded where nothing else is installed."
            )
    elif isinstance(verdict, Predicted):
        grade.of = len(verdict.names)
        grade.well = grade.of - len(verdict.wrong)
    if not grade.of:
        grade.of = len(folder.truth() if folder.predicts else folder.talks(seed))
    return grade


def _safe(line: str) -> str:
    """A line as text that every file can hold."""
    return line.encode(errors="backslashreplace").decode()
