"""Numbers in the book's sentences: each is computed by an `eval` role, or stands in what is shown beside it."""

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from snippets.lens.listing import LISTED
from snippets.lens.source import find
from snippets.workshop.prose import Line, Text, note_lines

# What a sentence may say without a run: the names of protocols, releases of Python, RFCs, chapters, links, roles, and
# commands, which tests run.
_NAMED = "HTTP|PEP|Twisted|TLS|SSL|IPv|UTF-|SHA-|ISO-8859-|Python|RFC|[Cc]hapters?|[Qq]uestions?|[Pp]redictions?"
_FREE = re.compile(
    r"\{\w+\}(`+).+?(?<!`)\1(?!`)"
    r"|\]\([^)]*\)"
    r"|`(?:python -m|curl|printf|nc|git) [^`]*`|https?://[^\s`)]*|\b\w+\(\d\)"
    rf"|\b(?:{_NAMED})[ /]?v?\d+(?:\.\d+)*"
)
_NUMBER = re.compile(r"(?<![\w.#/\\%-])\d+(?:,\d{3})*(?:\.\d+)*(?!\w)")
# Line numbers and counts in the saved form of a listing: nothing that a sentence may rest on.
_OF_LISTINGS = re.compile(
    r"(?m)^ {0,5}\d+  |, lines \d+-\d+\)|^Lines shown[^.]*\.$|^Lines that ran[^.]*\.(?:\sDecided\sin\sline[\s\d,]+\.)?$"
)
_SHOWN = re.compile(r"(?<![\w.])\d+(?:[,_]\d{3})*(?:\.\d+)*")


class Number(NamedTuple):
    """A number in a sentence: its line, where in it, and its digits."""

    line: Line
    start: int
    digits: str


def numbers(line: Line) -> Iterator[Number]:
    """The numbers that a line states, without those that are free."""
    hidden = _FREE.sub(lambda found: " " * len(found[0]), line.text)
    hidden = re.sub(r"^\s*(?:<summary>)?\d+\. ", lambda found: " " * len(found[0]), hidden)
    for found in _NUMBER.finditer(hidden):
        yield Number(line, found.start(), found[0])


def plain(digits: str) -> str:
    """A number without what groups its digits."""
    return digits.replace(",", "").replace("_", "")


def shown(texts: Iterable[str]) -> set[str]:
    """The numbers that stand in what a reader sees."""
    return {plain(found) for text in texts for found in _SHOWN.findall(text)}


def cell_texts(cell: NotebookNode) -> Iterator[str]:
    """What a reader sees of a code cell: its source and its outputs, without the line numbers of listings."""
    yield cell.source
    for output in cell.get("outputs", []):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if LISTED in text:
            text = _OF_LISTINGS.sub("", text)
        yield text


def beside(text: Text, notebook: NotebookNode) -> dict[int, set[str]]:
    """The numbers that bear out those of each section: in its cells, their outputs, and its blocks.

    A section without a cell, such as the questions, speaks of the whole chapter.
    """
    code = [shown(cell_texts(cell)) for cell in notebook.cells if cell.cell_type == "code"]
    everywhere = set().union(*code, *(shown(lines) for lines in text.blocks.values()))
    found: dict[int, set[str]] = {}
    for section in {line.section for line in text.lines}:
        cells = [code[number] for number in text.cells.get(section, []) if number < len(code)]
        found[section] = set().union(*cells, shown(text.blocks.get(section, []))) if cells else everywhere
    return found


@functools.cache
def in_source(name: str) -> set[str]:
    """The numbers that bear out those of a note: in the source of its function.

    Raises:
        LensError: there is no such function.
    """
    return shown(find(name).lines.values())


def unbound(text: Text, notebook: NotebookNode) -> list[Number]:
    """The numbers of a chapter's prose that nothing in their section shows."""
    shown_there = beside(text, notebook)
    stated = (number for line in text.lines for number in numbers(line))
    return [number for number in stated if plain(number.digits) not in shown_there[number.line.section]]


def unbound_in_notes(file: Path) -> list[Number]:
    """The numbers in a file of annotations that the source of their function doesn't show."""
    stated = ((name, number) for name, line in note_lines(file) for number in numbers(line))
    return [number for name, number in stated if plain(number.digits) not in in_source(name)]


def complaints(lost: Iterable[Number]) -> list[str]:
    """A line for each number, with where it stands and what to do."""
    what = "compute it, {eval}`...`, or let a cell beside it show it"
    return [f"{number.line.where}: nothing here shows the number {number.digits}: {what}" for number in lost]
