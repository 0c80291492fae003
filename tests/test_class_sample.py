"""The made-up class: its thirty students are laid out and graded by two commands, and what is hostile does no harm."""

import csv
import errno
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from snippets.lens.errors import LensError
from snippets.practice.grading import sample
from snippets.practice.grading.sample import ASSIGNED, FORESEEN, HALF, HARM, KINDS, OWN, RIGHT, lay_out
from snippets.practice.process import environment
from tests.invoked import invoked
from tests.sandboxed import needs_a_sandbox

pytestmark = pytest.mark.once

TOLD = {
    "an endless loop": "ran without coming to an end",
    "a fork bomb": "Resource temporarily unavailable",
    "a GB of output": "Your code printed: xxx",
    "10 GB of memory": "took more memory than there is for it",
    "reading another student's folder": "No such file or directory",
    "writing the grades": "No such file or directory",
    "ending the process above": "was stopped in line 5: os.kill(above, 9)",
    "a forged verdict": r"Exception: \x1b[2J\x1b[32mpassed.",
}


class Said(HTMLParser):
    """What a page says to each student, by the heading of the student."""

    def __init__(self, text):
        super().__init__()
        self.told, self.student, self.tag = {}, "", ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tag = tag
        if tag in ("h2", "h3"):
            self.student = ""

    def handle_data(self, data):
        if self.tag == "h3" and not self.student:
            self.student = data.partition(":")[0]
        self.told[self.student] = " ".join(f"{self.told.get(self.student, '')} {data}".split())


def typed(folder, *words):
    ended = subprocess.run(
        [sys.executable, "-m", "snippets", "exercises", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Where the two commands were typed; what the first said; student -> slug -> row of the grades."""
    needs_a_sandbox()
    folder = tmp_path_factory.mktemp("typed")
    said = typed(folder, "sample", "class")
    second = said.splitlines()[-1].removeprefix("python -m snippets exercises ").split()
    before = contents(folder / "class")
    typed(folder, *second)
    assert contents(folder / "class") == before, "the submissions are as they were"
    assert sorted(path.name for path in folder.iterdir()) == ["class", "grades"]
    rows = {}
    with (folder / "grades" / "grades.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["student"], {})[row["slug"]] = row
    return folder, said, rows


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("laid") / "class", 1)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_class_of_thirty_is_graded_by_two_commands(graded, students):
    """All thirty students of the made-up class have rows in the grades; right answers pass, hostile ones don't."""
    _, _, rows = graded
    assert list(rows) == [student.name for student in students] == [f"student{at:02}" for at in range(1, 31)]
    for student in students:
        assert rows[student.name].keys() == student.files.keys()
        passed = {slug for slug, row in rows[student.name].items() if row["passed"] == "yes"}
        if student.kind == RIGHT:
            assert passed == set(ASSIGNED)
        elif student.kind == HARM:
            assert not passed
        else:
            assert passed < student.files.keys()


def test_what_was_hostile_is_told(graded, students):
    """Of each of the eight hostile files the grades and the page say what became of it."""
    folder, _, rows = graded
    told = Said((folder / "grades" / "index.html").read_text("utf-8")).told
    hostile = {student.about.partition(": ")[2]: student for student in students if student.kind == HARM}
    assert hostile.keys() == TOLD.keys()
    for about, student in hostile.items():
        assert TOLD[about] in told[student.name], about
        ((slug, row),) = rows[student.name].items()
        assert row["message"].startswith(slug)
        assert len(row["message"]) > len(row["message"].partition("talked to.")[0]) + 40, "it says what was the matter"
        assert row["message"].isprintable()


def test_a_foreseen_wrong_answer_is_recognised(graded, students):
    folder, _, _ = graded
    page = (folder / "grades" / "index.html").read_text("utf-8")
    given = [part for student in students if student.kind == FORESEEN for part in student.about.split(", ")]
    for slug, _, wrong in (part.partition(": ") for part in given if ": wrong_" in part):
        assert f"<td>{slug}</td><td>{wrong.removeprefix('wrong_')}</td>" in page


def test_the_command_says_who_hands_in_what(graded, students):
    said = graded[1]
    for student in students:
        assert f"    {student.name}  {student.about}\n" in said
    for kind, number in KINDS.items():
        assert f"{kind}: {number}\n" in said
    assert sum(KINDS.values()) == 30
    assert (KINDS[HARM], KINDS[OWN], KINDS[HALF]) == (8, 3, 3)


def test_the_class_is_drawn_from_the_seed(tmp_path):
    folder, laid, kinds = tmp_path / "class", [], []
    for seed in (1, 1, 2):
        kinds.append([student.kind for student in lay_out(folder, seed)])
        laid.append(contents(folder))
        shutil.rmtree(folder)
    assert laid[0] == laid[1] != laid[2]
    assert kinds[0] == kinds[1] != kinds[2], "a name doesn't tell who is hostile"
    assert {Path(name).suffix for name in laid[0]} == {".py", ".zip", ".ipynb"}


@pytest.mark.parametrize("make", [Path.touch, lambda path: (path / "mine").mkdir(parents=True)])
def test_nothing_is_laid_out_over_what_is_there(tmp_path, make):
    there = tmp_path / "class"
    make(there)
    refused = invoked("exercises", "sample", str(there))
    assert refused.code == 2
    assert refused.err == f"error: {there} is there already: name a folder that is new, or empty\n"
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


def test_a_folder_that_is_empty_is_taken(tmp_path):
    assert len(lay_out(tmp_path, 1)) == 30


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def full(files):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sample, "zipped", full)
    with pytest.raises(LensError, match="can't be written: No space left on device"):
        lay_out(tmp_path / "class", 1)
    assert list(tmp_path.iterdir()) == []
