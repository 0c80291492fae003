"""The contents of the book, in the README: a table made from the chapters."""

import re
from pathlib import Path

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.workshop import notebook as saved
from snippets.workshop.assembly import assemble
from snippets.workshop.shape import listings, minutes, parts

_TABLE = re.compile(r"(?<=<!-- contents -->\n).*?(?=<!-- end of contents -->)", re.DOTALL)
_QUESTION = re.compile(r"^question: (.+)$", re.MULTILINE)


def _readme() -> Path:
    return catalogue.CHAPTERS.parent / "README.md"


def table() -> str:
    """The table, in Markdown: for each chapter its title, the question it answers, minutes, functions it lists whole.

    Raises:
        LensError: the head of a chapter's text has no question.
    """
    rows = ["| chapter | the question it answers | minutes | functions read |", "| --- | --- | ---: | ---: |"]
    for slug in catalogue.slugs():
        notebook = assemble(slug)
        core, further = parts(notebook)
        whole, more = (sum(listed.whole for listed in listings(cells)) for cells in (core, further))
        title = core[0].source.partition("\n")[0].removeprefix("# ")
        link = f"[{title}](notebooks/{slug}.ipynb)"
        rows.append(f"| {link} | {question(slug)} | {minutes(core)} + {minutes(further)} | {whole} + {more} |")
    return "\n".join(rows) + "\n"


def question(slug: str) -> str:
    """The question that a chapter answers, from the head of its text.

    Raises:
        LensError: it has none.
    """
    head = (catalogue.CHAPTERS / f"{slug}.md").read_text(encoding="utf-8").split("\n---", 1)[0]
    if not (found := _QUESTION.search(head)):
        raise LensError(f"{slug}: its head doesn't say which question it answers: `question: ...`, above the ---")
    return found[1].strip("\"'")


def build_contents() -> bool:
    """Write the table into the README; return whether it changed.

    Raises:
        LensError: the README has no place for it.
    """
    text = _readme().read_text(encoding="utf-8")
    if not _TABLE.search(text):
        raise LensError(f"{_readme().name} has no place for the contents: <!-- contents -->, <!-- end of contents -->")
    fresh = _TABLE.sub(lambda _: table(), text)
    if fresh == text:
        return False
    saved.write(_readme(), fresh.encode("utf-8"))
    return True


def stale_contents() -> list[str]:
    """A complaint if the README's table is not the one that the chapters make now."""
    found = _TABLE.search(_readme().read_text(encoding="utf-8"))
    same = found is not None and found[0] == table()
    return [] if same else [f"{_readme().name}: the contents are not those of the chapters now"]
