"""The annotations: notes on lines of Twisted's source, read from chapters/annotations."""

import difflib
import functools
import importlib
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from snippets.lens.errors import LensError
from snippets.lens.release import FOLDER, NO_NOTES
from snippets.lens.roles import contents, evaluated, with_links, with_values

_PACKAGES = ("twisted.web", "twisted.internet", "twisted.protocols", "twisted.python")
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
    annotations: dict[str, Annotation] = {}
    for path in sorted(folder.glob("*.md")):
        for annotation in _parse(path):
            if annotation.name in annotations:
                raise LensError(f"{annotation.source}: {annotation.name} is annotated twice")
            annotations[annotation.name] = annotation
    return annotations


@functools.cache
def store() -> Mapping[str, Annotation]:
    """The annotations of the book, read once.

    Raises:
        LensError: they are not there, or not in the form of an annotation store.
    """
    if annotations := read():
        return annotations
    raise LensError(NO_NOTES)


def _parse(path: Path) -> list[Annotation]:
    annotations: list[Annotation] = []
    tokens = _MARKDOWN.parse(_written_out(path))
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            line = token.map[0] + 1 if token.map else 0
            name = tokens[index + 1].content.strip("`")
            annotations.append(Annotation(f"{path.stem}:{name}", f"{path.name}:{line}"))
        elif annotations and token.type == "paragraph_open" and token.level == 0:
            current = annotations[-1]
            current.purpose += (" " if current.purpose else "") + plain(tokens[index + 1])
            current.purpose_html += _render(tokens[index : index + 3])
        elif token.type == "dl_open":
            if not annotations:
                raise LensError(f"{path.name}: there are notes before the first heading, so they have no function")
            annotations[-1].notes += _notes(tokens[index:], path)
    return annotations


def _written_out(path: Path) -> str:
    """The text of a file with what its roles stand for; an `eval` role is computed in the annotated module.

    There other modules can be named too, by the last part of their names: `abstract.FileDescriptor.bufferSize`.
    """
    text = with_links(path.read_text(encoding="utf-8"))
    wanted = contents(text, "eval")
    if not wanted:
        return text
    try:
        module = importlib.import_module(path.stem)
    except ImportError:  # a module that does not run on this system: nobody lists its functions here either
        return with_values(text, [f"`{expression}`" for expression in wanted])
    return evaluated(text, _others_named(wanted) | vars(module), path.name)


def _others_named(wanted: list[str]) -> dict[str, object]:
    """The modules whose last name stands in front of a dot in one of the expressions."""
    names = {name for expression in wanted for name in re.findall(r"(?<![\w.])([a-z]\w*)\.", expression)}
    homes = [f"{package}.{name}" for name in names for package in _PACKAGES] + sorted(names)
    return {home.rpartition(".")[2]: importlib.import_module(home) for home in reversed(homes) if find_spec(home)}


def _notes(tokens: list[Token], path: Path) -> Iterator[Note]:
    """The notes of the definition list with which `tokens` begin."""
    for index, token in enumerate(tokens):
        if token.type == "dt_open":
            term, occurrence = _term(tokens[index + 1], path)
        elif token.type == "dd_open":
            body = list(itertools.takewhile(lambda inner: inner.type != "dd_close", tokens[index + 1 :]))
            text = " ".join(plain(inner) for inner in body if inner.type == "inline")
            yield Note(term, occurrence, _render(body), text)
        elif token.type == "dl_close":
            return


def _term(token: Token, path: Path) -> tuple[str, int | None]:
    children = [child for child in token.children or [] if child.content.strip()]
    if not children or children[0].type != "code_inline":
        raise LensError(f"{path.name}: a note begins with a line of source in backticks, not with {token.content!r}")
    rest = "".join(child.content for child in children[1:]).strip()
    if rest and not re.fullmatch(r"#[1-9][0-9]*", rest):
        raise LensError(f"{path.name}: after `{children[0].content}` only #1, #2 ... may stand, not {rest!r}")
    return children[0].content.strip(), int(rest[1:]) if rest else None


def note_on(line: str) -> Note:
    """A note that says nothing, on a line as it stands, or, as in "line #2", as it stands for the second time."""
    found = re.fullmatch(r"(.+?) #([1-9][0-9]*)", line)
    term, occurrence = (found[1], int(found[2])) if found else (line, None)
    return Note(term.strip(), occurrence, "", "")


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
    if not near:
        return f"no line reads {note.anchor}, and none is like it"
    nearest = [f"{number}: {text}" for number, text in texts.items() if text in near]
    return f"no line reads {note.anchor}; the nearest: {'; '.join(nearest[:3])}"
