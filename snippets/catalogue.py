"""Which snippets there are: name, chapter, file, and the line that says what each shows."""

import difflib
from pathlib import Path
from typing import NamedTuple

from snippets.lens.errors import LensError

HERE = Path(__file__).parent
CHAPTERS = HERE.parent / "chapters"
_NOT_CHAPTERS = {"lens", "workshop", "practice", "exercises", "edition", "browser"}


class Snippet(NamedTuple):
    """One program of a chapter."""

    chapter: str
    name: str
    file: Path
    about: str

    @property
    def module(self) -> str:
        """The name to import it by."""
        return f"snippets.{self.chapter}.{self.name}"


def first_line(file: Path) -> str:
    """The first line of a module's docstring, which is the first line of the file."""
    with file.open(encoding="utf-8") as opened:
        return opened.readline().strip().removeprefix("r").strip('"').strip()


# What the chapters are gathered in, and how they are taught, by the names of their notebooks.
PAGES = ("claims", "surprises", "questions", "glossary", "teaching")


def texts() -> list[str]:
    """The chapters and the pages, in the order in which they are built: a page may speak of every chapter."""
    return [*slugs(), *(page for page in PAGES if (CHAPTERS / f"{page}.md").exists())]


def slugs() -> list[str]:
    """The chapters whose text there is, with their numbers, in the order of the book: "05_http_channel", ..."""
    return sorted(path.stem for path in CHAPTERS.glob("[0-9][0-9]_*.md"))


def check_text() -> None:
    """See that the text of the book is there: what makes or measures it has nothing to do without.

    Raises:
        LensError: it is not; what pip installs without -e is the programs alone.
    """
    for files in ("[0-9][0-9]_*.md", "annotations/*.md"):
        if not any(CHAPTERS.glob(files)):
            raise LensError(
                f"there is no {CHAPTERS / files}: the text of the book is not here; run this in a checkout of the "
                "book, installed by `pip install -e .`"
            )


def chapter(name: str) -> str:
    """The slug that `name` means: the whole slug, its number, or the part after the number; or the name of a page.

    Raises:
        LensError: no chapter has that name.
    """
    for slug in slugs():
        if name in (slug, slug[:2], slug[3:]):
            return slug
    if name in texts():
        return name
    raise LensError(f"there is no chapter {name}; there are {', '.join(texts())}")


def chapters() -> dict[str, str]:
    """Chapter slug (without its number) -> what the chapter's snippets are about, in the order of the book."""
    numbers = {slug[3:]: slug for slug in slugs()}
    folders = [path.parent for path in HERE.glob("*/__init__.py") if path.parent.name not in _NOT_CHAPTERS]
    ordered = sorted(folders, key=lambda path: numbers.get(path.name, path.name))
    return {path.name: first_line(path / "__init__.py") for path in ordered}


def snippets() -> list[Snippet]:
    """All snippets, in the order of the book."""
    return [
        Snippet(chapter, file.stem, file, first_line(file))
        for chapter in chapters()
        for file in sorted((HERE / chapter).glob("*.py"))
        if file.stem != "__init__"
    ]


def find(name: str) -> Snippet:
    """The snippet called `name`: "hello_site", or "http_channel/hello_site" where two chapters have the name.

    Raises:
        LensError: none has that name, or more than one has.
    """
    wanted = name.removesuffix(".py").replace("/", ".").removeprefix("snippets.")
    every = snippets()
    found = [snippet for snippet in every if wanted in (snippet.name, f"{snippet.chapter}.{snippet.name}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise LensError(f"{name}: say which: {', '.join(f'{s.chapter}/{s.name}' for s in found)}")
    near = difflib.get_close_matches(wanted, [snippet.name for snippet in every], n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else "`python -m snippets` lists them all"
    raise LensError(f"there is no snippet {name}; {hint}")
