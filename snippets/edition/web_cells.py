"""A notebook as executed, made ready for the web pages: links, listings without their style, words kept apart."""

import re

from nbformat import NotebookNode

from snippets.lens.listing import STORED

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_TEST = re.compile(r"\[`(\w+)`\]\(\.\./tests/(\w+)\.py#L(\d+)\)")
_README = re.compile(r"\]\(\.\./README\.md(#[^)]*)?\)")


def for_the_web(notebook: NotebookNode) -> NotebookNode:
    """Change an executed notebook in place: its links lead to pages, its listings share one style."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            linked = _TEST.sub(r'<a href="tests/\2.html#L-\3"><code>\1</code></a>', cell.source)
            cell.source = _README.sub("](index.md)", linked)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(STORED, None)
            if "text/html" in data:
                data["text/html"] = _apart(_linked(_STYLE.sub("", data["text/html"])))
    return notebook


def _linked(html: str) -> str:
    """Links in outputs lead to pages, where the notebook's lead to notebooks and to the tests' files."""
    html = re.sub(r'href="(\w+)\.ipynb', r'href="\1.html', html)
    return re.sub(r'href="\.\./tests/(\w+)\.py#L(\d+)"', r'href="tests/\1.html#L-\2"', html)


def _apart(html: str) -> str:
    """A blank between cells and paragraphs: the index of the search would glue their words together."""
    return re.sub(r"</(td|th|p|div|pre|summary)>(?=<)", r"</\1> ", html)
