"""An exercise as a teacher's notebook: what is in it, that it passes solved and fails released, and the real tools."""

import ast
import json
import os
import re
import shutil
import subprocess

import nbformat
import pytest
from markdown_it import MarkdownIt
from nbclient import NotebookClient

from snippets.cells import written
from snippets.practice.export import TOOLS, exported
from snippets.practice.shelf import shelf
from tests.invoked import invoked, refused
from tests.programs import ROOT

SLUGS = list(shelf())
ONE_A_KIND = ["framed_echo", "netstrings", "pauses"]
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"

each_tool = pytest.mark.parametrize("tool", list(TOOLS))
each_slug = pytest.mark.parametrize("slug", SLUGS)


def made(slug, tool):
    return exported(shelf()[slug], tool)


def code(notebook):
    """The two cells of code: the answer, and what is graded."""
    answer, graded = (cell for cell in notebook.cells if cell.cell_type == "code")
    return answer, graded


def released(text, tool):
    """A cell as the tool hands it to students, by what its documentation says of the marks."""
    if tool == "nbgrader":
        return re.sub(r"(?ms)^### BEGIN SOLUTION$.*^### END SOLUTION$", STUB, text)
    return re.sub(r"(?ms)^# BEGIN SOLUTION NO PROMPT$.*^# END SOLUTION$", "", text)


def predicted(slug):
    return "\n".join(f"{name} = {value!r}" for name, value in shelf()[slug].truth().items())


@each_tool
@each_slug
class TestEveryExercise:
    def test_is_a_notebook_and_the_same_each_time(self, slug, tool):
        notebook = made(slug, tool)
        nbformat.validate(notebook)
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
        assert written(made(slug, tool)) == written(notebook)

    def test_the_task_stands_there_letter_by_letter(self, slug, tool):
        (text,) = (cell.source for cell in made(slug, tool).cells if cell.cell_type == "markdown")
        (fence,) = (token for token in MarkdownIt().parse(text) if token.type == "fence")
        assert fence.content == f"{shelf()[slug].task}\n"

    def test_released_it_is_the_starter_and_says_nothing_of_the_solution(self, slug, tool):
        folder = shelf()[slug]
        answer = code(made(slug, tool))[0].source
        rest = released(answer, tool)
        starter = ast.unparse(ast.parse(folder.starter).body[1:])
        assert ast.unparse(ast.parse(rest.replace(STUB, ""))) == starter
        assert "SOLUTION" not in rest
        if folder.predicts:
            assert rest == answer
        else:
            assert ast.get_docstring(ast.parse(folder.solution)).splitlines()[0] in answer


@pytest.fixture(scope="module")
def client():
    client = NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3", allow_errors=True)
    with client.setup_kernel():
        yield client


@pytest.fixture
def outputs(client):
    """Runs an answer and then the graded cell, in a notebook where nothing was run; what the second one shows."""

    def run(answer, graded):
        for source in ("%reset -f", answer, graded):
            client.nb.cells = [nbformat.v4.new_code_cell(source)]
            client.execute_cell(client.nb.cells[0], 0)
        return client.nb.cells[0].outputs

    return run


# The cells of all are compared above; a kernel takes seconds for each. mini_channel has calls on what it assigns.
@each_tool
@pytest.mark.parametrize("slug", [*ONE_A_KIND, "mini_channel"])
@pytest.mark.once
def test_solved_it_passes_and_released_it_fails_with_the_message_alone(outputs, slug, tool):
    answer, graded = (cell.source for cell in code(made(slug, tool)))
    assert outputs(predicted(slug) if shelf()[slug].predicts else answer, graded) == []
    (error,) = outputs(released(answer, tool), graded)
    assert error.ename == "NotPassed"
    assert error.traceback == error.evalue.splitlines()
    assert error.traceback[0].startswith(f"{slug} (")
    assert ": not yet." in error.traceback[0]


class TestForNbgrader:
    @each_slug
    def test_the_metadata_says_what_each_cell_is(self, slug):
        task, answer, graded = (cell.metadata.get("nbgrader") for cell in made(slug, "nbgrader").cells)
        plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        assert task == plain | {"grade_id": f"{slug}-task", "locked": True}
        assert answer == (None if shelf()[slug].predicts else plain | {"grade_id": slug, "solution": True})
        assert graded == plain | {"grade_id": f"{slug}-check", "grade": True, "locked": True, "points": 1}
        assert re.fullmatch(r"[\w-]+", graded.grade_id)

    def test_the_line_that_nbgrader_puts_there_is_spoken_of_where_it_does(self):
        for slug in ONE_A_KIND:
            said = "take that line out" in made(slug, "nbgrader").cells[0].source
            assert said is not shelf()[slug].predicts


class TestForOtter:
    @each_slug
    def test_raw_cells_stand_around_what_they_name(self, slug):
        cells = made(slug, "otter").cells
        first, question, task, *rest = cells
        assert first.source.splitlines()[:2] == ["# ASSIGNMENT CONFIG", f"name: {slug}"]
        assert question.source.splitlines() == ["# BEGIN QUESTION", f"name: {slug}", "points: 1"]
        assert task.cell_type == "markdown"
        assert [cell.source if cell.cell_type == "raw" else cell.cell_type for cell in rest] == [
            "# BEGIN SOLUTION",
            "code",
            "# END SOLUTION",
            "# BEGIN TESTS",
            "code",
            "# END TESTS",
            "# END QUESTION",
        ]
        assert all(cell.source.startswith("# ") for cell in cells if cell.cell_type == "raw")

    @each_slug
    def test_the_tests_are_tried_where_there_is_a_solution(self, slug):
        tried = "run_tests: true" in made(slug, "otter").cells[0].source.splitlines()
        assert tried is not shelf()[slug].predicts

    def test_the_answer_has_the_tag_by_which_a_class_is_graded(self):
        assert code(made("framed_echo", "otter"))[0].metadata.tags == ["framed_echo"]


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def here(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        return tmp_path

    @staticmethod
    def export(*args):
        return invoked("exercises", "export", *args)

    @each_tool
    def test_writes_the_notebook_and_says_for_whom(self, here, tool):
        ended = self.export("framed_echo", f"--{tool}")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith(f"framed_echo.ipynb: framed_echo for `{tool} ")
        assert (here / "framed_echo.ipynb").read_text("utf-8") == written(made("framed_echo", tool))
        assert [path.name for path in here.iterdir()] == ["framed_echo.ipynb"]

    def test_may_be_told_where(self, here):
        assert self.export("str_body.py", "--otter", "--out", "mine.ipynb").out.startswith("mine.ipynb: str_body")
        assert (here / "mine.ipynb").exists()

    def test_writes_over_nothing(self, here):
        (here / "framed_echo.ipynb").write_text("mine")
        refused(self.export("framed_echo", "--otter"), "framed_echo.ipynb is there already", "--out")
        assert (here / "framed_echo.ipynb").read_text() == "mine"
        (here / "link.ipynb").symlink_to(here / "nowhere")
        refused(self.export("framed_echo", "--otter", "--out", "link.ipynb"), "is there already")
        assert not (here / "nowhere").exists()

    def test_what_can_t_be_written_is_said_in_a_line_and_leaves_nothing(self, here, monkeypatch):
        (here / "file").write_text("")
        for out, said in [("no/x.ipynb", "No such file"), ("file/x.ipynb", "Not a directory"), ("x.txt", ".ipynb")]:
            ended = self.export("framed_echo", "--otter", "--out", out)
            assert len(ended.err.splitlines()) == 1
            refused(ended, out, said)
        monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        refused(self.export("framed_echo", "--otter"), "No space left on device")
        assert [path.name for path in here.iterdir()] == ["file"]

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["framed_echo"], "--nbgrader or --otter"),
            (["framed_echo", "--nbgrader", "--otter"], "--nbgrader or --otter"),
            (["../framed", "--otter"], "there is no exercise ../framed."),
            (["--otter"], "Missing argument 'SLUG'"),
            (["framed_echo", "str_body", "--otter"], "unexpected extra argument (str_body)"),
        ],
    )
    def test_what_is_mistyped_is_said_in_a_line(self, here, args, said):
        ended = self.export(*args)
        refused(ended, said)
        assert len(ended.err.splitlines()) == 1
        assert list(here.iterdir()) == []

    def test_the_help_says_where_it_goes(self):
        assert "SLUG.ipynb in the current folder" in self.export("--help").out


def tool_run(name, *args, cwd):
    """Run a command of nbgrader or otter, if it is installed here, beside the project."""
    if not (command := shutil.which(name)):
        pytest.skip(f"{name} is not installed: it is too large to be required for a test")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([command, *args], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]


def handed_in(path, slug, kind):
    """A released notebook as a student hands it in, who has it right, or wrong, or as it was."""
    notebook, folder = nbformat.read(path, 4), shelf()[slug]
    answer = next(cell for cell in notebook.cells if "otter.Notebook" not in cell.source and cell.cell_type == "code")
    if kind != "unsolved" and folder.predicts:
        answer.source = predicted(slug) + ("\nturn = 99" if kind == "wrong" else "")
    elif kind != "unsolved":
        answer.source = folder.solution if kind == "right" else folder.wrongs[0].source
    return written(notebook)


KINDS = {"right": 1.0, "wrong": 0.0, "unsolved": 0.0}


@pytest.mark.once
def test_nbgrader_releases_all_without_solutions_and_grades_one_a_kind(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("get_config().ExecutePreprocessor.timeout = 300\n")
    for name, slugs in {"all": SLUGS, "some": ONE_A_KIND}.items():
        (tmp_path / "source" / name).mkdir(parents=True)
        for slug in slugs:
            (tmp_path / "source" / name / f"{slug}.ipynb").write_text(written(made(slug, "nbgrader")), "utf-8")
        tool_run("nbgrader", "generate_assignment", name, "--create", cwd=tmp_path)
    for slug in SLUGS:
        answer = code(nbformat.read(tmp_path / "release" / "all" / f"{slug}.ipynb", 4))[0]
        assert answer.source == released(code(made(slug, "nbgrader"))[0].source, "nbgrader")
    for kind in KINDS:
        (tmp_path / "submitted" / kind / "some").mkdir(parents=True)
        for slug in ONE_A_KIND:
            text = handed_in(tmp_path / "release" / "some" / f"{slug}.ipynb", slug, kind)
            (tmp_path / "submitted" / kind / "some" / f"{slug}.ipynb").write_text(text, "utf-8")
    tool_run("nbgrader", "autograde", "some", "--create", cwd=tmp_path)
    tool_run("nbgrader", "export", cwd=tmp_path)
    rows = [row.split(",") for row in (tmp_path / "grades.csv").read_text().splitlines()]
    at = [rows[0].index(name) for name in ("assignment", "student_id", "score", "max_score")]
    told = [[row[each] for each in at] for row in rows[1:]]
    assert sorted(row[1:] for row in told if row[0] == "some") == sorted(
        [kind, str(3 * score), "3.0"] for kind, score in KINDS.items()
    )


@pytest.mark.parametrize("slug", ONE_A_KIND)
@pytest.mark.once
def test_otter_releases_it_without_the_solution_and_grades_it(tmp_path, slug):
    (tmp_path / f"{slug}.ipynb").write_text(written(made(slug, "otter")), "utf-8")
    tool_run("otter", "assign", f"{slug}.ipynb", "dist", cwd=tmp_path)
    student = tmp_path / "dist" / "student" / f"{slug}.ipynb"
    answer = next(cell for cell in nbformat.read(student, 4).cells if slug in cell.metadata.get("tags", []))
    assert answer.source.rstrip() == released(code(made(slug, "otter"))[0].source, "otter").rstrip()
    (autograder,) = (tmp_path / "dist" / "autograder").glob("*.zip")
    for kind, score in KINDS.items():
        (tmp_path / kind).mkdir()
        (tmp_path / kind / f"{slug}.ipynb").write_text(handed_in(student, slug, kind), "utf-8")
        tool_run("otter", "run", f"{kind}/{slug}.ipynb", "-a", str(autograder), "-o", kind, cwd=tmp_path)
        tests = json.loads((tmp_path / kind / "results.json").read_text())["tests"]
        assert [(test["score"], test["max_score"]) for test in tests if test["name"] == slug] == [(score, 1.0)]
