"""Names in backticks in the book's sentences: each is one of Twisted's, of Python's, or of the book's own programs."""

import functools
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import twisted
from nbformat import NotebookNode

from snippets.lens.claims import ROOT
from snippets.workshop.numbers import cell_texts
from snippets.workshop.prose import Line

_READ = ("internet", "logger", "protocols", "python", "web")
_CODE = re.compile(r"(?<![}`])`([A-Za-z_][\w.]*)(?:\(\))?`")
_WORD = re.compile(r"[A-Za-z_]\w+")
# Names that the book writes as code and that stand in no program: what others call something, or what is wrong.
_OTHERS = frozenset({"close_notify", "enctype", "make_request", "render_get", "Vary", "he", "UNREACHABLE", "SHUT_WR"})


@functools.cache
def words() -> frozenset[str]:
    """Every name in Twisted's source (as far as the book goes) and in the project's programs, and Python's modules."""
    home = Path(twisted.__file__).parent
    files = [file for folder in _READ for file in (home / folder).rglob("*.py")]
    files += (ROOT / "snippets").rglob("*.py")
    found = set(sys.stdlib_module_names)
    for file in files:
        found.update(_WORD.findall(file.read_text(encoding="utf-8", errors="replace")))
    return frozenset(found) | _OTHERS


def unknown(lines: Iterable[Line], notebook: NotebookNode | None = None) -> Iterator[str]:
    """A complaint for each name in the lines that stands in no source, and in no cell or output of the notebook."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"] if notebook else []
    own = {word for cell in cells for text in cell_texts(cell) for word in _WORD.findall(text)}
    for line in lines:
        for code in _CODE.findall(line.text):
            if lost := [word for word in _WORD.findall(code) if word not in words() and word not in own]:
                yield f"{line.where}: `{code}`: there is no {lost[0]} in Twisted, in a program of the book or in a cell"
