"""Links in the book's text: each leads somewhere, from where the notebook is."""

import functools
import re
from collections.abc import Iterator
from urllib.parse import unquote

from markdown_it import MarkdownIt
from nbformat import NotebookNode

from snippets.workshop import notebook as saved
from snippets.workshop.assembly import assemble


def dead_links(slug: str, assembled: NotebookNode) -> list[str]:
    """Complaints for each relative link in a chapter that leads nowhere, from where the notebook is."""
    complaints: list[str] = []
    anchors = functools.cache(lambda other: _anchors(assembled if other == slug else assemble(other)))
    for cell in assembled.cells:
        if cell.cell_type != "markdown":
            continue
        for target in _links(cell.source):
            path, _, anchor = unquote(target).partition("#")
            file = saved.NOTEBOOKS / path if path else saved.notebook_path(slug)
            if path and not file.exists():
                complaints.append(f"{slug}: the link to {target} leads nowhere")
            elif anchor and file.suffix == ".ipynb" and anchor not in anchors(file.stem):
                complaints.append(f"{slug}: {path or 'the chapter'} has no heading #{anchor}")
    return complaints


def _links(markdown: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse(markdown):
        for child in token.children or []:
            target = child.attrs.get("href" if child.type == "link_open" else "src")
            if child.type in ("link_open", "image") and target and not re.match(r"[a-z]+:", str(target)):
                yield str(target)


def _anchors(notebook: NotebookNode) -> set[str]:
    """The anchors that Jupyter gives the headings of a chapter."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return {saved.anchor(heading) for source in sources for heading in re.findall(r"^#+ (.*)$", source, re.MULTILINE)}
