"""What is wrong with the book's sentences: a citation, a test, a name or a number that nothing bears out."""

import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from snippets import catalogue
from snippets.lens.claims import claim
from snippets.lens.errors import LensError
from snippets.lens.release import FOLDER
from snippets.lens.roles import contents
from snippets.workshop import numbers
from snippets.workshop.cited import uncited, wrong_citations
from snippets.workshop.mentions import unknown
from snippets.workshop.prose import Line, chapter_text, note_lines

_NAMED = re.compile(r"(?<![}\w])`(?:tests/\w+\.py::)?(?:\w+[.:]+)?test_\w+`")


def wrong_roles(lines: Iterable[Line]) -> list[str]:
    """A complaint for each citation and each test of the lines that is not there, or is not what the line is about."""
    every = list(lines)
    return [*wrong_citations(every), *_wrong_claims(every)]


def _wrong_claims(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        for name in contents(line.text, "test"):
            try:
                claim(name)
            except LensError as error:
                yield f"{line.where}: {error}"
        for name in _NAMED.findall(line.text):
            yield f"{line.where}: {name}: write a test that carries a claim as {{test}}`NAME`"


def wrong_sentences(slug: str, notebook: NotebookNode) -> list[str]:
    """A complaint for each number and each name in a chapter's text that its notebook doesn't bear out."""
    text = chapter_text(slug)
    return [*numbers.complaints(numbers.unbound(text, notebook)), *unknown(text.lines, notebook)]


def wrong_notes() -> list[str]:
    """The same for the notes, which the source of their functions bears out; and citations that nothing cites."""
    files = sorted(FOLDER.glob("*.md"))
    lines = [line for file in files for _, line in note_lines(file)]
    chapters = [line for slug in catalogue.texts() for line in chapter_text(slug).lines]
    lost = [number for file in files for number in numbers.unbound_in_notes(file)]
    return [*wrong_roles(lines), *numbers.complaints(lost), *unknown(lines), *uncited(lines + chapters)]
