"""The annotations: notes on lines of Twisted's source, read from chapters/annotations."""

import difflib
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from snippets.lens.errors import LensError

FOLDER = Path(__file__).parents[2] / "chapters" / "annotations"

_MARKDOWN = MarkdownIt("commonmark").use(deflist_plugin)


@dataclass(frozen=True)
class Note:
    """A note on one line: `term` is the line as it stands, stripped; `occurrence` counts equal lines from 1."""

    term: str
    occurrence: int | None
    html: str
    text: str

    @property
    def anchor(self) -> str:
        """The term as the store writes it."""
        return f"`{self.term}`" + (f" #{self.occurrence}" if self.occurrence else "")


@dataclass
class Annotation:
    """What the book says of one function: its purpose in a sentence or two, and notes on its lines."""

    name: str
    source: str
    purpose_html: str = ""
    purpose: str = ""
    notes: list[Note] = field(default_factory=list)


def read(folder: Path = FOLDER) -> dict[str, Annotation]:
    """All annotations in a folder, by the full name of the function ("module:Class.method").

    Raises:
        LensError: a file in the folder is not in the form of an annotation store.
    """
    found: dict[str, Annotation] = {}
    for path in sorted(folder.glob("*.md")):
        for annotation in _parse(path):
            if annotation.name in found:
                raise LensError(f"{annotation.source}: {annotation.name} is annotated twice")
            found[annotation.name] = annotation
    return found


@functools.cache
def store() -> Mapping[str, Annotation]:
    """The annotations of the book, read once."""
    return read()


def _parse(path: Path) -> Iterable[Annotation]:
    tokens = _MARKDOWN.parse(path.read_text(encoding="utf-8"))
    current: Annotation | None = None
    for index, token in enumerate(tokens):
        inner = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.type == "heading_open" and token.tag == "h2":
            if current:
                yield current
            line = token.map[0] + 1 if token.map else 0
            current = Annotation(f"{path.stem}:{inner.content.strip().strip('`')}", f"{path.name}:{line}")
        elif current and token.type == "paragraph_open" and token.level == 0:
            current.purpose += (" " if current.purpose else "") + plain(inner)
            current.purpose_html += _render(tokens[index : index + 3])
        elif token.type == "dl_open":
            if current is None:
                raise LensError(f"{path.name}: there are notes before the first heading, so they have no function")
            current.notes += _notes(tokens, index, path)
    if current:
        yield current


def _notes(tokens: list[Token], start: int, path: Path) -> list[Note]:
    """The notes of the definition list that begins at `start`."""
    notes: list[Note] = []
    index, level = start, tokens[start].level
    while not (tokens[index].type == "dl_close" and tokens[index].level == level):
        if tokens[index].type == "dt_open":
            term, occurrence = _term(tokens[index + 1], path)
        elif tokens[index].type == "dd_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "dd_close")
            body = tokens[index + 1 : end]
            text = " ".join(plain(token) for token in body if token.type == "inline")
            notes.append(Note(term, occurrence, _render(body), text))
        index += 1
    return notes


def _term(token: Token, path: Path) -> tuple[str, int | None]:
    children = [child for child in token.children or [] if child.content.strip()]
    if not children or children[0].type != "code_inline":
        raise LensError(f"{path.name}: a note begins with a line of source in backticks, not with {token.content!r}")
    rest = "".join(child.content for child in children[1:]).strip()
    if rest and not (rest.startswith("#") and rest[1:].isdigit()):
        raise LensError(f"{path.name}: after `{children[0].content}` only #1, #2 ... may stand, not {rest!r}")
    return children[0].content.strip(), int(rest[1:]) if rest else None


def _render(tokens: list[Token]) -> str:
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}).strip()


def plain(token: Token) -> str:
    """The text of an inline token, without its marks."""
    return "".join(" " if child.type == "softbreak" else child.content for child in token.children or [])


def placed(annotation: Annotation, lines: Mapping[int, str], about: str) -> tuple[dict[int, list[Note]], list[str]]:
    """Find the line of every note.

    Args:
        annotation: the notes.
        lines: line number -> source line of the function.
        about: what to call the function in a complaint, with its version of Twisted.

    Returns:
        the notes by line number, and a complaint for each note whose line is gone or stands more than once.
    """
    where: dict[int, list[Note]] = {}
    complaints = []
    for note in annotation.notes:
        matches = [number for number, line in lines.items() if line.strip() == note.term]
        if note.occurrence is not None:
            matches = matches[note.occurrence - 1 : note.occurrence]
        if len(matches) == 1:
            where.setdefault(matches[0], []).append(note)
        else:
            complaints.append(f"{about}: {_complaint(note, matches, lines)} ({annotation.source})")
    return where, complaints


def _complaint(note: Note, matches: list[int], lines: Mapping[int, str]) -> str:
    if matches:
        places = ", ".join(map(str, matches))
        return f"{note.anchor} stands on lines {places}; say which with #1, #2 ... after it"
    texts = {number: line.strip() for number, line in lines.items() if line.strip()}
    near = difflib.get_close_matches(note.term, texts.values(), n=3, cutoff=0.4)
    nearest = [f"{number}: {text}" for number, text in texts.items() if text in near] or ["none is like it"]
    return f"no line reads {note.anchor}; the nearest: {'; '.join(nearest[:3])}"
