"""Finds the answers in what a student has handed in: files, the entries of zips, the cells of notebooks."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from snippets.practice.grading.cells import NotOne, answers
from snippets.practice.grading.parcels import MOST, MOST_FILES
from snippets.practice.progress import Unreadable, decoded
from snippets.practice.reading import shown
from snippets.practice.shelf import shelf

_ENCRYPTED = 1  # bit of a zip entry's flags


@dataclass
class Answer:
    """What a student has handed in for an exercise: its text, or why there is none."""

    text: str = ""
    problem: str = ""


@dataclass
class Unpacked:
    """The answers of a student by slug, and what is to be said of the rest."""

    answers: dict[str, Answer] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def unpacked(files: list[tuple[str, bytes]]) -> Unpacked:
    """The answers in a student's files."""
    found = Unpacked()
    for name, data in files:
        if name.endswith(".zip"):
            _zip(name, data, found)
        else:
            _file(name, data, found)
    return found


def _file(name: str, data: bytes, found: Unpacked) -> None:
    if name.endswith(".ipynb"):
        try:
            for slug, text in answers(data).items():
                _put(slug, Answer(text), name, found)
        except NotOne as error:
            found.problems.append(f"{shown(name)}: {error}")
        except (RecursionError, ValueError, MemoryError):
            found.problems.append(f"{shown(name)}: its cells can't be taken apart")
        return
    slug = name.removesuffix(".py")
    if slug not in shelf():
        found.problems.append(f"{shown(name)} is the name of no exercise")
        return
    try:
        _put(slug, Answer(decoded(data)), name, found)
    except Unreadable as error:
        _put(slug, Answer(problem=str(error)), name, found)


def _put(slug: str, answer: Answer, name: str, found: Unpacked) -> None:
    if slug in found.answers:
        answer = Answer(problem="There are two answers to this exercise: hand in one.")
        found.problems.append(f"{shown(name)}: a second answer to {slug}")
    found.answers[slug] = answer


def _zip(name: str, data: bytes, found: Unpacked) -> None:
    """Read the entries of a zip that count; nothing is extracted, and of each at most so much is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_FILES:
                found.problems.append(f"{shown(name)} has more than {MOST_FILES} entries: the others were not read")
            for last, inner in _inner(opened, entries[:MOST_FILES], name, found):
                _file(last, inner, found)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError, KeyError) as error:
        found.problems.append(f"{shown(name)} is no zip that can be read: {shown(str(error))}")


def _inner(
    opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, found: Unpacked
) -> Iterator[tuple[str, bytes]]:
    for entry in entries:
        *folders, last = re.split(r"[/\\]", entry.filename)
        ending = last[last.rfind(".") :] if "." in last else ""
        if ending not in (".py", ".ipynb") or last.startswith(".") or "__MACOSX" in folders:
            continue
        if problem := _refused(entry):
            found.problems.append(f"{shown(name)}: {shown(last)} {problem}")
            continue
        try:
            with opened.open(entry) as file:
                inner = file.read(MOST[ending] + 1)
        except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError) as error:
            found.problems.append(f"{shown(name)}: {shown(last)} can't be unpacked: {shown(str(error))}")
            continue
        if len(inner) > MOST[ending]:
            found.problems.append(f"{shown(name)}: {shown(last)} has more than {MOST[ending] >> 10} KB")
            continue
        yield last, inner


def _refused(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link, or something else that is no file"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way: make the zip anew"
    return ""
