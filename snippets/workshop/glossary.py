"""The glossary: the terms that it has, and links to them from where the book defines its terms."""

import re

from snippets import catalogue

GLOSSARY = "glossary"
_TERM = re.compile(r"(?<![*\[])\*([^*\n]+)\*(?!\*)")


def terms() -> dict[str, str]:
    """Term, in small letters -> the anchor of its heading in the glossary."""
    file = catalogue.CHAPTERS / f"{GLOSSARY}.md"
    headings = re.findall(r"^### (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE) if file.exists() else []
    return {heading.lower(): heading.replace(" ", "-") for heading in headings}


def anchor_of(term: str) -> str:
    """Where the glossary has a term, however it is written: "Pipelining", "chunks", "the timer"; "" if it hasn't."""
    name, known = term.lower().removeprefix("the "), terms()
    return known.get(name) or known.get(name.removesuffix("s"), "")


def with_terms(text: str) -> str:
    """`text` with the terms that it defines, which stand in italics, linked to the glossary, where they are in it."""

    def linked(found: re.Match[str]) -> str:
        anchor = anchor_of(found[1])
        return f"[{found[0]}]({GLOSSARY}.ipynb#{anchor})" if anchor else found[0]

    return _TERM.sub(linked, text)
