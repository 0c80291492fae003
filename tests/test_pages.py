"""The pages that gather the book: surprises, glossary, and the contents in the README."""

import json
import re

import pytest

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.workshop import assembly, contents, glossary, surprises
from snippets.workshop import notebook as saved
from tests.invoked import invoked

CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
question: "How many?"
---

# 01 · One

**Words used here.** A *pipe* is **no** pipe; *pipes* and *the Gear* are two, *other* is not there.

```{code-cell} ipython3
1
```

## Further: b

An *end* of a *pipe*.
"""


def text(source):
    return {"cell_type": "markdown", "source": source}


def code(source, *outputs):
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


FIGURE = {"data": {"image/png": "", "text/plain": "Two boxes."}}
LISTED = {"data": {"text/plain": "toChunk\nRun this cell to see the code itself."}}
TOLD = [
    text("# One\n\nNo rank here."),
    text("## Two of them\n\n### A folded line, `x`\n\nWho *asks*?"),
    code("print(1)", {"output_type": "stream", "name": "stdout", "text": ["one\n"]}),
    code("1 + 1", {"data": {"text/plain": "2"}}),
    code("picture()", FIGURE),
    text("***Curiosity.*** It is [so](#Two-of-them), and [so](02_b.ipynb#x):"),
    code('run = 1\nlisting("toChunk", lit=run)', LISTED),
    text("**Your turn.** Try.\n\n<details>\n<summary>What you find</summary>\n\nThis.\n\n</details>"),
    text("Here is one more:"),
    code('listing("fromChunk")', LISTED),
    text("### A surprise: another\n\n***Can cost a visitor their page.*** Prediction 3: it is. What to do: this."),
]


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A book of one chapter, with a page of surprises and a glossary."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(saved, "NOTEBOOKS", tmp_path / "notebooks")
    (tmp_path / "README.md").write_text("Before.\n<!-- contents -->\nold\n<!-- end of contents -->\nAfter.\n", "utf-8")
    (tmp_path / "chapters" / "01_a.md").write_text(CHAPTER, "utf-8")
    (tmp_path / "chapters" / "surprises.md").write_text("# Surprises\n\nAll of them.\n", "utf-8")
    rows = ['["01_a#A-folded-line,-x"]', '"toChunk" = ["if x:"]', '"Resource.render" = [\'a = b"c"\']']
    (tmp_path / "chapters" / "surprises.toml").write_text("\n".join([*rows, '["01_a#A-surprise:-another"]']), "utf-8")
    (tmp_path / "chapters" / "glossary.md").write_text("# Glossary\n\n### pipe\n\n### gear\n", "utf-8")
    (tmp_path / "notebooks" / "01_a.ipynb").write_text(json.dumps({"cells": TOLD}), "utf-8")
    return tmp_path


class TestSurprises:
    def test_each_is_the_section_that_tells_it_by_rank(self, shelf):
        found = surprises.surprises()
        assert [(one.key, one.rank) for one in found] == [
            ("01_a#A-surprise:-another", "Can cost a visitor their page"),
            ("01_a#A-folded-line,-x", "Curiosity"),
        ]

    def test_the_page_has_text_cells_and_lines_of_twisted(self, shelf):
        cells = assembly.assemble("surprises").cells
        whole = "\n".join(cell.source for cell in cells)
        assert whole.index("## Can cost") < whole.index("### Another") < whole.index("## Curiosity")
        assert "Told in [chapter 01](01_a.ipynb#A-folded-line,-x)." in whole
        assert "***" not in whole
        assert "\nIt is [so](01_a.ipynb#Two-of-them), and [so](02_b.ipynb#x):" in whole
        assert all(part in whole for part in ("```python\nprint(1)\n```", "```text\none\n```", "```text\n2\n```"))
        assert "The figure, in words: Two boxes." in whole
        assert [cell.source for cell in cells if cell.cell_type == "code"] == [
            'listing("toChunk", only=["if x:"])',
            """listing("Resource.render", only=['a = b"c"'])""",
        ]

    def test_cells_that_follow_one_another_are_folded_together(self, shelf):
        text = surprises.gathered()
        assert text.count("<details>") == 1
        assert text.index("<details>") < text.index("print(1)") < text.index("picture()") < text.index("</details>")

    def test_lines_stand_where_the_chapter_lists_the_function_or_else_at_the_end(self, shelf):
        text = surprises.gathered()
        places = ["#x):", 'listing("toChunk"', "Here is one more.", 'listing("Resource.render"']
        assert sorted(places, key=text.index) == places
        assert "run = 1" not in text
        assert "fromChunk" not in text

    def test_what_is_asked_of_the_reader_of_a_chapter_is_left_out(self, shelf):
        text = surprises.gathered()
        assert "\nIt is. **What to do:** this." in text
        assert "Try" not in text
        assert "This." not in text

    def test_each_rank_begins_with_links_to_its_surprises(self, shelf):
        text = surprises.gathered()
        assert "## Can cost a visitor their page\n\n- [Another](#Another)\n\n### Another\n" in text
        assert "- [A folded line, `x`](#A-folded-line,-x)\n" in text

    def test_many_lines_stand_one_below_the_other(self, shelf):
        (shelf / "chapters" / "surprises.toml").write_text(
            f"""["01_a#A-surprise:-another"]\n"toChunk" = ["{"x" * 50}", "{"y" * 50}"]\n""", "utf-8"
        )
        listed = 'listing(\n    "toChunk",\n    only=[\n        "xxx'
        assert listed in surprises.gathered()

    def test_lines_without_a_surprise_and_a_surprise_without_lines_are_named(self, shelf):
        (shelf / "chapters" / "surprises.toml").write_text('["01_a#Gone"]\n["01_a#A-surprise:-another"]\n', "utf-8")
        assert surprises.wrong_lines() == [
            "surprises.toml: 01_a#A-folded-line,-x: say which lines of Twisted it rests on",
            "surprises.toml: no chapter tells 01_a#Gone: take it out",
        ]

    def test_one_that_can_hurt_says_what_to_do(self, shelf):
        told = [text("### Another\n\n***Needs a hostile client.*** Beware.")]
        saved.notebook_path("01_a").write_text(json.dumps({"cells": told}), "utf-8")
        (shelf / "chapters" / "surprises.toml").write_text('["01_a#Another"]\n', "utf-8")
        assert surprises.wrong_lines() == [
            "01_a#Another: say in the section what to do: `What to do:` or `For your own site:`"
        ]

    def test_a_chapter_that_was_never_built_is_named(self, shelf):
        saved.notebook_path("01_a").unlink()
        with pytest.raises(LensError, match="01_a: no notebook has been built: the page of surprises is made from it"):
            assembly.assemble("surprises")

    @pytest.mark.parametrize("broken", ["no toml", None])
    def test_a_file_of_lines_that_is_none_is_an_error_of_one_line(self, shelf, broken):
        file = shelf / "chapters" / "surprises.toml"
        file.unlink() if broken is None else file.write_text(broken, "utf-8")
        with pytest.raises(LensError, match=r"^surprises.toml can't be read: "):
            surprises.lines()


class TestGlossary:
    def test_terms_that_a_chapter_defines_are_linked_to_it(self, shelf):
        source = assembly.assemble("01_a").cells[0].source
        assert "A [*pipe*](glossary.ipynb#pipe) is **no** pipe; [*pipes*](glossary.ipynb#pipe)" in source
        assert "[*the Gear*](glossary.ipynb#gear) are two, *other* is" in source

    def test_a_term_that_is_linked_already_and_what_is_no_term_are_left_alone(self, shelf):
        for text in ("A [*pipe*](x.ipynb).", "**pipe** and *others*", "`f(*pipe, *gear)`"):
            assert glossary.with_terms(text) == text
        assert glossary.with_terms("A *pipe*.") == "A [*pipe*](glossary.ipynb#pipe)."

    @pytest.mark.parametrize("slug", catalogue.slugs())
    def test_has_every_term_that_a_chapter_defines_at_its_head(self, slug):
        text = (catalogue.CHAPTERS / f"{slug}.md").read_text("utf-8")
        words = [line for line in text.splitlines() if line.startswith("**Words used here.**")]
        defined = [term for line in words for term in re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", line)]
        assert [term for term in defined if not glossary.anchor_of(term)] == []


class TestContents:
    def test_the_table_is_made_from_the_chapters(self, shelf):
        assert contents.stale_contents() == ["README.md: the contents are not those of the chapters now"]
        assert [contents.build_contents(), contents.build_contents()] == [True, False]
        assert contents.stale_contents() == []
        text = (shelf / "README.md").read_text("utf-8")
        assert text.startswith("Before.\n<!-- contents -->\n| chapter |")
        assert text.endswith("-->\nAfter.\n")
        assert "| [01 · One](notebooks/01_a.ipynb) | How many? | 0 + 0 | 0 + 0 |" in text

    def test_the_readme_has_the_contents_of_the_book(self):
        assert contents.stale_contents() == []

    def test_a_chapter_that_asks_nothing_is_named(self, shelf):
        chapter = shelf / "chapters" / "01_a.md"
        chapter.write_text(CHAPTER.replace('question: "How many?"\n', ""), "utf-8")
        with pytest.raises(LensError, match="01_a: its head doesn't say which question it answers"):
            contents.table()

    def test_a_readme_without_a_place_for_it_is_left_alone(self, shelf):
        (shelf / "README.md").write_text("Nothing.", "utf-8")
        with pytest.raises(LensError, match="has no place for the contents"):
            contents.build_contents()
        assert (shelf / "README.md").read_text("utf-8") == "Nothing."


def test_a_page_is_named_like_a_chapter():
    assert [catalogue.chapter(page) for page in catalogue.PAGES] == list(catalogue.PAGES)
    refused = invoked("book", "check", "no_page", "--notes")
    assert refused.code == 2
    assert "glossary" in refused.err
