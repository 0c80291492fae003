"""The book: notebooks are built from chapters, to the byte, and say when they are stale."""

import base64
import io
import shutil
from pathlib import Path

import nbformat
import pytest
from PIL import Image, PngImagePlugin

from snippets import catalogue
from snippets.lens import notes
from snippets.lens.errors import LensError
from snippets.lens.listing import STORED
from snippets.lens.source import find
from snippets.workshop import book

SMALL = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Small

A [link](../README.md), [another chapter](02_other.md), and [one to a heading](#Two-words).

## Two words

```{code-cell} ipython3
print("one")
```

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
    (tmp_path / "chapters").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "README.md").write_text("here", encoding="utf-8")
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(book, "NOTEBOOKS", tmp_path / "notebooks")
    (tmp_path / "chapters" / "01_small.md").write_text(SMALL, encoding="utf-8")
    (tmp_path / "chapters" / "02_other.md").write_text(SMALL.replace("Small", "Other"), encoding="utf-8")
    (tmp_path / "notebooks" / "02_other.ipynb").write_text("{}", encoding="utf-8")
    return tmp_path


def test_a_rebuild_changes_no_byte_and_a_build_from_nothing_gives_the_same(shelf):
    assert book.build("01_small") is True
    first = book.notebook_path("01_small").read_bytes()
    assert book.build("01_small") is False
    assert book.notebook_path("01_small").read_bytes() == first
    shutil.copy(book.notebook_path("01_small"), shelf / "kept")
    book.notebook_path("01_small").unlink()
    book.build("01_small")
    fresh, kept = nbformat.read(book.notebook_path("01_small"), 4), nbformat.reads(first.decode(), 4)
    for cell, old in zip(fresh.cells, kept.cells, strict=True):
        if book.VOLATILE not in cell.metadata.get("tags", []):
            assert cell == old
    assert not list((shelf / "notebooks").glob("*.part"))


def test_nothing_of_the_machine_or_the_moment_is_saved(shelf):
    book.build("01_small")
    notebook = nbformat.read(book.notebook_path("01_small"), 4)
    assert notebook.metadata.language_info == {"name": "python"}
    assert all("execution" not in cell.metadata for cell in notebook.cells)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3]


def test_links_to_chapters_become_links_to_notebooks(shelf):
    assert "(02_other.ipynb)" in book.assemble("01_small").cells[0].source
    assert book.dead_links("01_small") == []


def test_a_built_chapter_is_not_stale(shelf):
    book.build("01_small")
    assert book.check("01_small") == []


def test_stale_text_dead_links_and_stale_outputs_are_told(shelf):
    assert book.stale_text("01_small") == ["01_small: no notebook has been built"]
    book.build("01_small")
    path = shelf / "chapters" / "01_small.md"
    path.write_text(SMALL.replace("Two words\n", "Three words\n").replace("(../README.md)", "(gone.md)"), "utf-8")
    said = book.check("01_small")
    assert "01_small: the text has changed since the notebook was built, first at '# Small'" in said
    assert "01_small: the link to gone.md leads nowhere" in said
    assert any("no heading #Two-words" in line for line in said)
    path.write_text(SMALL, "utf-8")
    saved = book.notebook_path("01_small")
    saved.write_text(saved.read_text("utf-8").replace('"one\\n"', '"two\\n"'), "utf-8")
    assert book.check("01_small") == [
        """01_small: the output of the cell 'print("one")' has changed: stdout: -two +one"""
    ]


def test_a_cell_that_raises_is_named_and_nothing_is_written(shelf):
    path = shelf / "chapters" / "01_small.md"
    path.write_text(SMALL.replace('print("one")', "1 / 0"), "utf-8")
    with pytest.raises(LensError, match="01_small: the cell '1 / 0' raised ZeroDivisionError: division by zero"):
        book.build("01_small")
    assert not book.notebook_path("01_small").exists()


def test_a_notebook_that_is_none_is_told_in_a_line(shelf):
    book.notebook_path("01_small").write_text("not JSON", "utf-8")
    with pytest.raises(LensError, match=r"01_small\.ipynb is not a notebook any more"):
        book.stale_text("01_small")


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


def test_a_missing_or_a_new_output_counts():
    one, none = _cell(**{"text/plain": "1"}), nbformat.v4.new_code_cell("picture")
    assert book.difference(one, none) == "there were 1 outputs and now there are 0"
    assert book.difference(one, _cell(**{"text/plain": "1", "text/html": "1"})) != ""


def test_chapters_are_found_by_slug_number_or_name():
    assert {catalogue.chapter(name) for name in ("05_http_channel", "05", "http_channel")} == {"05_http_channel"}


def test_the_picture_on_the_readme_is_as_built(monkeypatch, tmp_path):
    assert book.stale_cover() == []
    monkeypatch.setattr(book, "COVER", tmp_path / "figures" / "cover.png")
    assert len(book.stale_cover()) == 1
    assert [book.build_cover(), book.build_cover()] == [True, False]
    assert book.stale_cover() == []


@pytest.mark.parametrize("slug", catalogue.slugs())
class TestEveryChapter:
    """What holds for each chapter of the book."""

    def test_is_as_built(self, slug):
        assert book.check(slug) == []

    def test_every_cell_can_be_run_twice_in_a_kernel_that_ran_the_chapter(self, slug):
        notebook = book.assemble(slug)
        once = [cell for cell in notebook.cells if cell.cell_type == "code"]
        notebook.cells = [cell for cell in once for _ in range(2)] + once
        notebook.cells = [nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata) for cell in notebook.cells]
        book.execute(notebook, slug)
        twice, again = notebook.cells[: 2 * len(once)], notebook.cells[2 * len(once) :]
        for first, second, third in zip(twice[::2], twice[1::2], again, strict=True):
            assert book.difference(first, second) == ""
            assert book.difference(first, third) == ""

    def test_saves_no_line_of_twisted(self, slug):
        saved = book.notebook_path(slug).read_text("utf-8")
        assert STORED not in saved
        # An override in a snippet has the signature of what it overrides, and a page may print the snippet.
        ours = {
            line.strip() for snippet in catalogue.snippets() for line in snippet.file.read_text("utf-8").splitlines()
        }
        for name in notes.store():
            for line in find(name).lines.values():
                own = line.strip() in ours and line.strip().startswith("def ")
                assert own or len(line.strip()) < 40 or line.strip().replace('"', '\\"') not in saved, line

    def test_has_an_alternative_text_for_each_picture(self, slug):
        notebook = nbformat.read(book.notebook_path(slug), 4)
        pictures = [o for cell in notebook.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
        assert pictures
        for picture in pictures:
            assert len(picture.metadata["image/png"]["alt"]) > 40

    def test_names_only_tests_that_exist(self, slug):
        import re

        text = (catalogue.CHAPTERS / f"{slug}.md").read_text("utf-8")
        tests = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
        for name in re.findall(r"`(test_\w+)`", text):
            assert f"def {name}(" in tests
        for path in re.findall(r"`(tests/\w+\.py)`", text):
            assert (book.ROOT / path).exists()
