"""A notebook as executed, made ready for the web pages: links, listings without their style, words kept apart."""

import json
import re

from nbformat import NotebookNode

from snippets.edition.web_links import linked, linked_texts
from snippets.lens.listing import STORED

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_TEST = re.compile(r"\[`(\w+)`\]\(\.\./tests/(\w+)\.py#L(\d+)\)")
_FILM = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
_BLOCK = "table|thead|tbody|tr|th|td|p|div|pre|summary|details|ul|ol|li|h[1-6]"
_BEFORE_BLOCK = re.compile(rf"(</\w+>|[^\s>])(?=<(?:br|{_BLOCK})\b)")
_AFTER_BLOCK = re.compile(rf"(</(?:{_BLOCK})>)(?!\s|</|$)")
_README = re.compile(r"\]\(\.\./README\.md(#[^)]*)?\)")
_FILE = re.compile(r"\[([^\]]*)\]\(\.\./[^)]*\)")  # one that is no page


def for_the_web(notebook: NotebookNode) -> NotebookNode:
    """Change an executed notebook in place: its links lead to pages, its listings share one style."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            source = _TEST.sub(r'<a href="tests/\2.html#L-\3"><code>\1</code></a>', cell.source)
            cell.source = _FILE.sub(r"\1", _README.sub("](index.md)", source))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(STORED, None)
            if "text/html" in data:
                shown = data["text/html"]
                data["text/html"] = _player(shown) if "data-player=" in shown else _apart(linked(_STYLE.sub("", shown)))
    return notebook


def _player(html: str) -> str:
    """A player without its script, which is a file here; its film stays, and leads to pages."""
    data, script = _FILM.search(html), html.rfind('<script type="module">')
    if not data or script < 0:
        return html
    values = json.loads(data[1])
    values["texts"] = linked_texts(values["texts"])
    film = json.dumps(values, separators=(",", ":")).replace("<", "\\u003c")
    return f"{html[: data.start(1)]}{film}{html[data.end(1) : script]}"


def _apart(html: str) -> str:
    """A blank where one block of text ends and another begins: the search's index would glue their words together."""
    return _AFTER_BLOCK.sub(r"\1 ", _BEFORE_BLOCK.sub(r"\1 ", html))
