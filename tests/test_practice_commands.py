"""`python -m snippets exercises`, as a learner meets it: from laying out the first to having passed all."""

import json
import os

import pytest

from snippets.practice.progress import STATE
from tests.bookshelf import PROGRAM, RIGHT, only_these, write
from tests.invoked import invoked, refused
from tests.programs import run

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


@pytest.fixture(autouse=True)
def desk(shelf, tmp_path, monkeypatch):
    """A folder with the exercises laid out in it, and a learner who stands beside them."""
    monkeypatch.chdir(tmp_path)
    done("start")
    return tmp_path / "my_exercises"


def exercises(*args):
    return invoked("exercises", *args)


def done(*args):
    """The lines that a command writes which does what it was asked."""
    ended = exercises(*args)
    assert (ended.code, ended.err) == (0, "")
    return ended.out.splitlines()


def solve(desk, *slugs):
    for slug in slugs:
        (desk / f"{slug}.py").write_text(RIGHT[slug], "utf-8")


def state(desk):
    return json.loads((desk / STATE).read_text("utf-8"))


def in_a_line(ended, *said):
    refused(ended, *said)
    assert len(ended.err.splitlines()) == 1


class TestStart:
    def test_lays_out_one_file_an_exercise(self, desk, shelf):
        assert {path.stem for path in desk.glob("*.py")} == set(RIGHT)
        assert (desk / "an_echo.py").read_text("utf-8") == (shelf / "an_echo" / "starter.py").read_text("utf-8")

    def test_writes_over_nothing_and_says_so(self, desk):
        (desk / "an_echo.py").write_text("mine", "utf-8")
        (desk / "a_sum.py").unlink()
        assert done("start")[0] == "my_exercises: 1 exercises laid out; 2 were there, and are as they were."
        assert (desk / "an_echo.py").read_text("utf-8") == "mine"
        assert (desk / "a_sum.py").exists()

    def test_may_be_told_where(self, tmp_path):
        lines = done("start", "else/where")
        assert "Go there first: cd else/where" in lines
        assert len(list((tmp_path / "else/where").glob("*.py"))) == 3

    def test_says_in_a_line_where_it_can_t(self, desk, shelf):
        refused(exercises("start", "my_exercises/an_echo.py"), "an_echo.py is a file: name a folder")
        refused(exercises("start", "my_exercises/an_echo.py/x"), "Not a directory")
        refused(exercises("start", str(shelf / "mine")), "where the book keeps its exercises")
        in_a_line(exercises("start", "one", "two"), "unexpected extra argument (two)", "exercises start --help")


class TestWhereYouStand:
    def test_the_next_one_comes_with_its_task(self):
        lines = done()
        assert lines[0] == "0 of 3 passed. Next: an_echo (An echo), repair, 5 minutes, chapter 02."
        assert "    Answer each line by `[line]`." in lines

    def test_the_next_one_is_the_first_that_has_not_passed(self, desk):
        solve(desk, "a_sum")
        done("check", "a_sum")
        assert done()[0].startswith("1 of 3 passed. Next: an_echo")
        solve(desk, "an_echo")
        done("check")
        assert done()[0].startswith("2 of 3 passed. Next: some_calls")

    def test_it_is_known_in_the_folder_and_below(self, desk, monkeypatch):
        (desk / "notes").mkdir()
        for folder in (desk, desk / "notes"):
            monkeypatch.chdir(folder)
            assert done()[0].startswith("0 of 3 passed.")

    def test_without_exercises_it_says_how_to_begin(self, tmp_path_factory, monkeypatch):
        monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
        for command in ([], ["check"], ["watch"], ["hint"], ["reset"], ["solution"]):
            refused(exercises(*command), "`python -m snippets exercises start` lays them out")

    def test_all_done_is_said(self, desk):
        solve(desk, *RIGHT)
        for slug in RIGHT:
            done("check", slug)
        for command in ([], ["check"], ["hint"], ["watch"]):
            assert done(*command)[0].startswith("All 3 exercises have passed.")
        refused(exercises("reset"), "say which one")

    def test_the_list_has_a_mark_at_each_that_passed(self, desk):
        solve(desk, "an_echo")
        done("check")
        assert done("list") == [
            "02_protocol_transport:",
            "  [x] an_echo     repair    5 min  An echo",
            "03_line_receiver:",
            "  [ ] a_sum       build     5 min  A sum",
            "04_site_factory:",
            "  [ ] some_calls  predict   5 min  How many",
            "",
            "1 of 3 passed.",
        ]

    def test_the_list_needs_no_exercises_laid_out(self, tmp_path_factory, monkeypatch):
        monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
        assert done("list")[-1] == "0 of 3 passed."


class TestCheck:
    def test_a_pass_is_written_down_and_the_next_one_named(self, desk):
        solve(desk, "an_echo")
        lines = done("check")
        assert lines[0] == "an_echo (An echo): passed. All 4 conversations went well."
        assert lines[2].startswith("1 of 3 passed. Next: a_sum")
        assert state(desk)["passed"] == ["an_echo"]

    def test_a_failure_is_exit_code_1(self, desk):
        ended = exercises("check")
        assert ended.code == 1
        assert ended.out.startswith("an_echo (An echo): not yet.")
        assert ended.err == ""
        assert state(desk)["passed"] == []

    def test_what_has_passed_stays_so(self, desk):
        solve(desk, "an_echo")
        done("check")
        (desk / "an_echo.py").write_text("", "utf-8")
        assert exercises("check", "an_echo").code == 1
        assert state(desk)["passed"] == ["an_echo"]

    def test_predictions_are_checked_without_a_process(self, desk, monkeypatch):
        monkeypatch.setattr("snippets.practice.process.Process.start", None)
        solve(desk, "some_calls")
        assert done("check", "some_calls")[0].startswith("some_calls (How many): passed.")

    @pytest.mark.parametrize("name", ["an_echo.py", "my_exercises/an_echo.py"])
    def test_the_name_of_the_file_does_as_well(self, desk, name):
        solve(desk, "an_echo")
        assert done("check", name)[0].startswith("an_echo (An echo): passed.")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "it doesn't define Echo"),
            (b"x = 1\ny = '\xff'\n", "The file is not UTF-8 in line 2: byte 0xff."),
            (b"# coding: nonsense\n", "can't be read as text: unknown encoding: nonsense"),
            (b"#" * (65 << 10), "more than 64 KB"),
            (b"x = '\0'", "null bytes"),
        ],
    )
    def test_whatever_is_in_the_file_there_is_a_message(self, desk, data, said):
        (desk / "an_echo.py").write_bytes(data)
        ended = exercises("check")
        assert (ended.code, ended.err) == (1, "")
        assert said in ended.out

    def test_another_encoding_is_read_as_python_reads_it(self, desk):
        (desk / "some_calls.py").write_text(f"# coding: latin-1\n# é\n{RIGHT['some_calls']}", "latin-1")
        done("check", "some_calls")

    def test_what_is_no_file_is_refused(self, desk):
        (desk / "an_echo.py").unlink()
        refused(exercises("check"), "there is no", "an_echo.py", "lays out what is missing")
        (desk / "an_echo.py").mkdir()
        refused(exercises("check"), "an_echo.py", "is no file")
        (desk / "an_echo.py").rmdir()
        os.mkfifo(desk / "an_echo.py")
        refused(exercises("check"), "an_echo.py", "is no file")

    @pytest.mark.parametrize("command", ["check", "hint", "reset", "solution"])
    def test_an_unknown_exercise_is_refused_in_a_line(self, command):
        for typed, near in [
            ("an_ech", " Did you mean an_echo?"),
            ("../../etc/passwd", ""),
            ("an_ech.py", " Did you mean an_echo?"),
        ]:
            in_a_line(exercises(command, typed), f"there is no exercise {typed}.{near} `python", "exercises list")


class TestGrade:
    def test_what_is_no_folder_of_submissions_is_refused_in_a_line(self, desk, tmp_path):
        file = "my_exercises/an_echo.py"
        in_a_line(exercises("grade", file, "--out", "grades"), f"{file} is no folder: name the one that holds")
        in_a_line(exercises("grade", "nowhere", "--out", "grades"), "nowhere can't be read: No such file")
        in_a_line(exercises("grade", "my_exercises"), "Missing option '--out'")
        in_a_line(exercises("grade", "my_exercises", "--out", file), f"'{file}' is a file")
        assert not (tmp_path / "grades").exists()


class TestHelp:
    def test_hints_come_in_steps(self):
        assert done("hint")[:2] == ["Hint 1 of 2 for an_echo:", "Where does a line end?"]
        second = done("hint")
        assert "Where does a line end?" in second
        assert "Keep the rest in an attribute." in second
        assert second[-1].startswith("There are no more hints.")
        assert done("hint") == second

    def test_hints_are_there_after_a_pass(self, desk):
        solve(desk, "an_echo")
        done("check")
        assert done("hint", "an_echo")[0] == "Hint 1 of 2 for an_echo:"

    def test_a_solution_is_shown_after_a_pass(self, desk):
        refused(exercises("solution"), "after you have passed")
        refused(exercises("solution", "an_echo"), "the solution of an_echo is shown after you have passed it")
        solve(desk, "an_echo")
        done("check")
        assert done("solution")[0] == '"""What has no end yet is kept."""'

    def test_a_prediction_has_no_solution_but_the_run(self, desk):
        solve(desk, "some_calls")
        done("check", "some_calls")
        assert "decided by a run" in done("solution")[0]


class TestReset:
    def test_the_starter_is_back_and_the_file_is_kept(self, desk, shelf):
        solve(desk, "an_echo")
        done("check")
        for number in (1, 2):
            (desk / "an_echo.py").write_text(f"mine {number}", "utf-8")
            kept = f"my_exercises/.backups/an_echo-{number}.py"
            assert done("reset", "an_echo", "--yes") == [
                f"my_exercises/an_echo.py is the starter again; yours is kept as {kept}."
            ]
            assert (desk / f".backups/an_echo-{number}.py").read_text("utf-8") == f"mine {number}"
        assert (desk / "an_echo.py").read_text("utf-8") == (shelf / "an_echo" / "starter.py").read_text("utf-8")
        assert state(desk)["passed"] == []

    def test_a_file_that_is_gone_is_laid_out(self, desk):
        (desk / "an_echo.py").unlink()
        assert done("reset", "--yes") == ["my_exercises/an_echo.py is the starter again."]

    @pytest.mark.parametrize(("typed", "kept"), [(b"n\n", True), (b"\n", True), (b"y\n", False)])
    def test_it_asks(self, desk, shelf, typed, kept):
        (desk / "an_echo.py").write_text("mine", "utf-8")
        ended = run("-c", PROGRAM, str(shelf), "exercises", "reset", "an_echo", stdin=typed)
        assert ended.code == 0
        assert ((desk / "an_echo.py").read_text("utf-8") == "mine") is kept


class TestProgress:
    @pytest.mark.parametrize(
        "damaged",
        [b"", b"{", b"\xff", b"[]", b'{"passed": 3, "hints": {}}', b'{"passed": [1], "hints": {}}', b"[" * 10**5],
    )
    def test_what_is_damaged_is_kept_aside_with_a_line(self, desk, damaged):
        (desk / STATE).write_bytes(damaged)
        ended = exercises()
        assert ended.code == 0
        assert ended.out.startswith("0 of 3 passed.")
        assert len(ended.err.splitlines()) == 1
        assert "kept as .progress.json.damaged-1" in ended.err
        assert (desk / f"{STATE}.damaged-1").read_bytes() == damaged
        assert exercises().err == ""

    def test_an_exercise_that_is_no_more_does_no_harm(self, desk):
        (desk / STATE).write_text('{"passed": ["gone"], "hints": {"gone": 2}}', "utf-8")
        assert done()[0].startswith("0 of 3 passed.")
        done("hint")
        assert state(desk)["passed"] == ["gone"]

    def test_it_is_written_whole_or_not_at_all(self, desk, monkeypatch):
        solve(desk, "an_echo")
        done("check")
        before = (desk / STATE).read_bytes()
        monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        refused(exercises("hint"), "No space left on device")
        assert (desk / STATE).read_bytes() == before
        assert [path.name for path in desk.iterdir() if "part" in path.name] == []


def test_no_command_but_a_check_imports_twisted(desk, shelf):
    for command in ([], ["list"], ["hint"], ["start"]):
        program = f"{PROGRAM.replace('main()', '')}\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        ended = run(
            "-c",
            f"{program}print([name for name in sys.modules if name.startswith('twisted')])",
            str(shelf),
            "exercises",
            *command,
        )
        assert ended.out.splitlines()[-1] == "[]", ended
