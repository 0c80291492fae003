"""`python -m snippets exercises watch`, as a process: a file is saved, and its verdict appears."""

import contextlib
import os
import pty
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.bookshelf import PROGRAM, RIGHT, only_these, write
from tests.invoked import invoked
from tests.programs import environment, hear_ctrl_c, running

pytestmark = pytest.mark.once

WAITS = "Save the file, and it is checked again."


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The folder of a learner who has laid out the exercises, and stands beside it."""
    with only_these(write(tmp_path / "shelf")):
        monkeypatch.chdir(tmp_path)
        assert invoked("exercises", "start").code == 0
        yield tmp_path / "my_exercises"


@contextmanager
def watching(desk):
    with running("-c", PROGRAM, str(desk.parent / "shelf"), "exercises", "watch") as program:
        yield program


def until(program, said):
    """The lines up to one that begins with this."""
    lines = [program.line()]
    while not lines[-1].startswith(said):
        lines.append(program.line())
    return lines


def test_a_file_is_saved_and_the_verdict_appears(desk):
    with watching(desk) as program:
        assert program.line() == "[0 of 3 passed] repair, 5 minutes: my_exercises/an_echo.py"
        assert "an_echo (An echo): not yet. 2 of 4 conversations went well." in until(program, WAITS)
        (desk / "an_echo.py").write_text("class Echo(", "utf-8")
        assert "SyntaxError" in " ".join(until(program, WAITS))
        (desk / "an_echo.py").write_text(RIGHT["an_echo"], "utf-8")
        lines = until(program, "Enter:")
        assert "an_echo (An echo): passed. All 4 conversations went well." in lines
        assert lines[-1] == "Enter: on to a_sum (A sum)."
        ended = program.interrupt()
    assert (ended.code, ended.err) == (0, "")
    assert "Enough for now." in ended.out


def test_it_stays_after_a_pass_until_told_to_go_on(desk):
    (desk / "an_echo.py").write_text(RIGHT["an_echo"], "utf-8")
    with watching(desk) as program:
        until(program, "Enter:")
        (desk / "an_echo.py").write_text("", "utf-8")  # saved again, it is checked again
        assert "an_echo (An echo): not yet. Your code could not be talked to." in until(program, WAITS)
        (desk / "an_echo.py").write_text(RIGHT["an_echo"], "utf-8")
        until(program, "Enter:")
        program.write(b"\n")
        assert "a_sum (A sum): not yet. Your code could not be talked to." in until(program, WAITS)


def test_it_says_when_all_is_done(desk):
    for slug, text in RIGHT.items():
        (desk / f"{slug}.py").write_text(text, "utf-8")
    with watching(desk) as program:
        for last in (False, False, True):
            until(program, "That was the last one." if last else "Enter:")
            program.write(b"\n")
        ended = program.ended()
    assert ended.code == 0
    assert ended.out.startswith("All 3 exercises have passed.")


def test_another_file_that_is_saved_is_the_one_to_check(desk):
    with watching(desk) as program:
        until(program, WAITS)
        (desk / "some_calls.py").write_text("calls = 4\n", "utf-8")
        assert "some_calls (How many): not yet. 0 of 4 predictions are right." in until(program, WAITS)


def test_a_hint_comes_for_a_letter_and_the_end_for_another(desk):
    with watching(desk) as program:
        until(program, WAITS)
        program.write(b"h\n")
        assert "Where does a line end?" in until(program, "`python -m snippets exercises hint")
        program.write(b"\n")
        until(program, WAITS)
        program.write(b"q\n")
        assert program.ended().code == 0


def test_a_file_that_goes_and_comes_is_waited_for(desk):
    text = (desk / "an_echo.py").read_text("utf-8")
    (desk / "an_echo.py").unlink()
    with watching(desk) as program:
        assert "lays out what is missing" in until(program, "error:")[-1]
        (desk / "an_echo.py").write_text(text, "utf-8")
        until(program, WAITS)


def test_the_process_stays_warm_and_goes_with_the_watch(desk):
    prints = "import os\nprint('played in', os.getppid())\n"
    with watching(desk) as program:
        until(program, WAITS)
        seen = set()
        for number in range(3):
            (desk / "an_echo.py").write_text(f"{prints}# {number}\n", "utf-8")
            seen |= {line for line in until(program, WAITS) if "played in" in line}
        assert len(seen) == 1
        program.interrupt()
    server = int(seen.pop().split()[-1])
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_without_a_keyboard_it_watches_on(desk):
    with watching(desk) as program:
        until(program, WAITS)
        program.process.stdin.close()
        (desk / "an_echo.py").write_text(RIGHT["an_echo"], "utf-8")
        assert "an_echo (An echo): passed. All 4 conversations went well." in until(program, "Enter:")


def test_on_a_terminal_the_screen_is_cleared_and_the_verdict_coloured(desk):
    mine, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(desk.parent / "shelf"), "exercises", "watch"],
        stdin=its,
        stdout=its,
        stderr=its,
        env=environment() | {"TERM": "xterm"},
        preexec_fn=hear_ctrl_c,
    ) as process:
        os.close(its)
        shown = read_until(mine, b"enough.")
        assert b"\x1b[2J" in shown
        assert b"\x1b[31m\x1b[1man_echo" in shown
        os.write(mine, b"q\n")
        read_until(mine, b"goes on where you were.")
        assert process.wait(60) == 0
    os.close(mine)


def read_until(terminal, said):
    got = b""
    with contextlib.suppress(OSError):
        while said not in got:
            got += os.read(terminal, 10_000)
    return got
