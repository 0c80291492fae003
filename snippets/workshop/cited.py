"""RFC sections in the book's sentences: each is among the citations, and cited where its subject is spoken of."""

import re
from collections.abc import Iterable, Iterator

from snippets.lens.citations import FILE, sections
from snippets.lens.roles import contents, without
from snippets.workshop.prose import Line

_BARE = re.compile(r"\brfc-editor\.org|(?<!`)\bRFC \d+, (?:section|appendix)\b")


def keys(line: str) -> list[str]:
    """The sections that a line cites, by their keys."""
    return contents(line, "rfc")


def speaks_of(line: str, key: str) -> bool:
    """Does a line say one of the words of the section that it cites?"""
    said = without(line, "rfc").lower()
    return key in sections() and any(word in said for word in sections()[key].about)


def wrong_citations(lines: Iterable[Line]) -> Iterator[str]:
    """A complaint for each citation that is not in the file, is not about what its line says, or is no role."""
    for line in lines:
        for key in keys(line.text):
            if key not in sections():
                yield f"{line.where}: {key} is not in {FILE.name}: add it there, checked against the RFC's own text"
            elif not speaks_of(line.text, key):
                about = ", ".join(sections()[key].about)
                yield f"{line.where}: {key} is about {about}, and the line is not: cite another section, or add a word"
        if _BARE.search(line.text):
            yield f"{line.where}: an RFC is cited by hand: write {{rfc}}`NUMBER#SECTION`"


def uncited(lines: Iterable[Line]) -> list[str]:
    """A complaint for each section in the file that no line cites."""
    cited = {key for line in lines for key in keys(line.text)}
    return [f"{FILE.name}: nothing cites {key}: take it out" for key in sections() if key not in cited]
