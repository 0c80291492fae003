"""Grades a class: what has not been graded yet, and then the tables of all."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from snippets.lens.errors import LensError
from snippets.practice import shelf
from snippets.practice.grading import keys, tables
from snippets.practice.grading.graded import Job
from snippets.practice.grading.kept import Kept
from snippets.practice.grading.page import page
from snippets.practice.grading.parcels import parcels
from snippets.practice.grading.tables import Record
from snippets.practice.grading.workers import here
from snippets.practice.kit import SECONDS

By = Callable[[Iterable[Job]], Iterator[Record]]


def grade_class(
    submissions: Path,
    out: Path,
    by: By = lambda jobs: here(jobs, 1),
    seed: int | None = None,
    seconds: tuple[int, float] = SECONDS,
    weaker: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Record]:
    """Grade the submissions in a folder; write records, `grades.csv` and `index.html` into another.

    Args:
        submissions: the folder of submissions.
        out: where the grades are kept; a run that finds some there goes on.
        by: who grades: in which processes, on which machines.
        seed: of all conversations; that of the last run, or drawn, without it.
        seconds: how many a file may compute, and how many it may take.
        weaker: hold the files by Landlock, and not by bubblewrap?
        progress: is told how many students are done, of how many.

    Returns:
        the records of all students.

    Raises:
        LensError: a folder can't be read or written, or there is no sandbox.
    """
    if out.resolve().is_relative_to(submissions.resolve()):
        raise LensError(f"{out} is a folder of the submissions: name one beside it")
    there = parcels(submissions)
    kept = Kept(out)
    drawn = kept.seed(seed)
    records: dict[str, Record] = {}
    jobs = []
    for parcel in there:
        record = kept.record(parcel.student)
        other = str(shelf.FOLDER) if shelf.FOLDER != shelf.BOOK else ""
        known = record.get("grades", {})
        job = Job(parcel.student, parcel.files, parcel.problems, drawn, known, keys.kit(), seconds, other, weaker)
        if record.get("key") == job.key:
            records[parcel.student] = record
        else:
            jobs.append(job)
    progress(len(records), len(there))
    for record in by(jobs) if jobs else ():
        kept.put(record)
        records[record["student"]] = record
        progress(len(records), len(there))
    ordered = [records[parcel.student] for parcel in there if parcel.student in records]
    kept.write("grades.csv", tables.csv_of(ordered))
    kept.write("index.html", page(ordered))
    return ordered
