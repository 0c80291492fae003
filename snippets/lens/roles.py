"""Roles in the book's text: what a sentence takes from a run, from an RFC, or from a test."""

import re
from collections.abc import Iterable, Iterator

from snippets.lens.citations import citation
from snippets.lens.claims import claim
from snippets.lens.errors import LensError

# As in MyST: {name}`content`, with more backticks around a content that has some itself.
_ROLE = re.compile(r"\{(eval|rfc|test)\}(`+)(.+?)(?<!`)\2(?!`)")


def contents(text: str, kind: str) -> list[str]:
    """What the roles of one kind say in a text, in its order: of `eval` the expressions, of `rfc` the sections.

    Args:
        text: Markdown.
        kind: "eval", "rfc" or "test".
    """
    return [found[3].strip() for found in _ROLE.finditer(text) if found[1] == kind]


def without(text: str, kind: str) -> str:
    """A text without its roles of one kind."""
    return _ROLE.sub(lambda found: "" if found[1] == kind else found[0], text)


def replaced(text: str, kind: str, old: str, new: str) -> str:
    """A text whose roles of one kind say `new` where they said `old`."""

    def other(found: re.Match[str]) -> str:
        return f"{{{kind}}}`{new}`" if (found[1], found[3].strip()) == (kind, old) else found[0]

    return _ROLE.sub(other, text)


def with_values(text: str, values: Iterable[str]) -> str:
    """`text` with its `eval` roles replaced, one after another, by what `shown` made of their values."""
    each: Iterator[str] = iter(values)
    return _ROLE.sub(lambda found: next(each) if found[1] == "eval" else found[0], text)


def with_links(text: str) -> str:
    """`text`, which is Markdown read from notebooks/, with its `rfc` and `test` roles written out.

    Raises:
        LensError: a section is not among the citations, or there is no such test.
    """

    def written(found: re.Match[str]) -> str:
        write = {"rfc": citation, "test": lambda name: claim(name).markdown}.get(found[1])
        return write(found[3].strip()) if write else found[0]

    return _ROLE.sub(written, text)


def any_values(text: str) -> re.Pattern[str]:
    """What `text` may read with whatever values in the place of its `eval` roles."""
    parts, at = [], 0
    for found in _ROLE.finditer(text):
        if found[1] == "eval":
            parts.append(re.escape(text[at : found.start()]))
            at = found.end()
    return re.compile("(.*?)".join([*parts, re.escape(text[at:])]), re.DOTALL)


def shown(value: object) -> str:
    """A value as it stands in a sentence: text and numbers as they are, anything else as code."""
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return str(value)
    return f"`{value!r}`"


def evaluated(text: str, scope: dict[str, object], where: str) -> str:
    """`text` with the values of its `eval` roles, computed in `scope`.

    Raises:
        LensError: an expression raised; `where` says in which text it stands.
    """
    values = []
    for expression in contents(text, "eval"):
        try:
            values.append(shown(eval(expression, dict(scope))))
        except Exception as error:
            raise LensError(f"{where}: {{eval}}`{expression}` raised {type(error).__name__}: {error}") from error
    return with_values(text, values)
