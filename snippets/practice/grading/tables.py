"""What the records of a class come to: rows for a spreadsheet, and who and what needs help first."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from snippets.practice.reading import shown
from snippets.practice.shelf import shelf

Record = dict[str, Any]

HEAD = ("student", "slug", "passed", "well/of", "message", "seed")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def summary(records: list[Record]) -> str:
    """How many students and answers there are, and how many answers have passed."""
    grades = [grade for record in records for grade in record["grades"].values()]
    return f"{len(records)} students, {len(grades)} answers, {sum(grade['passed'] for grade in grades)} passed."


def rows(records: list[Record]) -> list[tuple[str, ...]]:
    """A row an answer, in the order of the book; a student of whom nothing can be graded has one that says why."""
    return [row for record in records for row in _rows(record)]


def _rows(record: Record) -> list[tuple[str, ...]]:
    student = shown(record["student"])
    found: list[tuple[str, ...]] = []
    for slug, grade in in_order(record):
        well = f"{grade['well']}/{grade['of']}"
        found.append((student, slug, "yes" if grade["passed"] else "no", well, told(grade), str(grade["seed"])))
    return found or [(student, "", "no", "", "; ".join(record["problems"]) or "There is no answer.", "")]


def told(grade: dict[str, Any]) -> str:
    """What a student was told of an answer, in a line: how it went, and what was the matter first."""
    head, *rest = filter(None, grade["lines"])
    return f"{head} {rest[0]}" if rest and not grade["passed"] else head


def in_order(record: Record) -> list[tuple[str, dict[str, Any]]]:
    """The grades of a student in the order of the book."""
    grades = record["grades"]
    return [(slug, grades[slug]) for slug in [*shelf(), *sorted(grades.keys() - shelf().keys())] if slug in grades]


def csv_of(records: list[Record]) -> str:
    """The rows as CSV; no spreadsheet takes any of it for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for row in rows(records):
        writer.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in row])
    return text.getvalue()


@dataclass
class Stand:
    """How an exercise went in the class: how many handed it in, how many passed, and by how much the others missed."""

    slug: str
    of: int
    passed: int
    well: float

    @property
    def share(self) -> float:
        return self.passed / self.of


def hardest(records: list[Record]) -> list[Stand]:
    """The exercises that somebody handed in; first those that the fewest passed."""
    found = []
    for slug in shelf():
        grades = [record["grades"][slug] for record in records if slug in record["grades"]]
        if grades:
            well = sum(grade["well"] / max(grade["of"], 1) for grade in grades) / len(grades)
            found.append(Stand(slug, len(grades), sum(grade["passed"] for grade in grades), well))
    return sorted(found, key=lambda stand: (stand.share, stand.well))


def wrong_answers(records: list[Record]) -> list[tuple[str, str, int]]:
    """Which wrong answers that were foreseen were given: slug, name, how often; the most frequent first."""
    given = Counter(
        (slug, grade["wrong"]) for record in records for slug, grade in record["grades"].items() if grade.get("wrong")
    )
    return [(slug, wrong, count) for (slug, wrong), count in sorted(given.items(), key=lambda item: (-item[1], item))]


def help_first(records: list[Record]) -> list[tuple[Record, int, int]]:
    """Who needs help first: record, how many passed, how many were handed in; who has passed all is left out."""
    found = []
    for record in records:
        passed, of = sum(grade["passed"] for grade in record["grades"].values()), len(record["grades"])
        if passed < of or not of:
            found.append((record, passed, of))
    return sorted(found, key=lambda each: (each[1] / each[2] if each[2] else -1.0, each[1]))
