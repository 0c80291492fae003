"""Cells: the tags they have, ids from what they hold, and fixed metadata, so that a notebook is the same each time."""

import hashlib
from collections import Counter

import nbformat
from nbformat import NotebookNode

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# Tags of a cell that can't run in a browser, or leans on one that can't: there is no TLS, and no thread can be started.
NEEDS_TLS, NEEDS_THREADS = "needs-tls", "needs-threads"


def settle(notebook: NotebookNode) -> NotebookNode:
    """Give a notebook, in place, the ids and the metadata that it has each time it is made."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        content = f"{cell.cell_type}\n{cell.source}"
        cell.id = hashlib.sha256(f"{content}\n{seen[content]}".encode()).hexdigest()[:12]
        seen[content] += 1
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def written(notebook: NotebookNode) -> str:
    """The text of a notebook's file."""
    return nbformat.writes(notebook, indent=1, ensure_ascii=False) + "\n"
