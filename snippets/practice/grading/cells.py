"""Takes the answers out of a notebook: the text of the cells that define what a `check(...)` of it checks."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from snippets.practice.notebook import Part, together
from snippets.practice.shelf import shelf


class NotOne(Exception):
    """It is no notebook; the message says what is wrong with it."""


def answers(data: bytes) -> dict[str, str]:
    """The answers in a notebook: slug -> the text of a file that says the same.

    A cell that is tagged with a slug is the answer itself. `check("slug", Name)` asks for the cell that last defined
    `Name` before it, with the definitions of other cells that it uses; `check("slug", name=value)` for the values.

    Raises:
        NotOne: this is no notebook.
    """
    found: dict[str, str] = {}
    before: list[Part] = []
    broken: list[str] = []
    for text, tags in _code(data):
        tagged = [tag for tag in tags if isinstance(tag, str) and tag in shelf()]
        found |= dict.fromkeys(tagged, text)
        part = _part(text)
        if part is None:
            broken.append(text)
            continue
        before.append(part)
        for slug, call in _checks(part.tree):
            answer = _values(call, before) if shelf()[slug].predicts else _definition(slug, call, before, broken)
            if slug not in tagged:
                found[slug] = answer
    return found


def _code(data: bytes) -> Iterator[tuple[str, list[Any]]]:
    """The code cells of a notebook: text and tags."""
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        raise NotOne("it is no JSON, so it is no notebook") from None
    cells = read.get("cells") if isinstance(read, dict) else None
    if not isinstance(cells, list):
        raise NotOne("it has no cells, so it is no notebook")
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source, metadata = cell.get("source"), cell.get("metadata")
        lines = source if isinstance(source, list) else [source]
        tags = metadata.get("tags") if isinstance(metadata, dict) else None
        text = "".join(line for line in lines if isinstance(line, str))
        yield text, tags if isinstance(tags, list) else []


def _part(text: str) -> Part | None:
    """A cell, parsed; lines that only IPython knows are taken out. None if it can't be."""
    for tried in (text, _plain(text)):
        try:
            return Part(tried)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _plain(text: str) -> str:
    magic = ("%", "!", "?")
    return "\n".join("" if line.lstrip().startswith(magic) else line for line in text.split("\n"))


def _checks(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """The calls of `check` with the slug of an exercise."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="check"), args=[ast.Constant(value=str(slug)), *_]) if slug in shelf():
                yield slug, node


def _definition(slug: str, call: ast.Call, before: list[Part], broken: list[str]) -> str:
    """The cell that last defined what a call of check is given; one that can't be parsed only if there is no other."""
    name = call.args[1].id if len(call.args) == 2 and isinstance(call.args[1], ast.Name) else ""
    own = next((part for part in reversed(before) if name in part.binds), None)
    if own is not None:
        return together([own], before[: before.index(own)], name, shelf()[slug].head.name)
    defines = re.compile(rf"(?m)^\s*(class|def)\s+{re.escape(name)}\b")
    return next((text for text in reversed(broken) if name and defines.search(text)), "")


def _values(call: ast.Call, before: list[Part]) -> str:
    """Assignments that say what a call of check says; a name stands for the value that a cell has given it."""
    lines = []
    for keyword in call.keywords:
        value: ast.expr | None = keyword.value
        if isinstance(value, ast.Name):
            value = _last(value.id, before) or value
        if keyword.arg is not None and value is not None:
            lines.append(f"{keyword.arg} = {ast.unparse(value)}\n")
    return "".join(lines)


def _last(name: str, before: list[Part]) -> ast.expr | None:
    for part in reversed(before):
        for node in reversed(part.tree.body):
            match node:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    return value
    return None
