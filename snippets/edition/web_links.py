"""Links in what cells show and in notes: to notebooks and to the tests' files there, to pages here."""

import re
from typing import Any

_NOTEBOOK = re.compile(r'href="(\w+)\.ipynb')
_TEST = re.compile(r'href="\.\./tests/(\w+)\.py#L(\d+)"')


def linked(html: str) -> str:
    """HTML whose links lead to the pages of the book."""
    return _TEST.sub(r'href="tests/\1.html#L-\2"', _NOTEBOOK.sub(r'href="\1.html', html))


def linked_texts(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The texts of a film, with the links of their notes."""
    return [
        text | {"purpose": linked(text["purpose"]), "notes": [[line, linked(note)] for line, note in text["notes"]]}
        if "notes" in text
        else text
        for text in texts
    ]
