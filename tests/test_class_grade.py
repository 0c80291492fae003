"""A class is graded: the same rows however many grade, nothing twice, and nobody left out for another's file."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest

from snippets.lens.errors import LensError
from snippets.practice.grading import graded_class, keys, tables
from snippets.practice.grading.graded import Job
from snippets.practice.grading.graded_class import grade_class
from snippets.practice.grading.handed_in import hand_in, notebook, zipped
from snippets.practice.grading.kept import Kept
from snippets.practice.grading.page import page
from snippets.practice.grading.workers import here, not_graded
from snippets.practice.process import ROOT
from tests.bookshelf import PROGRAM, RIGHT, only_these, write
from tests.sandboxed import SECONDS, left_over, needs_a_sandbox

pytestmark = pytest.mark.once

FORGETS = """
from twisted.internet.protocol import Protocol

class Echo(Protocol):
    def dataReceived(self, data):
        for line in data.split(b"\\n")[:-1]:
            self.transport.write(b"[" + line + b"]\\n")
"""
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def shelf(tmp_path):
    with only_these(write(tmp_path / "shelf")) as folder:
        keys.forget()
        yield folder
    keys.forget()


@pytest.fixture
def submissions(tmp_path, shelf):
    """Eight students: four honest, four not."""
    folder = tmp_path / "submissions"
    files = {f"{slug}.py": text for slug, text in RIGHT.items()}
    hand_in(folder, "anna", files)
    hand_in(folder, "ben", {"a_sum.py": "def add(a, b): return a", "an_echo.py": FORGETS, "some_calls.py": "calls = 4"})
    (folder / "carl.zip").write_bytes(zipped(files | {"a_sum.py": "def add(a, b:"}))
    (folder / "dora.ipynb").write_bytes(notebook(RIGHT["a_sum"], "check('a_sum', add)"))
    hand_in(folder, SCRIPT.replace("/", "_"), {"a_sum.py": f"raise Exception({SCRIPT!r})", "x<b>.py": ""})
    hand_in(folder, "=1+1", {"a_sum.py": "while True: pass", "some_calls.py": "calls = " + "-" * 60_000 + "1"})
    hand_in(folder, os.fsdecode(b"\xff\n\x1b[2J"), {"a_sum.py": "print('\\x1b[2J')\nimport os; os._exit(0)"})
    (folder / "zoe.zip").write_bytes(b"no zip")
    return folder


def only(submissions, *students):
    """Leave only these of the submissions: a test that needs no more is done sooner."""
    for path in submissions.iterdir():
        if path.name not in students:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def grade(submissions, out, workers=1, **more):
    needs_a_sandbox()
    return grade_class(submissions, out, lambda jobs: here(jobs, workers), seconds=SECONDS, **more)


def rows(out):
    with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_rows_are_the_same_for_one_worker_and_two(submissions, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    grade(submissions, one, 1, seed=7)
    grade(submissions, two, 2, seed=7)
    assert rows(one) == rows(two)
    assert (one / "index.html").read_bytes() == (two / "index.html").read_bytes()
    assert left_over() == []
    found = {tuple(row[:4]) for row in rows(one)[1:]}
    assert {
        ("anna", "a_sum", "yes", "2/2"),
        ("anna", "an_echo", "yes", "4/4"),
        ("anna", "some_calls", "yes", "4/4"),
        ("ben", "a_sum", "no", "0/2"),
        ("ben", "an_echo", "no", "3/4"),
        ("ben", "some_calls", "no", "0/4"),
        ("carl", "a_sum", "no", "0/2"),
        ("carl", "an_echo", "yes", "4/4"),
        ("dora", "a_sum", "yes", "2/2"),
        ("'=1+1", "a_sum", "no", "0/2"),
        ("zoe", "", "no", ""),
    } <= found
    assert len(rows(one)) == 1 + 14 + 1
    assert rows(one)[0] == ["student", "slug", "passed", "well/of", "message", "seed"]
    assert all(value.isprintable() for row in rows(one) for value in row)
    check_page((one / "index.html").read_text("utf-8"))


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.said = set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.said += data


def check_page(text):
    """A student's text is text on the page, and the page says what is to be said."""
    seen = Seen(text)
    assert "script" not in seen.tags
    assert "b" not in seen.tags
    assert SCRIPT in seen.said
    assert not any(name.startswith("on") for name, _ in seen.attributes)
    assert "default-src 'none'" in dict(seen.attributes)["content"] or "default-src 'none'" in text
    alt = next(value for name, value in seen.attributes if name == "alt")
    assert "an_echo, 1 times: The piece without an end was thrown away." in " ".join(alt.split())
    help_first = seen.said.index("Who needs help first")
    needing = seen.said[help_first : seen.said.index("The hardest exercises")]
    assert "zoe" in needing
    assert "zoe.zip is no zip that can be read" in needing
    assert seen.said.index("ben", help_first) < seen.said.index("carl", help_first)


def test_a_second_run_does_nothing_and_a_change_regrades_only_what_it_touches(submissions, shelf, tmp_path):
    out = tmp_path / "out"
    only(submissions, "anna", "ben")
    first = grade(submissions, out)
    before = {path.name: path.stat().st_mtime_ns for path in (out / "students").iterdir()}

    def nobody(jobs):
        pytest.fail(f"graded again: {[job.student for job in jobs]}")

    assert grade_class(submissions, out, nobody) == first
    (submissions / "anna" / "a_sum.py").write_text("def add(a, b): return 0")
    changed = grade(submissions, out)
    after = {path.name: path.stat().st_mtime_ns for path in (out / "students").iterdir()}
    assert [name for name in before if before[name] != after[name]] == [
        path.name for path in (out / "students").glob("anna-*")
    ]
    assert by_student(changed)["anna"]["grades"]["a_sum"]["passed"] is False
    assert by_student(changed)["anna"]["grades"]["an_echo"] == by_student(first)["anna"]["grades"]["an_echo"]
    check = shelf / "a_sum" / "check.py"
    check.write_text(check.read_text().replace('"Two numbers."', '"Two small numbers."'))
    with only_these(shelf):
        keys.forget()
        regraded = by_student(grade(submissions, out))
    assert "Two small numbers." in " ".join(regraded["ben"]["grades"]["a_sum"]["lines"])
    assert regraded["ben"]["grades"]["an_echo"]["key"] == by_student(first)["ben"]["grades"]["an_echo"]["key"]


def by_student(records):
    return {record["student"]: record for record in records}


def test_what_was_graded_before_an_interruption_is_kept(submissions, tmp_path):
    out = tmp_path / "out"
    done = []
    only(submissions, "ben", "carl.zip", "dora.ipynb", "zoe.zip")

    def interrupted(jobs):
        for record in here(jobs, 2):
            if len(done) == 2:
                raise KeyboardInterrupt
            done.append(record["student"])
            yield record

    needs_a_sandbox()
    with pytest.raises(KeyboardInterrupt):
        grade_class(submissions, out, interrupted, seconds=SECONDS)
    assert len(list((out / "students").glob("*.json"))) == 2
    again = []

    def rest(jobs):
        again.extend(job.student for job in jobs)
        return here(jobs, 2)

    records = grade_class(submissions, out, rest, seconds=SECONDS)
    assert len(records) == 4
    assert set(again) == by_student(records).keys() - set(done)
    assert len({grade["seed"] for record in records for grade in record["grades"].values()}) == 3, "one an exercise"


def test_a_run_that_is_killed_leaves_whole_records_and_no_processes(submissions, shelf, tmp_path):
    needs_a_sandbox()
    out = tmp_path / "out"
    only(submissions, "anna", "carl.zip", "dora.ipynb", "zoe.zip")
    words = [sys.executable, "-c", PROGRAM, str(shelf), "exercises", "grade", str(submissions), "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.Popen([*words, "--workers", "2"], env=environment, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(list(out.glob("students/*.json"))) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    kept = {path.name: path.read_bytes() for path in out.glob("students/*.json")}
    assert len(kept) >= 2
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert "4 students, 7 answers, 6 passed." in ended.stdout
    assert str(out / "index.html") in ended.stdout
    assert {name: (out / "students" / name).read_bytes() for name in kept} == kept


def test_a_worker_that_dies_at_a_student_is_replaced(submissions, tmp_path, monkeypatch):
    """Whatever a file may do to the grader itself: the others are graded, and this one is tried again next time."""
    needs_a_sandbox()
    jobs = [
        Job(student, [("a_sum.py", text.encode())], [], 1, {}, "", SECONDS, str(tmp_path / "shelf"))
        for student, text in (("anna", RIGHT["a_sum"]), ("eve", "kill"), ("ben", RIGHT["a_sum"]))
    ]
    deadly = tmp_path / "deadly"
    deadly.mkdir()
    (deadly / "sitecustomize.py").write_text(
        "import sys\n"
        "if any('workers' in word for word in sys.orig_argv):\n"
        "    import os, snippets.practice.progress as progress\n"
        "    before = progress.decoded\n"
        "    progress.decoded = lambda data: os.abort() if data == b'kill' else before(data)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(deadly))
    records = by_student(here(jobs, 2))
    assert records["eve"] == not_graded(jobs[1], "the grader's own process ended while it graded this student")
    assert records["anna"]["grades"]["a_sum"]["passed"]
    assert records["ben"]["grades"]["a_sum"]["passed"]


def test_a_package_in_an_exercise_of_python_alone_is_said(submissions, tmp_path):
    only(submissions, "zoe.zip")
    hand_in(submissions, "max", {"a_sum.py": "import twisted"})
    first, *_, last = by_student(grade(submissions, tmp_path / "out"))["max"]["grades"]["a_sum"]["lines"]
    assert "not yet" in first
    assert "solved with Python alone" in last


def test_a_damaged_record_is_graded_again(submissions, tmp_path):
    kept = Kept(tmp_path / "out")
    kept.put({"student": "anna", "key": "x", "grades": {}, "problems": []})
    (file,) = (tmp_path / "out" / "students").iterdir()
    for damage in ("", "{", "[]", '{"student": "ben", "grades": {}}', '{"student": "anna"}'):
        file.write_text(damage)
        assert kept.record("anna") == {}


def test_the_seed_of_a_class_stays_until_another_is_asked_for(tmp_path):
    kept = Kept(tmp_path)
    drawn = kept.seed(None)
    assert kept.seed(None) == drawn
    assert kept.seed(5) == 5
    assert kept.seed(None) == 5


def test_grades_go_beside_the_submissions(submissions):
    with pytest.raises(LensError, match="is a folder of the submissions"):
        grade_class(submissions, submissions / "out")


def test_who_and_what_comes_first(shelf):
    def record(student, **passed):
        grades = {
            slug: {"passed": well == 4, "well": well, "of": 4, "lines": [""], "seed": 1, "wrong": "w" * (well == 1)}
            for slug, well in passed.items()
        }
        return {"student": student, "problems": [], "grades": grades}

    records = [record("a", a_sum=4), record("b", a_sum=4, an_echo=1), record("c", a_sum=1, an_echo=3), record("d")]
    assert [each["student"] for each, _, _ in tables.help_first(records)] == ["d", "c", "b"]
    assert [(stand.slug, stand.passed, stand.of) for stand in tables.hardest(records)] == [
        ("an_echo", 0, 2),
        ("a_sum", 2, 3),
    ]
    assert tables.wrong_answers(records) == [("a_sum", "w", 1), ("an_echo", "w", 1)]


def test_a_class_where_all_has_passed_has_its_page_too(shelf):
    grade = {"passed": True, "well": 2, "of": 2, "lines": ["passed"], "seed": 1, "wrong": ""}
    seen = Seen(page([{"student": "a", "problems": [], "grades": {"a_sum": grade}}]))
    assert "Nobody: all that was handed in has passed." in seen.said
    assert "None of those that were foreseen." in seen.said
    assert "img" not in seen.tags


def test_what_stands_in_a_table_is_text_and_backticks_are_code(shelf):
    grade = {"passed": False, "well": 1, "of": 2, "lines": ["no"], "seed": 1, "wrong": "wrong_<b>`x`"}
    text = page([{"student": "a", "problems": [], "grades": {"a_sum": grade}}])
    assert "<td>&lt;b&gt;<code>x</code></td>" in text
    assert "b" not in Seen(text).tags


def test_the_records_of_who_is_gone_are_in_no_table(submissions, tmp_path, monkeypatch):
    monkeypatch.setattr(graded_class, "parcels", lambda folder: [])
    out = tmp_path / "out"
    Kept(out).put({"student": "gone", "key": "x", "grades": {}, "problems": []})
    assert grade_class(submissions, out) == []
    assert "gone" not in (out / "grades.csv").read_text()
