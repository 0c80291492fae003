"""The first page: what the book is, its chapters with their questions, and the pages that gather them."""

from snippets import catalogue
from snippets.workshop.assembly import assemble
from snippets.workshop.contents import question
from snippets.workshop.shape import minutes, parts

# Pages that need the server.
SERVED = ("xray", "live")

_HEAD = """# Twisted.web, line by line

A book that reads the source of Twisted.web from the bytes on a socket to `render_GET` and back. The code on these pages
is the code of the Twisted that is installed where they were made, and the lines that a request ran are lit.

| chapter | the question it answers | minutes |
| --- | --- | ---: |
"""

_MINUTES = "Minutes are those of a chapter's core, and of what is folded behind it."

_BY_HAND = """Have a request of your own played, line by line, in the [X-ray](xray.md), and watch the callbacks of this
very server [live](live.md)."""


def index() -> str:
    """The first page, as Markdown for Sphinx."""
    rows = [f"| [{title(slug)}]({slug}.ipynb) | {question(slug)} | {reading(slug)} |" for slug in catalogue.slugs()]
    gathered = [text for text in catalogue.texts() if text not in catalogue.slugs()]
    links = "\n".join(f"- [{title(slug)}]({slug}.ipynb)" for slug in gathered)
    trees = _tree("Chapters", catalogue.slugs()) + _tree("Gathered", gathered) + _tree("By hand", list(SERVED))
    table = "\n".join(rows)
    gathers = f"What the chapters have shown is gathered:\n\n{links}"
    return f"{_HEAD}{table}\n\n{_MINUTES}\n\n{_BY_HAND}\n\n{gathers}\n\n{trees}"


def _tree(caption: str, names: list[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```", ""])


def title(slug: str) -> str:
    """The heading of a text."""
    return assemble(slug).cells[0].source.partition("\n")[0].removeprefix("# ")


def reading(slug: str) -> str:
    """The minutes that a chapter takes: its core, and what is folded behind it."""
    core, further = parts(assemble(slug))
    return f"{minutes(core)} + {minutes(further)}"
