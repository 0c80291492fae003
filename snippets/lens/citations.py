"""The sections of RFCs that the book cites, read from chapters/citations.toml."""

import difflib
import functools
import tomllib
from pathlib import Path
from typing import NamedTuple

from snippets.lens.errors import LensError

FILE = Path(__file__).parents[2] / "chapters" / "citations.toml"
_EDITOR = "https://www.rfc-editor.org/rfc/"


class Section(NamedTuple):
    """A section of an RFC, or a whole one.

    `title` is its heading, `says` the sentence of it that the book rests on, in our words, `checked` how that was
    looked up; `about` are words of which a line that cites it has at least one.
    """

    title: str
    says: str
    checked: str
    about: list[str]


@functools.cache
def sections() -> dict[str, Section]:
    """The cited sections by their key, as in "9112#7.1.1", "9112#C.3" for an appendix, or "7301" for a whole RFC.

    Raises:
        LensError: the file isn't there, or is not what it should be.
    """
    try:
        tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
        return {key: Section(**table) for key, table in tables.items()}
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise LensError(f"{FILE.name} can't be read: {error}") from error


def citation(key: str) -> str:
    """A link to a cited section in Markdown, with the number and the section as its text.

    Raises:
        LensError: the section is not in the file.
    """
    if key not in sections():
        near = difflib.get_close_matches(key, sections(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "add it there, checked against the RFC's own text"
        raise LensError(f"{key} is not in {FILE.name}: {hint}")
    number, _, section = key.partition("#")
    if not section:
        return f"[RFC {number}]({_EDITOR}rfc{number})"
    kind = "section" if section[0].isdigit() else "appendix"
    return f"[RFC {number}, {kind} {section}]({_EDITOR}rfc{number}#{kind}-{section})"
