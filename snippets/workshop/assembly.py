"""Notebooks from the book's text, not yet executed; and the saved ones, from their files."""

import re

import jupytext
import nbformat
from nbformat import NotebookNode

from snippets import catalogue
from snippets.cells import settle
from snippets.lens.errors import LensError
from snippets.lens.roles import with_links
from snippets.workshop import notebook as saved
from snippets.workshop.glossary import GLOSSARY, with_terms
from snippets.workshop.surprises import SURPRISES, gathered

# The text links to texts, a notebook to notebooks.
_LINK = re.compile(rf"\]\((\d\d_\w+|{'|'.join(catalogue.PAGES)})\.md")


def assemble(slug: str) -> NotebookNode:
    """The notebook of a chapter or a page from its text, not yet executed: same text, same notebook, to the byte.

    Raises:
        LensError: the text is none, or no MyST notebook.
    """
    path = catalogue.CHAPTERS / f"{slug}.md"
    try:
        text = path.read_text(encoding="utf-8") + (f"\n{gathered()}" if slug == SURPRISES else "")
        notebook = jupytext.reads(text, fmt="md:myst")
    except LensError:
        raise
    except Exception as error:
        raise LensError(f"{path} is not a chapter: {in_a_line(error)}") from error
    if not notebook.cells:
        raise LensError(f"{path} is empty: write the chapter, or take the file away")
    for cell in settle(notebook).cells:
        if cell.cell_type == "markdown":
            linked = _LINK.sub(r"](\1.ipynb", cell.source)
            cell.source = with_links(linked if slug == GLOSSARY else with_terms(linked))
    return notebook


def load(slug: str) -> NotebookNode | None:
    """The saved notebook of a chapter or a page; None if there is none.

    Raises:
        LensError: the file is no notebook.
    """
    path = saved.notebook_path(slug)
    if not path.exists():
        return None
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise saved.spoilt(slug) from error


def first_line(cell: NotebookNode) -> str:
    """By what a cell is named in a message."""
    return cell.source.partition("\n")[0]


def in_a_line(error: Exception) -> str:
    """What an error says, in one line."""
    return str(error).strip().partition("\n")[0]
