"""What holds for the project as a whole: its layout, its pins, and who may import whom."""

import ast
import contextlib
import io
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from snippets import catalogue
from snippets.lens.release import PINNED
from tests.invoked import invoked
from tests.programs import Ended, run

ROOT = Path(__file__).parents[1]
PYTHON = [path for folder in ("snippets", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path):
    """The names of the modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("snippet", catalogue.snippets(), ids=lambda snippet: snippet.name)
class TestEverySnippet:
    def test_imports_only_twisted_and_the_standard_library(self, snippet):
        allowed = sys.stdlib_module_names | {"twisted", "zope"}
        assert {name.partition(".")[0] for name in imported(snippet.file)} <= allowed

    def test_fits_a_screen_and_says_in_its_first_line_what_it_shows(self, snippet):
        text = snippet.file.read_text("utf-8")
        assert len(text.splitlines()) <= 120
        assert text.startswith(('"""', 'r"""'))
        assert snippet.about.endswith(".")
        assert ast.get_docstring(ast.parse(text)).splitlines()[0] == snippet.about

    def test_the_three_ways_to_run_it_are_the_same(self, snippet):
        helps = {
            helped(lambda: runpy.run_path(str(snippet.file), run_name="__main__"), str(snippet.file)),
            helped(lambda: runpy.run_module(snippet.module, run_name="__main__", alter_sys=True), snippet.module),
            invoked("run", snippet.name, "--help"),
        }
        assert len(helps) == 1, helps
        ended = helps.pop()
        assert ended.code == 0
        assert ended.out.startswith(f"usage: {snippet.name} [-h]")


def helped(program, name):
    """How a program ends that is asked for help; the three ways differ only in how Python gets at it."""
    with (
        mock.patch.object(sys, "argv", [name, "--help"]),
        mock.patch.dict(os.environ, COLUMNS="200"),
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
        pytest.raises(SystemExit) as end,
    ):
        program()
    return Ended(end.value.code or 0, out.getvalue(), err.getvalue())


def test_the_three_ways_are_the_same_as_processes():
    snippet = catalogue.find("hello_site")
    ways = [(str(snippet.file),), ("-m", "snippets", "run", snippet.name), ("-m", snippet.module)]
    assert len({run(*way, "--help") for way in ways}) == 1


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.once
def test_every_file_says_in_its_first_line_what_it_does(path):
    first = ast.get_docstring(ast.parse(path.read_text("utf-8"))).splitlines()[0]
    assert len(first) > 20


# Who may import whom, inside the project: folder -> what its modules may import of the rest, by the beginning.
ARROWS = {
    "snippets/lens": ("snippets.lens",),
    "snippets/workshop": (
        "snippets.workshop",
        "snippets.practice",
        "snippets.lens",
        "snippets.catalogue",
        "snippets.cells",
        "snippets.shell",
    ),
    "snippets/practice": (
        "snippets.practice",
        "snippets.lens",
        "snippets.catalogue",
        "snippets.cells",
        "snippets.shell",
    ),
    "snippets/edition": (
        "snippets.edition",
        "snippets.workshop",
        "snippets.lens",
        "snippets.catalogue",
        "snippets.shell",
    ),
    "snippets/browser": (
        "snippets.browser",
        "snippets.edition",
        "snippets.workshop",
        "snippets.practice",
        "snippets.lens",
        "snippets.catalogue",
        "snippets.cells",
        "snippets.shell",
    ),
    "snippets/exercises": ("snippets.practice.talk", "snippets.lens"),
}
NO_FIGURES = ("matplotlib", "numpy", "PIL", "snippets.lens.figures")


def folder_of(path):
    """The folder that says what a module may import: the lens, the workshop, the exercises, or a chapter's."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.once
def test_imports_run_one_way(path):
    folder, names = folder_of(path), imported(path)
    if folder == "tests":
        return
    assert not any(name.startswith("tests") for name in names)
    own = [name for name in names if name.startswith("snippets.")]
    if folder in ARROWS:
        assert all(name.startswith(ARROWS[folder]) for name in own)
    elif folder != "snippets":
        assert not own, "a chapter's programs know neither the lens nor one another"


@pytest.mark.parametrize("module", ["follow", "trace", "tree", "lines", "names", "notes", "source", "wire", "listing"])
def test_what_a_trace_means_is_found_without_a_drawing_library(module):
    """In a process of its own, where nothing else has imported one."""
    every = f"import pkgutil, importlib, snippets.lens.{module} as it, sys;"
    every += "[importlib.import_module(f'{it.__name__}.{m.name}') for m in pkgutil.iter_modules(it.__path__)]" * (
        module == "follow"
    )
    ended = run("-c", f"{every}\nprint([name for name in {NO_FIGURES} if name in sys.modules])")
    assert ended.out == "[]\n", ended.err


def test_no_modules_import_one_another_in_a_circle():
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in PYTHON
    }
    arrows = {name: {other for other in imported(path) if other in modules} for name, path in modules.items()}
    while ends := {name for name, others in arrows.items() if not others}:
        arrows = {name: others - ends for name, others in arrows.items() if name not in ends}
    assert arrows == {}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.once
def test_no_file_is_longer_than_can_be_kept_in_mind(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400


# What an interpreter can change: what chapters and their programs print, and what the lens sees of a run.
CHANGEABLE = {"book_texts", "chapter", "snippets"} | {
    module.stem for module in (ROOT / "snippets" / "lens").iterdir() if module.suffix == ".py" or module.is_dir()
}


def files_on(subjects):
    """The files of tests whose name begins with one of some subjects."""
    names = {path: path.stem.removeprefix("test_") for path in sorted((ROOT / "tests").glob("test_*.py"))}
    return [path for path, name in names.items() if any(f"{name}_".startswith(f"{each}_") for each in subjects)]


@pytest.mark.parametrize("path", files_on(CHANGEABLE), ids=lambda path: path.stem)
def test_what_an_interpreter_can_change_is_tested_on_each(path):
    marks = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)]
    assert "once" not in {mark.attr for mark in marks}, "this file is no place for pytest.mark.once"


def test_the_readme_says_which_versions_are_tested_and_what_runs_on_each():
    readme, script = ((ROOT / name).read_text("utf-8") for name in ("README.md", ".ci/run"))
    (versions,) = re.findall(r"^for version in (.*); do$", script, re.MULTILINE)
    whole, *others = versions.split()
    assert "-m 'not once'" in script
    (said,) = re.findall(
        r"^`\.ci/run` runs all of them on Python ([\d.]+), and on (.*?) all but those", readme, re.MULTILINE
    )
    assert said[0] == whole
    assert set(re.findall(r"[\d.]+", said[1])) == set(others)
    assert set(re.findall(r"3\.\d+", re.search("You need Python (.*),", readme)[1])) == {whole, *others}


def test_the_pinned_twisted_is_the_same_everywhere():
    requirements = (ROOT / "requirements.txt").read_text("utf-8")
    assert re.search(r"^twisted\[tls,http2\]==(.*)$", requirements, re.MULTILINE)[1] == PINNED


def test_every_requirement_is_pinned():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-e "))]
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]+(\[[a-z0-9,]+\])?==[0-9.]+", line) for line in wanted)
    assert "-e ." in lines


def test_nothing_else_stands_at_the_top():
    result = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip("not a git checkout")
    top = {name.partition("/")[0] for name in result.stdout.splitlines()}
    known = {"README.md", "LICENSE", "requirements.txt", "pyproject.toml", "chapters", "notebooks", "snippets", "tests"}
    assert {name for name in top if not name.startswith(".")} <= known


def test_the_readme_names_commands_and_files_that_exist():
    readme = (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / target).exists(), target
    for name in re.findall(r"python -m snippets (?:run|trace) (\w+)", readme):
        assert catalogue.find(name)
