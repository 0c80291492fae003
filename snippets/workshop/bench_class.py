"""Measures what grading a class costs: how long it takes, and how much memory the grader and its sandboxes have."""

import itertools
import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice import shelf as shelves
from snippets.practice.grading import keys
from snippets.practice.grading.graded import Job
from snippets.practice.grading.graded_class import grade_class
from snippets.practice.grading.workers import here
from snippets.practice.sandbox import try_out
from snippets.practice.shelf import Folder, shelf

STUDENTS, EACH, WORKERS = 30, 28, 2
GRADED = f"{STUDENTS} students times {EACH} answers, graded by {WORKERS} workers, in s"
GRADER = "memory of the grader with its workers, in MB"
SANDBOX = "memory of a sandbox, in MB"
_LOOK_EVERY = 4  # records
_PAGE, _MB = os.sysconf("SC_PAGE_SIZE"), 1 << 20


def graded(students: int = STUDENTS) -> dict[str, float | None]:
    """Grade a class of which every third answer is wrong; what it took, or None where there is no sandbox."""
    try:
        try_out()
    except LensError:
        return dict.fromkeys((GRADED, GRADER, SANDBOX))
    most: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as folder, _shelf(Path(folder, "exercises")) as folders:
        submissions = Path(folder, "submissions")
        for number in range(students):
            _hand_in(submissions / f"student{number}", folders, number)
        began = time.monotonic()
        grade_class(submissions, Path(folder, "out"), lambda jobs: _watched(jobs, most))
        took = time.monotonic() - began
    return {GRADED: took, GRADER: most[GRADER], SANDBOX: most[SANDBOX]}


@contextmanager
def _shelf(folder: Path) -> Iterator[list[Folder]]:
    """As many exercises as a student hands in, whatever number the book has: some of them several times."""
    every = itertools.cycle(shelf().values())
    for number, exercise in enumerate(itertools.islice(every, EACH)):
        shutil.copytree(exercise.path, folder / f"{exercise.slug}_{number}")
    before = shelves.FOLDER
    keys.stand_at(folder)
    try:
        yield list(shelf().values())
    finally:
        keys.stand_at(before)


def _hand_in(folder: Path, exercises: list[Folder], number: int) -> None:
    folder.mkdir(parents=True)
    for at, exercise in enumerate(exercises):
        right = not exercise.predicts and (number + at) % 3
        (folder / f"{exercise.slug}.py").write_text(exercise.solution if right else exercise.starter, "utf-8")


def _watched(jobs: Iterable[Job], most: dict[str, float]) -> Iterator[dict[str, Any]]:
    for number, record in enumerate(here(jobs, WORKERS)):
        if number % _LOOK_EVERY == 0:
            _look(most)
        yield record


def _look(most: dict[str, float]) -> None:
    """See how much memory the processes have that this one has started."""
    below, words = _processes()
    grader, waiting = _resident(os.getpid()), [os.getpid()]
    while waiting:
        for pid in below[waiting.pop()]:
            waiting.append(pid)
            if b"snippets.practice.boxed" in words[pid]:
                most[SANDBOX] = max(most[SANDBOX], _resident(pid))
            else:
                grader += _resident(pid)
    most[GRADER] = max(most[GRADER], grader)


def _processes() -> tuple[dict[int, list[int]], dict[int, bytes]]:
    """The processes below each, and what each was called with."""
    below, words = defaultdict(list), {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            above = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            words[pid] = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        below[int(above)].append(pid)
    return below, words


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE / _MB
    except (OSError, IndexError):
        return 0.0
