"""What would do harm does none, and gets a verdict; who comes after it, in the same sandbox or another, is graded."""

import contextlib
import time

import pytest

from snippets.practice import bubblewrap as module
from snippets.practice.judge import judge
from snippets.practice.kit import Refused
from snippets.practice.sandbox import try_out
from snippets.practice.shelf import exercise
from tests.bookshelf import RIGHT, only_these, write
from tests.hostile import HELPERS, HOSTILE
from tests.sandboxed import TOKEN, World, begun, contained, left_over

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


@pytest.fixture(scope="module")
def sandbox():
    with begun() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield World(tmp_path_factory.mktemp("home"), stack)


@pytest.mark.parametrize("name", HOSTILE)
def test_harm_is_contained_and_told(name, sandbox, world):
    said = contained(name, sandbox, world)
    if name.startswith("looking for"):
        assert "Exception: ()" in said, "nothing is found"


def test_nothing_of_it_is_left_when_the_student_is_done(sandbox):
    judge(exercise("a_sum"), HELPERS + "if os.fork() == 0: os.setsid(); still(60)\nos._exit(0)", sandbox)
    assert left_over()
    sandbox.next_student()
    until = time.monotonic() + 10
    while left_over() and time.monotonic() < until:
        time.sleep(0.05)
    assert left_over() == []


def test_with_twisted_there_is_twisted_and_the_same_walls(sandbox, world):
    home = world.home
    echo = exercise("an_echo")
    assert judge(echo, RIGHT["an_echo"], sandbox).passed
    for body in (
        f"open({str(home)!r} + '/canary')",
        "tell(*search('/', lambda name: name.startswith(('solution', 'wrong_')) and name.endswith('.py')))",
        "os.listdir('/book/snippets/exercises')",
        "while True: pass",
        "import snippets.exercises",
        f"tell(dict(os.environ), {TOKEN!r} in str(os.environ))",
    ):
        verdict = judge(echo, HELPERS + body, sandbox)
        assert not verdict.passed
        assert "solution.py" not in str(verdict)
        assert "Exception: (" not in str(verdict) or TOKEN not in str(verdict).replace(repr(TOKEN), "")
        assert judge(echo, RIGHT["an_echo"], sandbox).passed


def test_what_one_file_leaves_the_next_does_not_find(sandbox):
    for body in ("open('/scratch/note', 'w').write('for later')", "tell(*os.listdir('/scratch'))"):
        said = str(judge(exercise("a_sum"), HELPERS + body, sandbox))
    assert "Exception: ()" in said


def test_the_books_own_files_are_played_once(sandbox, monkeypatch):
    assert judge(exercise("a_sum"), RIGHT["a_sum"], sandbox, seed=5).passed
    monkeypatch.setattr(sandbox._own, "asked", lambda request: pytest.fail("it is known"))
    assert judge(exercise("a_sum"), RIGHT["a_sum"] + "#", sandbox, seed=5).passed


def test_only_exercises_of_python_alone_are_played_without_packages():
    assert exercise("a_sum").alone
    assert not exercise("an_echo").alone
    assert not exercise("some_calls").alone


class TestNoSandbox:
    def test_where_there_is_no_bubblewrap(self, monkeypatch):
        monkeypatch.setattr(module.shutil, "which", lambda name: None)
        with pytest.raises(Refused, match=r"not installed here(.|\n)*apt-get install bubblewrap"):
            try_out()

    def test_where_it_is_not_allowed(self, monkeypatch, tmp_path):
        fake = tmp_path / "bwrap"
        fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        fake.chmod(0o755)
        monkeypatch.setattr(module.shutil, "which", lambda name: str(fake))
        with pytest.raises(Refused, match=r"No permissions to create new namespace(.|\n)*AppArmor"):
            try_out()

    def test_a_process_that_is_no_sandbox_does_not_serve(self, monkeypatch, tmp_path):
        """Whatever calls itself bwrap: the learner's process looks whether it is the first of its own."""
        fake = tmp_path / "bwrap"
        fake.write_text('#!/bin/sh\nwhile [ "$1" != --remount-ro ] || [ "$2" != / ]; do shift; done\n')
        fake.write_text(fake.read_text() + f'shift 2\ncd {module.ROOT}\nexport PYTHONPATH={module.ROOT}\nexec "$@"\n')
        fake.chmod(0o755)
        monkeypatch.setattr(module.shutil, "which", lambda name: str(fake))
        with pytest.raises(Refused, match="this is no sandbox"):
            try_out()
