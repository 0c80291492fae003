"""The weaker sandbox: what it is said to contain it contains, its rows are those of bubblewrap, and it is asked for."""

import contextlib
import errno
import os
import signal
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from snippets.lens.errors import LensError
from snippets.practice import barred, kit, landlock
from snippets.practice.grading import graded_class, keys, scheduler
from snippets.practice.grading.graded import Job
from snippets.practice.grading.graded_class import grade_class
from snippets.practice.grading.handed_in import hand_in
from snippets.practice.grading.workers import here
from snippets.practice.judge import judge
from snippets.practice.kit import Refused
from snippets.practice.sandbox import Sandbox, try_out
from snippets.practice.shelf import exercise
from snippets.practice.weaker import LETS_THROUGH
from tests.bookshelf import RIGHT, only_these, write
from tests.hostile import HELPERS, HOSTILE
from tests.hostile_in_the_open import IN_THE_OPEN
from tests.invoked import invoked
from tests.programs import run
from tests.sandboxed import SECONDS, World, begun, contained, filled, left_over, needs_a_sandbox

pytestmark = pytest.mark.once

# What only computes or waits is stopped by the same hand in every sandbox, and is tried in the other.
LONG = (
    "an endless",
    "a loop ",
    "forks",
    "a number",
    "a recursion",
    "a wait",
    "an answer of",
    "stopping",
    "a fork bomb",
    "ten thousand",
)
TRIED = [name for name in HOSTILE if not name.startswith(LONG)]


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        keys.forget()
        yield folder
    keys.forget()


@pytest.fixture(scope="module")
def sandbox():
    with begun(weaker=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def oldest():
    """A sandbox by the rules of the oldest Landlock that is taken."""
    with begun(weaker=True) as sandbox:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(landlock, "version", lambda: landlock.LEAST)
            sandbox._alone.start()
        started = sandbox._alone._started
        yield sandbox
        assert sandbox._alone._started is started, "it was never begun anew"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield World(tmp_path_factory.mktemp("home"), stack)


@pytest.mark.parametrize("name", TRIED)
def test_harm_is_contained_and_told(name, sandbox, world):
    said = contained(name, sandbox, world)
    if name.startswith("looking for"):
        assert "Exception: ()" in said, "nothing is found"


@pytest.mark.parametrize("name", IN_THE_OPEN)
def test_what_no_namespace_hides_is_out_of_reach(name, sandbox, world):
    contained(name, sandbox, world, IN_THE_OPEN)


@pytest.mark.parametrize("name", [name for name in IN_THE_OPEN if "disk" not in name and "threads" not in name])
def test_so_it_is_with_an_older_landlock(name, oldest, world):
    contained(name, oldest, world, IN_THE_OPEN)


BY_THE_FILTER = (
    "other rights, owners and dates",
    "hearing of others' files",
    "a signal to the grader",
    "a signal to the grader by a pipe",
    "the limits of the grader",
    "the pace of the grader",
    "a process by another name",
    "another program in its place",
    "staying when the one above has gone",
    "sockets of every kind",
    "memory, semaphores and queues of others",
)


def test_the_filter_alone_bars_what_landlock_does_not(world):
    """Without Landlock, and with all that the user may do: so an older kernel's is no weaker, and root no stronger."""
    if barred.program() is None:
        pytest.skip("the numbers of this machine's system calls aren't known here")
    program = "from snippets.practice import barred, landlock\nimport ctypes, os\n"
    program += "ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)\nlandlock.bar(barred.program(os.getpid()))\n"
    for name in BY_THE_FILTER:
        body = textwrap.indent(filled(name, world, IN_THE_OPEN), "    ")
        program += (
            f"try:\n{body}\n    print({name!r}, 'nothing')\nexcept Exception as error:\n    print({name!r}, error)\n"
        )
    ended = run("-c", HELPERS.replace("scratch =", f"scratch = {str(world.home)!r} or") + program)
    assert ended.code == 0, ended.err
    assert "reached" not in ended.out
    assert len(ended.out.splitlines()) == len(BY_THE_FILTER)
    world.check()


def test_what_it_is_said_to_let_through_it_lets_through(sandbox):
    body = "import os\nfound = os.stat('/etc/passwd').st_size, os.path.exists('/proc/1')\nraise Exception(found)"
    said = str(judge(exercise("a_sum"), body, sandbox))
    assert str((os.stat("/etc/passwd").st_size, True)) in said
    assert "which paths and processes there are" in LETS_THROUGH[0]


def test_with_twisted_there_is_twisted_and_the_same_walls(sandbox, world):
    echo = exercise("an_echo")
    for body in (
        f"open({str(world.home)!r} + '/canary')",
        "tell(*search('/', lambda name: name.startswith(('solution', 'wrong_')) and name.endswith('.py')))",
        "import snippets.exercises",
        "from twisted.internet import reactor; reactor.listenTCP(0, None)",
    ):
        said = str(judge(echo, HELPERS + body, sandbox))
        assert "could not be talked to" in said
        assert "solution.py" not in said
        assert judge(echo, RIGHT["an_echo"], sandbox).passed
    world.check()


def test_what_one_file_leaves_the_next_does_not_find(sandbox):
    for body in ("open(scratch + '/note', 'w').write('for later')", "tell(*os.listdir(scratch))"):
        said = str(judge(exercise("a_sum"), HELPERS + body, sandbox))
    assert "Exception: ()" in said


@pytest.fixture
def left():
    """What is left of the processes that a test has begun."""
    before = set(left_over())
    return lambda: sorted(set(left_over()) - before)


def until(true):
    by = time.monotonic() + 10
    while not true() and time.monotonic() < by:
        time.sleep(0.02)
    return true()


def test_nothing_of_it_is_left_when_the_student_is_done(left, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with begun(weaker=True) as sandbox:
        judge(exercise("a_sum"), "open(__import__('os').environ['TMPDIR'] + '/x', 'w')", sandbox)
        assert left()
        assert list(tmp_path.iterdir())
        sandbox.next_student()
        assert until(lambda: not left())
        assert list(tmp_path.iterdir()) == []


def test_a_file_ends_with_the_process_that_plays_it(left):
    with begun(weaker=True) as sandbox:
        assert judge(exercise("a_sum"), RIGHT["a_sum"], sandbox).passed
        (server,) = left()
        playing = threading.Thread(target=judge, args=(exercise("a_sum"), HELPERS + "still(600)", sandbox))
        playing.start()
        assert until(lambda: len(left()) == 2)
        os.kill(int(server), signal.SIGKILL)
        playing.join()
        assert until(lambda: not left())


class TestGrades:
    @pytest.fixture
    def submissions(self, tmp_path):
        folder = tmp_path / "submissions"
        hand_in(folder, "anna", {f"{slug}.py": text for slug, text in RIGHT.items()})
        wrong = {"a_sum.py": "import twisted", "an_echo.py": "import twisted\nclass Echo: pass"}
        hand_in(folder, "ben", wrong | {"some_calls.py": "calls = 4"})
        return folder

    def grade(self, submissions, out, weaker):
        needs_a_sandbox(weaker)
        return grade_class(submissions, out, lambda jobs: here(jobs, 1), seed=7, seconds=SECONDS, weaker=weaker)

    def test_the_rows_are_those_of_bubblewrap_and_stand_for_none_of_them(self, submissions, left, tmp_path):
        out, rows = tmp_path / "out", []
        for weaker in (True, False):
            asked = []
            grade_class(submissions, out, lambda jobs, asked=asked: asked.extend(jobs) or [], weaker=weaker)
            assert [(job.student, job.weaker) for job in asked] == [("anna", weaker), ("ben", weaker)]
            self.grade(submissions, out, weaker)
            rows.append((out / "grades.csv").read_text())
            grade_class(submissions, out, lambda jobs: pytest.fail("graded again"), weaker=weaker)
        assert rows[0] == rows[1]
        assert until(lambda: left() == [])  # what has been killed may take a moment to be gone

    def test_a_worker_of_a_scheduler_keeps_both_apart(self, monkeypatch):
        monkeypatch.setattr(scheduler, "_KEPT", {})
        monkeypatch.setattr(scheduler, "Sandbox", lambda *asked: asked)
        monkeypatch.setattr(scheduler, "graded", lambda job, sandbox: sandbox)
        jobs = [Job("anna", [], [], 1, weaker=weaker) for weaker in (True, False, True)]
        assert [scheduler.graded_there(job)[1] for job in jobs] == [True, False, True]

    def test_the_command_says_what_it_lets_through(self, submissions, tmp_path, monkeypatch):
        needs_a_sandbox(weaker=True)
        given = []
        monkeypatch.setattr(graded_class, "here", None)
        monkeypatch.setattr("snippets.practice.grading.workers.here", lambda jobs, workers: given.extend(jobs) or [])
        words = ["exercises", "grade", str(submissions), "--out", str(tmp_path / "out")]
        ended = invoked(*words, "--weaker")
        assert ended.code == 0
        assert all(line in ended.err for line in LETS_THROUGH)
        assert {job.weaker for job in given} == {True}
        assert LETS_THROUGH[0] not in invoked(*words).err


class TestNoLandlock:
    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)), "has none, or it is switched off (Function not"),
            (OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP)), "has none, or it is switched off (Operation"),
            (2, "this kernel has version 2 of it, and 3 (Linux 6.2) is needed"),
        ],
    )
    def test_nothing_is_graded(self, answer, why, tmp_path, monkeypatch):
        def call(*words):
            if isinstance(answer, OSError):
                raise answer
            return answer

        monkeypatch.setattr(landlock, "_call", call)
        hand_in(tmp_path / "submissions", "anna", {"a_sum.py": RIGHT["a_sum"]})
        words = ("exercises", "grade", str(tmp_path / "submissions"), "--out", str(tmp_path / "out"), "--weaker")
        ended = invoked(*words)
        assert ended.code == 2
        assert ended.err.startswith("error: --weaker needs Landlock, and it is not there: ")
        assert why in ended.err
        assert len(ended.err.splitlines()) == 1
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(("name", "value"), [("sys.platform", "darwin"), ("platform.machine", lambda: "riscv64")])
    def test_elsewhere_the_kernel_is_not_asked(self, name, value, monkeypatch):
        monkeypatch.setattr(name, value)
        monkeypatch.setattr(landlock, "_call", lambda *words: pytest.fail("asked"))
        with pytest.raises(Refused, match="part of Linux"):
            try_out(weaker=True)

    @pytest.mark.parametrize(
        ("module", "line", "instead"),
        [
            ("landlock", "    _call(_RESTRICT, rules, 0)\n", "    pass\n"),
            ("landlock", "    _done(_libc.prctl(_SECCOMP, _FILTER, given, 0, 0))\n", "    pass\n"),
        ],
    )
    def test_a_process_that_is_not_held_does_not_serve(self, module, line, instead, tmp_path, monkeypatch):
        needs_a_sandbox(weaker=True)
        every = {path: source for source, path in kit.pieces()}
        text = every[Path(f"snippets/practice/{module}.py")].read_text("utf-8")
        assert line in text
        changed = tmp_path / f"{module}.py"
        changed.write_text(text.replace(line, instead))
        every[Path(f"snippets/practice/{module}.py")] = changed
        monkeypatch.setattr(kit, "pieces", lambda: [(source, path) for path, source in every.items()])
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
        (tmp_path / "temporary").mkdir()
        with pytest.raises(LensError, match="makes no sandbox here"), Sandbox(SECONDS, weaker=True) as sandbox:
            judge(exercise("a_sum"), RIGHT["a_sum"], sandbox)
        assert list((tmp_path / "temporary").iterdir()) == []
