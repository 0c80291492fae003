"""The book: notebooks are built from chapters, to the byte, and say when they are stale."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from PIL import Image, PngImagePlugin

from snippets import catalogue
from snippets.lens import notes
from snippets.lens.errors import LensError
from snippets.lens.notes import store
from snippets.workshop import assembly, book, cover, links
from snippets.workshop import notebook as saved
from tests.invoked import invoked, refused
from tests.programs import run

pytestmark = pytest.mark.once

PARSE = "twisted.web.http:_parseRequestLine"
# The command on another shelf, as a process; and a cell that presses Ctrl-C there.
COMMAND = """
from pathlib import Path
from snippets import catalogue
from snippets.__main__ import main
from snippets.workshop import notebook
catalogue.CHAPTERS, notebook.NOTEBOOKS = Path({0!r}, "chapters"), Path({0!r}, "notebooks")
main()
"""
INTERRUPT = "import os, signal, time\nos.kill(os.getppid(), signal.SIGINT)\ntime.sleep(60)"

SMALL = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
question: "How small?"
---

# Small

A [link](../README.md), [another chapter](02_other.md), and [one to a heading](#Two-words).

## Two words

```{code-cell} ipython3
words = 2
print("one")
```

There are {eval}`words + 5` of them, and {eval}`b"x" * words`.

**Your turn.** **Your turn.** ***Needs a hostile client.*** `program("hello_site")`
<details></details><details></details><details></details>

```{code-cell} ipython3
:tags: [volatile]

import time
time.time()
```

```{code-cell} ipython3
from snippets.lens.listing import listing
listing("_parseRequestLine")
```
"""


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A book of one small chapter in a folder of its own."""
    (tmp_path / "chapters" / "annotations").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "README.md").write_text("<!-- contents -->\n<!-- end of contents -->\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(saved, "NOTEBOOKS", tmp_path / "notebooks")
    (tmp_path / "chapters" / "annotations" / "some.module.md").write_text("", encoding="utf-8")
    (tmp_path / "chapters" / "01_small.md").write_text(SMALL, encoding="utf-8")
    (tmp_path / "chapters" / "02_other.md").write_text(SMALL.replace("Small", "Other"), encoding="utf-8")
    (tmp_path / "notebooks" / "02_other.ipynb").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The bytes of the notebook of the small chapter, built once."""
    with pytest.MonkeyPatch.context() as patch:
        shelf.__wrapped__(folder := tmp_path_factory.mktemp("shelf"), patch)
        assert book.build("01_small") is True
        return (folder / "notebooks" / "01_small.ipynb").read_bytes()


@pytest.fixture
def notebook(shelf, built):
    """The notebook of the small chapter, built, in its place."""
    path = saved.notebook_path("01_small")
    path.write_bytes(built)
    return path


def rewrite(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_value_is_computed_where_it_stands_and_the_text_is_still_a_text(built):
    cells = nbformat.reads(built.decode(), 4).cells
    (text,) = [cell for cell in cells if cell.source.startswith("There are ")]
    assert text.cell_type == "markdown"
    assert text.source.startswith("There are 7 of them, and `b'xx'`.")
    assert [cell.execution_count for cell in cells if cell.cell_type == "code"] == [1, 2, 3]


def test_a_value_that_has_changed_is_told(notebook):
    rewrite(notebook, "There are 7 of them", "There are 8 of them")
    (complaint,) = book.check("01_small")
    assert "a computed value has changed: text: -There are 8 of them" in complaint


def test_an_expression_that_raises_is_named(shelf):
    rewrite(shelf / "chapters" / "01_small.md", "{eval}`words + 5`", "{eval}`nobody`")
    with pytest.raises(LensError, match=r"01_small: the cell 'There are .*nobody.*' raised NameError"):
        book.build("01_small")


def test_a_rebuild_changes_no_byte_and_a_build_from_nothing_gives_the_same(notebook, built):
    assert book.build("01_small") is False
    assert notebook.read_bytes() == built
    notebook.unlink()
    assert book.build("01_small") is True
    fresh, kept = nbformat.read(notebook, 4), nbformat.reads(built.decode(), 4)
    for cell, old in zip(fresh.cells, kept.cells, strict=True):
        if book.VOLATILE not in cell.metadata.get("tags", []):
            assert cell == old
    assert fresh.metadata == kept.metadata
    assert not list(notebook.parent.glob("*.part"))


def test_nothing_of_the_machine_or_the_moment_is_saved(built):
    notebook = nbformat.reads(built.decode(), 4)
    assert notebook.metadata.language_info == {"name": "python"}
    assert all("execution" not in cell.metadata for cell in notebook.cells)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3]


def test_a_notebook_is_written_whole_or_not_at_all(notebook, built, monkeypatch):
    """Whatever stops the writing in the middle, the old notebook stays."""
    write = Path.write_bytes

    def stopped(path, content):
        write(path, content[: len(content) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", stopped)
    with pytest.raises(KeyboardInterrupt):
        saved.write(notebook, b"new" * 1000)
    assert notebook.read_bytes() == built
    assert not list(notebook.parent.glob("*.part"))


def test_a_folder_that_can_not_be_written_is_told_in_a_line(shelf):
    (shelf / "file").write_bytes(b"")
    with pytest.raises(LensError, match=r"01_small\.ipynb can't be written: File exists"):
        saved.write(shelf / "file" / "01_small.ipynb", b"new")


def test_links_to_chapters_become_links_to_notebooks(shelf):
    assert "(02_other.ipynb)" in assembly.assemble("01_small").cells[0].source
    assert links.dead_links("01_small", assembly.assemble("01_small")) == []


def test_a_link_leads_to_a_heading_by_its_text_as_it_is_shown(shelf):
    chapter = shelf / "chapters" / "01_small.md"
    rewrite(chapter, "Two words\n", "Two `é` words\n")
    assert links.dead_links("01_small", assembly.assemble("01_small")) == [
        "01_small: the chapter has no heading #Two-words"
    ]
    rewrite(chapter, "#Two-words", "#Two-é-words")
    assert links.dead_links("01_small", assembly.assemble("01_small")) == []


def test_check_tells_all_that_is_stale(notebook, shelf):
    ended = invoked("book", "check", "01")
    assert (ended.code, ended.out) == (0, "01_small: as built\n")
    rewrite(notebook, '"one\\n"', '"two\\n"')
    rewrite(notebook, f'"{PARSE}": "', f'"{PARSE}": "x')
    chapter = shelf / "chapters" / "01_small.md"
    rewrite(chapter, "Two words\n", "Three words\n")
    rewrite(chapter, "(../README.md)", "(gone.md)")
    ended = invoked("book", "check", "01")
    assert (ended.code, ended.out) == (1, "01_small: to mend\n")
    source = store()[PARSE].source
    assert [line.strip() for line in ended.err.splitlines() if line.strip()] == [
        "01_small: the text has changed since the notebook was built, first at '# Small'",
        f"01_small: the notes on {PARSE} ({source}) have changed: one is gone or elsewhere",
        "01_small: the output of the cell 'words = 2' has changed: stdout: -two +one",
        "01_small: the link to gone.md leads nowhere",
        "01_small: the chapter has no heading #Two-words",
        "`python -m snippets book build` makes the notebooks anew; the rest is to be mended in chapters/",
    ]


def test_a_chapter_without_a_notebook_is_stale(shelf):
    for args in (["book", "check", "01"], ["book", "check", "01", "--notes"]):
        ended = invoked(*args)
        assert ended.code == 1
        assert "01_small: no notebook has been built" in ended.err


class TestNotes:
    """Which notebooks show a note that has changed is known without executing them."""

    @pytest.fixture
    def change(self, notebook, monkeypatch):
        """Put another annotation in the place of the one on the listed function."""

        def changed(**what):
            monkeypatch.setattr(notes, "store", lambda: {PARSE: replace(store()[PARSE], **what)})
            return saved.stale_notes("01_small")

        return changed

    def test_nothing_changed(self, change):
        assert change() == []

    def test_a_note_says_something_else(self, change):
        first, *rest = store()[PARSE].notes
        (said,) = change(notes=[replace(first, html="<p>Other</p>"), *rest])
        assert said == f"01_small: the notes on {PARSE} ({store()[PARSE].source}) have changed: {first.anchor}"

    def test_the_purpose_is_another(self, change):
        assert change(purpose_html="<p>Other</p>")[0].endswith("have changed: its purpose")

    def test_a_note_is_gone(self, change):
        assert change(notes=store()[PARSE].notes[1:])[0].endswith("have changed: one is gone or elsewhere")

    def test_all_notes_are_gone(self, notebook, monkeypatch):
        monkeypatch.setattr(notes, "store", dict)
        assert saved.stale_notes("01_small") == [f"01_small: there are no notes on {PARSE} any more"]

    def test_a_notebook_from_elsewhere(self, notebook):
        rewrite(notebook, f'"{saved.NOTES}"', '"other"')
        assert saved.stale_notes("01_small") == ["01_small: the notebook doesn't say which notes it was built with"]

    def test_the_command_executes_nothing(self, shelf, notebook):
        (shelf / "notebooks" / "02_other.ipynb").write_bytes(notebook.read_bytes().replace(b'"one', b'"two'))
        with mock.patch.object(book, "execute", side_effect=AssertionError):
            ended = invoked("book", "check", "--notes")
        assert (ended.code, ended.out) == (0, "01_small: the same notes\n02_other: the same notes\n")
        rewrite(notebook, f'"{PARSE}": "', f'"{PARSE}": "x')
        ended = invoked("book", "check", "--notes")
        assert (ended.code, ended.out) == (1, "01_small: other notes\n02_other: the same notes\n")
        assert PARSE in ended.err

    def test_it_imports_neither_the_servers_of_twisted_nor_what_executes(self):
        code = (
            "import sys, snippets.workshop.notebook; print({'twisted.web', 'nbformat', 'matplotlib'} & {*sys.modules})"
        )
        assert run("-c", code).out == "set()\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "01_small: the cell '1 / 0' raised ZeroDivisionError: division by zero"),
        ("import os; os._exit(1)", "01_small: the kernel stopped at the cell 'import os; os._exit(1)': "),
    ],
)
def test_a_cell_that_fails_is_named_and_nothing_is_written(shelf, code, said):
    rewrite(shelf / "chapters" / "01_small.md", 'words = 2\nprint("one")', code)
    refused(invoked("book", "build", "01"), f"error: {said}")
    assert not saved.notebook_path("01_small").exists()


def test_a_missing_kernel_is_told_in_a_line(shelf, monkeypatch):
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", mock.Mock(side_effect=NoSuchKernel("python3")))
    refused(invoked("book", "build", "01"), "01_small: no notebook can be executed here: No such kernel named python3")


def test_ctrl_c_stops_the_kernel_and_is_no_traceback(shelf):
    rewrite(shelf / "chapters" / "01_small.md", 'print("one")', INTERRUPT)
    ended = run("-c", COMMAND.format(str(shelf)), "book", "build", "01")
    assert ended.code == 1
    assert ended.err.split() == ["Aborted!"]
    assert not saved.notebook_path("01_small").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff# Small", "is not a chapter: 'utf-8' codec can't decode byte 0xff"),
        (b"---\n: [\n---\n# Small\n", "is not a chapter: while parsing"),
        (b"", "is empty: write the chapter, or take the file away"),
    ],
)
def test_a_chapter_that_can_not_be_read_is_told_in_a_line(shelf, content, said):
    (shelf / "chapters" / "01_small.md").write_bytes(content)
    refused(invoked("book", "build", "01"), f"01_small.md {said}")


@pytest.mark.parametrize("content", ["", "not JSON", "{}", "[]", SMALL])
@pytest.mark.parametrize("args", [["build"], ["check"], ["check", "--notes"]])
def test_a_notebook_that_is_none_is_told_in_a_line(shelf, content, args):
    saved.notebook_path("01_small").write_text(content, "utf-8")
    refused(invoked("book", *args, "01"), "01_small.ipynb is not a notebook any more; delete it and build it again")


@pytest.mark.parametrize("args", [["build"], ["check"], ["check", "01"], ["check", "--notes"]])
def test_without_chapters_nothing_is_as_built(monkeypatch, tmp_path, args):
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path / "chapters")
    refused(invoked("book", *args), f"there is no {tmp_path / 'chapters'}", "run this in a checkout of the book")


def _png(colour, **options):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "png", **options)
    return base64.b64encode(buffer.getvalue()).decode()


def _cell(**data):
    return nbformat.v4.new_code_cell("picture", outputs=[nbformat.v4.new_output("display_data", data=data)])


def test_pictures_are_compared_by_what_they_show():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "other bytes")
    same, other = _png("red", pnginfo=text), _png("blue")
    assert same != _png("red")
    assert book.difference(_cell(**{"image/png": _png("red")}), _cell(**{"image/png": same})) == ""
    assert book.difference(_cell(**{"image/png": _png("red")}), _cell(**{"image/png": other})) != ""


def test_a_volatile_cell_may_say_something_else_but_not_nothing():
    one, other = (nbformat.v4.new_code_cell("x", outputs=_cell(**{"text/plain": text}).outputs) for text in "12")
    none = nbformat.v4.new_code_cell("x")
    for cell in (one, other, none):
        cell.metadata.tags = [book.VOLATILE]
    assert book.difference(one, other) == ""
    assert book.difference(none, none) == ""
    for before, after in ((one, none), (none, one)):
        assert book.difference(before, after) == "it has an output only in one of the two"


def test_a_missing_or_a_new_output_counts():
    one, none = _cell(**{"text/plain": "1"}), nbformat.v4.new_code_cell("picture")
    assert book.difference(one, none) == "there were 1 outputs and now there are 0"
    assert book.difference(one, _cell(**{"text/plain": "1", "text/html": "1"})) != ""


def test_chapters_are_found_by_slug_number_or_name():
    assert {catalogue.chapter(name) for name in ("05_http_channel", "05", "http_channel")} == {"05_http_channel"}


def test_the_picture_on_the_readme_is_as_built(monkeypatch, tmp_path):
    assert cover.stale_cover() == []
    monkeypatch.setattr(cover, "cover", lambda: SimpleNamespace(png=base64.b64decode(_png("red"))))
    assert len(cover.stale_cover()) == 1
    monkeypatch.setattr(cover, "COVER", tmp_path / "figures" / "cover.png")
    assert len(cover.stale_cover()) == 1
    assert [cover.build_cover(), cover.build_cover()] == [True, False]
    assert cover.stale_cover() == []
