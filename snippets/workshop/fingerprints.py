"""Fingerprints of the functions with notes: whether the installed text is the one that the notes were written against.

A fingerprint is a digest of the text of a function in the pinned release; the text itself is not kept. Line numbers
and blanks at the ends of lines are no part of it, and every Python makes the same one.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import NamedTuple

import twisted

from snippets.lens.errors import LensError
from snippets.lens.notes import store
from snippets.lens.release import FOLDER, PINNED
from snippets.lens.source import find

FILE = FOLDER / "fingerprints.toml"
COMMAND = "python -m snippets coverage --fingerprint"
_ABOUT = f"""\
# Digests of the functions that have notes, as they stand in Twisted {PINNED}: no note was written against another text.
# Made by `{COMMAND}`, which is to be run when a function has got its first note.
"""


class Written(NamedTuple):
    """What became of the file: how many functions it holds, which came and which went."""

    functions: int
    added: list[str]
    removed: list[str]


def fingerprint(name: str) -> str:
    """The digest of a function's text in the installed Twisted.

    Raises:
        LensError: there is no such function.
    """
    text = "\n".join(line.rstrip() for line in find(name).lines.values())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept(file: Path = FILE) -> dict[str, str]:
    """The fingerprints in the file, by the full names of the functions; none if there is no file.

    Raises:
        LensError: it can't be read.
    """
    if not file.exists():
        return {}
    try:
        functions = tomllib.loads(file.read_text(encoding="utf-8"))["functions"]
        return {str(name): str(digest) for name, digest in functions.items()}
    except (tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise LensError(f"{file.name} can't be read ({error}): delete it, and make it anew by {COMMAND}") from error


def write(file: Path = FILE) -> Written:
    """Make the file anew, from the installed Twisted.

    Raises:
        LensError: that is not the pinned release, or no longer the text of it, or a function with notes is gone.
    """
    if twisted.__version__ != PINNED:
        raise LensError(
            f"the notes are written against Twisted {PINNED}, and {twisted.__version__} is installed: "
            f"pip install 'twisted[tls,http2]=={PINNED}' first"
        )
    before, now = kept(file), {name: fingerprint(name) for name in sorted(store())}
    if changed := [name for name in now if before.get(name, now[name]) != now[name]]:
        raise LensError(
            f"{', '.join(changed)}: not the text that was Twisted {PINNED}'s before. Has the installed Twisted been "
            f"edited? Install it anew; or delete {file.name}, if the book has gone on to another release"
        )
    rows = [f"{json.dumps(name)} = {json.dumps(digest)}" for name, digest in now.items()]
    file.write_text("\n".join([_ABOUT, "[functions]", *rows, ""]), encoding="utf-8")
    return Written(len(now), sorted(now.keys() - before.keys()), sorted(before.keys() - now.keys()))


def changed() -> list[str]:
    """A complaint for each function with notes whose text is another than the notes were written against, or of which
    nobody knows that; and for each fingerprint that no longer has notes.

    Raises:
        LensError: the fingerprints can't be read.
    """
    digests, complaints = kept(), []
    for name in store():
        try:
            now = fingerprint(name)
        except LensError:
            continue  # gone: that is a complaint of its own
        if name not in digests:
            complaints.append(f"{name} has no fingerprint: {COMMAND}")
        elif digests[name] != now:
            complaints.append(
                f"{name} reads otherwise in Twisted {twisted.__version__} than in {PINNED}, against which its notes "
                "were written: read it again (python -m snippets show names the lines whose notes are lost)"
            )
    return complaints + [
        f"{name} has a fingerprint and no notes: {COMMAND}" for name in sorted(digests.keys() - store().keys())
    ]
