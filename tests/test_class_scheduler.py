"""Many machines, all of them this one: the rows are those of one process, whoever is killed meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from snippets.lens.errors import LensError
from snippets.practice.grading import keys, scheduler
from snippets.practice.grading.graded_class import grade_class
from snippets.practice.grading.handed_in import hand_in, zipped
from snippets.practice.grading.scheduler import there
from snippets.practice.grading.workers import here
from snippets.practice.process import ROOT
from tests.bookshelf import PROGRAM, RIGHT, only_these, write
from tests.sandboxed import SECONDS, needs_a_sandbox

pytestmark = pytest.mark.once

pytest.importorskip("distributed", reason="dask.distributed is not installed")

_QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
STUDENTS = [f"student{number}" for number in range(8)]


@pytest.fixture(scope="module")
def submissions(tmp_path_factory):
    """Eight students, one of whom ends the process, and one of whom handed in no zip."""
    folder = tmp_path_factory.mktemp("submissions")
    for number, student in enumerate(STUDENTS):
        right = {"a_sum.py": RIGHT["a_sum"], "some_calls.py": RIGHT["some_calls"]}
        hand_in(folder, student, right | ({"a_sum.py": "def add(a, b): return a"} if number % 2 else {}))
    hand_in(folder, "eve", {"a_sum.py": "import os\nos.kill(os.getppid(), 9)\nos._exit(1)"})
    (folder / "zoe.zip").write_bytes(zipped({"a_sum.py": RIGHT["a_sum"]})[:-20])
    return folder


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        keys.forget()
        yield folder
    keys.forget()


@pytest.fixture(scope="module")
def expected(submissions, shelf, tmp_path_factory):
    """The rows of one process."""
    needs_a_sandbox()
    out = tmp_path_factory.mktemp("one")
    grade_class(submissions, out, lambda jobs: here(jobs, 1), seed=3, seconds=SECONDS)
    return (out / "grades.csv").read_text("utf-8")


class Machines:
    """A scheduler and two workers, each a process."""

    def __init__(self, folder, stack):
        self.file = folder / "scheduler.json"
        self._stack = stack
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show")
        self.workers = [self.one_more() for _ in range(2)]

    def one_more(self):
        return self._start("dask_worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny")

    def _start(self, program, *words):
        started = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *words, "--scheduler-file", str(self.file), *_QUIET],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.file.parent,
        )
        self._stack.callback(started.wait)
        self._stack.callback(started.kill)
        return started

    @property
    def address(self):
        from distributed import Client

        with Client(scheduler_file=str(self.file), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            return client.scheduler.address


@pytest.fixture(scope="module")
def machines(tmp_path_factory, expected):
    with contextlib.ExitStack() as stack:
        machines = Machines(tmp_path_factory.mktemp("machines"), stack)
        until = time.monotonic() + 60
        while not machines.file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield machines


@pytest.fixture
def address(machines):
    """Of a scheduler with two workers, whatever the last test did to them."""
    machines.workers = [worker for worker in machines.workers if worker.poll() is None]
    machines.workers += [machines.one_more() for _ in range(2 - len(machines.workers))]
    return machines.address


def test_the_rows_are_those_of_one_process(address, submissions, expected, tmp_path):
    grade_class(submissions, tmp_path, lambda jobs: there(jobs, address), seed=3, seconds=SECONDS)
    assert (tmp_path / "grades.csv").read_text("utf-8") == expected


def test_a_worker_that_is_killed_changes_no_row(address, machines, submissions, expected, tmp_path):
    def killing(jobs):
        for number, record in enumerate(there(jobs, address)):
            if number == 1:
                machines.workers[0].send_signal(signal.SIGKILL)
            yield record

    grade_class(submissions, tmp_path, killing, seed=3, seconds=SECONDS)
    assert machines.workers[0].wait() == -signal.SIGKILL
    assert (tmp_path / "grades.csv").read_text("utf-8") == expected


def test_a_client_that_is_killed_and_started_again_does_nothing_twice(address, submissions, shelf, expected, tmp_path):
    words = [sys.executable, "-c", PROGRAM, str(shelf), "exercises", "grade", str(submissions), "--seed", "3"]
    words += ["--out", str(tmp_path), "--scheduler", address]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    run = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(list(tmp_path.glob("students/*.json"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("students/*.json")}
    assert len(kept) >= 2
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert (tmp_path / "grades.csv").read_text("utf-8") == expected


def test_a_worker_with_another_kit_refuses(address, submissions, shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(keys, "kit", lambda: "another")
    with pytest.raises(LensError, match="another release of the book"):
        grade_class(submissions, tmp_path, lambda jobs: there(jobs, address), seed=3, seconds=SECONDS)


def test_where_there_is_no_scheduler_that_is_said(submissions, shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(scheduler, "PATIENCE", 0.2)
    with pytest.raises(LensError, match=r"there is no scheduler at tcp://127\.0\.0\.1:1"):
        grade_class(submissions, tmp_path, lambda jobs: there(jobs, "tcp://127.0.0.1:1"))
