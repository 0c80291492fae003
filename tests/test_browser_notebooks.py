"""The notebooks for a browser: what can't run there is tagged and shown as saved, and all else runs as it is saved."""

import json
import re

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from snippets import catalogue
from snippets.browser import notebooks
from snippets.browser.notebooks import browser_notebook, texts
from snippets.browser.standins import WHAT
from snippets.lens.errors import LensError
from snippets.workshop.assembly import load
from tests.barred import is_tagged, stopped

pytestmark = pytest.mark.once

MOST = 0.05  # of all cells of code


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# Of the others each cell is run in node, where there are no such things.
@pytest.mark.parametrize("slug", [slug for slug in texts() if any(map(is_tagged, code(load(slug))))])
def test_where_tls_and_threads_are_barred_the_tagged_cells_and_no_others_are_stopped(slug, tmp_path):
    built = load(slug)
    assert stopped(built, tmp_path) == [cell.source for cell in code(built) if is_tagged(cell)]


@pytest.mark.parametrize("slug", texts())
class TestEveryText:
    def test_the_cells_that_run_are_the_saved_ones_in_their_order(self, slug):
        kept = [cell for cell in code(load(slug)) if not is_tagged(cell)]
        there = code(browser_notebook(slug))
        assert [(cell.id, cell.source) for cell in there] == [(cell.id, cell.source) for cell in kept]
        assert [len(cell.outputs) for cell in there] == [len(cell.outputs) for cell in kept]

    def test_a_cell_that_cannot_run_is_shown_with_what_it_showed(self, slug):
        tagged = [cell for cell in code(load(slug)) if is_tagged(cell)]
        texts = [cell for cell in browser_notebook(slug).cells if "*Not run here: " in cell.source]
        assert len(texts) == len(tagged)
        for text, cell in zip(texts, tagged, strict=True):
            assert text.cell_type == "markdown"
            assert text.source.startswith(f"```python\n{cell.source}\n```\n\n*Not run here: this cell needs ")
            assert "Run this cell" not in text.source
            for output in cell.outputs:
                assert shows(text, output)

    def test_its_head_says_what_stands_in_behind_its_title(self, slug):
        title, head = browser_notebook(slug).cells[:2]
        assert title.source == load(slug).cells[0].source.partition("\n")[0]
        assert title.source.startswith("# ")
        for what, says in WHAT:
            assert f"- **{what}.** {says}" in head.source
        assert "It protects nobody" in head.source
        assert ("not run here" in head.source) == any(map(is_tagged, code(load(slug))))

    def test_no_link_leads_to_a_file_that_is_not_there(self, slug):
        written = json.dumps(browser_notebook(slug))
        assert "](../" not in written
        assert 'href=\\"../' not in written
        linked = set(re.findall(r"([\w-]+)\.ipynb", "".join(re.findall(r'\]\([^)]*\)|href=\\"[^"]*', written))))
        assert linked <= set(texts())

    def test_it_is_a_notebook_for_the_kernel_there_and_the_same_each_time(self, slug):
        made = browser_notebook(slug)
        nbformat.validate(made)
        assert made.metadata.kernelspec.name == "python"
        assert len({cell.id for cell in made.cells}) == len(made.cells)
        assert made == browser_notebook(slug)


def test_of_the_texts_only_the_one_for_a_teacher_is_left_out():
    assert [slug for slug in catalogue.texts() if slug not in texts()] == ["teaching"]


def test_a_link_to_a_text_that_is_left_out_stays_as_text():
    page = nbformat.v4.new_markdown_cell("See [the `plans` [1]](teaching.ipynb#Plans), [one](./teaching.ipynb).")
    assert notebooks._read(page).source == "See the `plans` [1], one."
    html = '<a href="teaching.ipynb#a">plans</a> <a href="glossary.ipynb">words</a>'
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    notebooks._read(nbformat.v4.new_code_cell("1", outputs=[output]))
    assert output.data["text/html"] == 'plans <a href="glossary.ipynb">words</a>'


def images(source):
    """The words for each image of a text, by its address."""
    inside = [child for token in MarkdownIt().parse(source) for child in token.children or []]
    found = [child for child in inside if child.type == "image"]
    return {child.attrs["src"]: "".join(part.content for part in child.children) for child in found}


def shows(text, output):
    """Does a cell of text show an output of a cell of code?"""
    data = output.get("data", {})
    if "image/png" in data:
        names = [name for name, kept in text.attachments.items() if kept["image/png"] == data["image/png"]]
        return images(text.source)[f"attachment:{names[0]}"] == data["text/plain"].replace("\n", " ")
    if "text/html" in data:
        html = data["text/html"].partition("<p><i>Run this cell")[0].replace("\n", " ")
        return html.startswith('<div class="lens-head">') and html in text.source
    return output.text.rstrip("\n") in text.source


def test_at_most_one_in_twenty_cells_cannot_run():
    every = [cell for slug in texts() for cell in code(load(slug))]
    assert 0 < sum(map(is_tagged, every)) <= MOST * len(every)


def test_without_a_notebook_there_is_none_for_a_browser():
    with pytest.raises(LensError, match="no notebook has been built"):
        browser_notebook("99_nothing")


@given(st.text(st.sampled_from("`~\nab #>"), max_size=60))
def test_whatever_is_shown_as_text_stays_in_its_block(text):
    (block,) = MarkdownIt().parse(notebooks._fenced(text, "text"))
    assert block.type == "fence"
    assert block.content == f"{text}\n" or not text


@given(st.text(st.sampled_from("[]()!\\`*_<b>&amp;$~ a"), min_size=1).map(str.strip).filter(bool))
@example("HTTPChannel._respondToBadRequestAndDisconnect: [1] <script> `a` *b* $c$")
def test_whatever_the_words_for_a_picture_are_they_stay_these_words(words):
    (shown,) = notebooks._shown(displayed({"image/png": "", "text/plain": words}), {})
    assert images(shown) == {"attachment:shown0.png": words}


def displayed(data):
    return nbformat.v4.new_output("display_data", data)


def test_of_a_cell_that_raised_the_error_is_shown_and_of_nothing_nothing():
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no number", traceback=["\x1b[31m..."])
    nothing = [nbformat.v4.new_output("stream", text=""), displayed({"text/plain": "\n"})]
    assert list(notebooks._shown(error, {})) == ["```text\nValueError: no number\n```"]
    assert [list(notebooks._shown(output, {})) for output in nothing] == [[], []]
