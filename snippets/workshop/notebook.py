"""The saved notebook of a chapter: where it is, writing it whole or not at all, and the notes it was built with."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from snippets.lens import notes, writing
from snippets.lens.errors import LensError
from snippets.lens.notes import Annotation

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

# Where a notebook keeps in its metadata, for each function that it lists, what was said of it when it was built.
NOTES = "notes"

# A saved listing begins so, in plain text.
_LISTING = re.compile(r"(\S+) \((twisted/\S+)\.py, lines \d+-\d+\)")

Saved = Mapping[str, Any]  # what nbformat and JSON alike make of a notebook, or of a part of it


def notebook_path(slug: str) -> Path:
    """Where the notebook of a chapter is saved."""
    return NOTEBOOKS / f"{slug}.ipynb"


def anchor(heading: str) -> str:
    """By what a link finds a heading: Jupyter takes its text as it is shown, so without the marks of code."""
    return heading.strip().replace("`", "").replace(" ", "-")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in a folder that is made if it isn't there.

    Raises:
        LensError: it can't be written.
    """
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise LensError(f"{path} can't be written: {error.strerror}") from error
    writing.write(path, content)


def digests(notebook: Saved) -> dict[str, str]:
    """For each function that a notebook lists, by its full name, a digest of what the annotations say of it."""
    heads = (_LISTING.match("".join(data.get("text/plain", ""))) for data in _data(notebook))
    names = {f"{head[2].replace('/', '.')}:{head[1]}" for head in heads if head}
    return {name: _digest(notes.store().get(name)) for name in sorted(names)}


def _data(notebook: Saved) -> Iterator[Saved]:
    for cell in notebook["cells"]:
        yield from (output.get("data", {}) for output in cell.get("outputs", []))


def _digest(annotation: Annotation | None) -> str:
    said = (annotation.purpose_html, [(note.anchor, note.html) for note in annotation.notes]) if annotation else ""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def stale_notes(slug: str) -> list[str]:
    """Complaints for each function whose notes have changed since the notebook of a chapter was built.

    Nothing is executed, and Twisted is not imported: all notebooks take less than a second.

    Raises:
        LensError: the saved notebook is none.
    """
    notes.store()  # what is wrong with the annotations is no fault of the notebook
    try:
        saved = json.loads(notebook_path(slug).read_text("utf-8"))
        then, now = saved["metadata"].get(NOTES), digests(saved)
        html = "\n".join("".join(data.get("text/html", "")) for data in _data(saved))
    except FileNotFoundError:
        return [unbuilt(slug)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise spoilt(slug) from error
    if then is None:
        return [f"{slug}: the notebook doesn't say which notes it was built with"]
    return [f"{slug}: {_changed(name, html)}" for name in now if now[name] != then.get(name)]


def _changed(name: str, html: str) -> str:
    """What has changed in the notes on a function whose saved listing is in `html`."""
    annotation = notes.store().get(name)
    if annotation is None:
        return f"there are no notes on {name} any more"
    new = [note.anchor for note in annotation.notes if note.html not in html]
    if annotation.purpose_html not in html:
        new.insert(0, "its purpose")
    return f"the notes on {name} ({annotation.source}) have changed: {', '.join(new) or 'one is gone or elsewhere'}"


def unbuilt(slug: str) -> str:
    """The complaint that a chapter has no notebook."""
    return f"{slug}: no notebook has been built"


def spoilt(slug: str) -> LensError:
    """The error that a saved notebook is none."""
    return LensError(f"{notebook_path(slug).name} is not a notebook any more; delete it and build it again")
