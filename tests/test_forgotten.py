"""What belongs together is all there: what is forgotten of a chapter, a snippet or a note is named, with where."""

import functools
import json
import re
import tomllib
from pathlib import Path
from types import CodeType

import pytest

from snippets import catalogue
from snippets.lens import notes, path
from snippets.lens.lines import statement_lines
from snippets.lens.source import find
from snippets.workshop import notebook as saved

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"

# Listed for one line of it, which the text explains.
LISTED_ONLY = {"twisted.internet.task:LoopingCall.__init__"}


def listed(slug):
    """The functions that a chapter lists, by their full names; none as long as it has no notebook."""
    path = saved.notebook_path(slug)
    return saved.digests(json.loads(path.read_text("utf-8"))).keys() if path.exists() else set()


def text_of(slug):
    return (catalogue.CHAPTERS / f"{slug}.md").read_text("utf-8")


LISTED = {name for slug in catalogue.slugs() for name in listed(slug)}


@pytest.mark.parametrize("slug", catalogue.slugs())
class TestEveryChapter:
    def test_has_its_notebook(self, slug):
        assert saved.notebook_path(slug).exists(), f"build it: python -m snippets book build {slug[:2]}"

    def test_has_its_tests(self, slug):
        tests = TESTS / f"test_chapter_{slug[:2]}.py"
        assert tests.exists(), f"write {tests}: what {slug} says in words and no cell shows"

    def test_has_its_folder_of_snippets(self, slug):
        folder = catalogue.HERE / slug[3:]
        assert (folder / "__init__.py").exists(), f"make {folder}/__init__.py, with a line on the chapter's programs"

    def test_is_in_the_table_of_the_readme(self, slug):
        text = (ROOT / "README.md").read_text("utf-8")
        assert f"](notebooks/{slug}.ipynb) |" in text, "the contents are made anew: python -m snippets book build"

    def test_is_on_the_map(self, slug):
        everywhere = slug.startswith("00")
        assert everywhere or slug in path.CHAPTERS, f"name {slug} in a Step of snippets/lens/path.py"

    def test_has_programs_that_mypy_reads_as_programs(self, slug):
        overrides = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["overrides"]
        modules = {module for override in overrides for module in override["module"]}
        assert f"snippets.{slug[3:]}.*" in modules, f"pyproject.toml, tool.mypy.overrides: add snippets.{slug[3:]}.*"

    def test_has_an_alternative_text_for_each_picture(self, slug):
        notebook = json.loads(saved.notebook_path(slug).read_text("utf-8"))
        outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
        pictures = [output for output in outputs if "image/png" in output.get("data", {})]
        assert pictures, f"chapters/{slug}.md shows no picture: begin it with path_map({slug!r})"
        for picture in pictures:
            alt = picture["metadata"].get("image/png", {}).get("alt", "")
            assert len(alt) > 40, f"{slug}: a picture has the alt text {alt!r}: show it by snippets.lens.figures"

    def test_names_only_tests_that_exist(self, slug):
        tests = "\n".join(path.read_text("utf-8") for path in TESTS.glob("test_*.py"))
        for name in re.findall(r"`(test_\w+)`", text_of(slug)):
            assert f"def {name}(" in tests, f"chapters/{slug}.md names {name}, which no file of tests/ has"
        for file in re.findall(r"`(tests/\w+\.py)`", text_of(slug)):
            assert (ROOT / file).exists(), f"chapters/{slug}.md names {file}, which is not there"


@pytest.mark.parametrize("snippet", catalogue.snippets(), ids=lambda snippet: snippet.name)
class TestEverySnippet:
    def test_belongs_to_a_chapter(self, snippet):
        numbers = {slug[3:] for slug in catalogue.slugs()}
        assert snippet.chapter in numbers, f"there is no chapters/NN_{snippet.chapter}.md for {snippet.file}"

    def test_is_named_in_its_chapter(self, snippet):
        slug = catalogue.chapter(snippet.chapter)
        assert re.search(rf"\b{snippet.name}\b", text_of(slug)), f"chapters/{slug}.md doesn't mention {snippet.name}"

    def test_has_tests(self, snippet):
        tests = TESTS / f"test_snippets_{snippet.chapter}.py"
        there = tests.exists() and re.search(rf"\b{snippet.name}\b", tests.read_text("utf-8"))
        assert there, f"{tests} has no test of {snippet.name}"


def names_in(code):
    """Every name that a function uses, those inside it included."""
    inner = [name for const in code.co_consts if isinstance(const, CodeType) for name in names_in(const)]
    return {*code.co_names, *inner}


@functools.cache
def met():
    """The names that a reader meets: in a chapter, or in the code of a function that the book lists or annotates."""
    words = {word for slug in catalogue.slugs() for word in re.findall(r"\w+", text_of(slug))}
    return words | {name for read in notes.store().keys() | LISTED for name in names_in(find(read).code)}


def own_name(name):
    """By what name a function is called: a class for its `__init__`, a property for its setter."""
    *_, holder, own = ("", *name.partition(":")[2].removesuffix(".setter").split("."))
    return holder if own == "__init__" else own


@pytest.mark.parametrize("name", sorted(notes.store()))
def test_every_annotated_function_is_listed_or_named_where_a_reader_meets_it(name):
    where = notes.store()[name].source
    said = f"chapters/annotations/{where}: no chapter lists or names {name}, and no function with notes calls it"
    assert name in LISTED or own_name(name) in met(), said


@pytest.mark.parametrize("name", sorted(LISTED))
def test_every_listed_function_has_a_purpose_and_notes(name):
    if name in LISTED_ONLY:
        return
    module, _, function = name.partition(":")
    assert name in notes.store(), f"chapters/annotations/{module}.md: there is no heading ## `{function}`"
    annotation = notes.store()[name]
    assert annotation.purpose, f"chapters/annotations/{annotation.source}: say in a sentence what {function} is for"
    # A method without a body has no line to note.
    empty = not statement_lines(find(name).code).keys() - find(name).doc
    assert annotation.notes or empty, f"chapters/annotations/{annotation.source}: no line of {function} has a note"


def test_no_exception_is_longer_needed():
    assert LISTED_ONLY & notes.store().keys() == set()
    assert set() == LISTED_ONLY - LISTED
