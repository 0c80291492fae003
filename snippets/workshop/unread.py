"""What of the path the book does not read, with the reason: chapters/annotations/unread.toml."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.lens.notes import Annotation, Note
from snippets.lens.release import FOLDER

FILE = FOLDER / "unread.toml"
_ANCHOR = re.compile(r"`(.+)`(?: #([1-9][0-9]*))?")
_FORM = {
    "functions": {"module": str, "names": list, "reason": str},
    "lines": {"function": str, "lines": list, "reason": str},
}


@dataclass(frozen=True)
class Unread:
    """`functions` ran and have no notes, each for a reason; `lines` are lit by no scenario, and belong to functions
    with notes: a row there is a note whose text is the reason."""

    functions: dict[str, str] = field(default_factory=dict)
    lines: dict[str, Annotation] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many functions and lines there are in all."""
        return len(self.functions) + sum(len(rows.notes) for rows in self.lines.values())


def read(file: Path = FILE) -> Unread:
    """What the file says; nothing if there is none.

    Raises:
        LensError: it is not in the form that its first lines describe, or names something twice.
    """
    unread = Unread()
    for kind, group in _groups(file):
        if kind == "functions":
            for name in group["names"]:
                full = f"{group['module']}:{name}"
                if full in unread.functions:
                    raise LensError(f"{file.name}: {full} stands there twice")
                unread.functions[full] = group["reason"]
        else:
            rows = unread.lines.setdefault(group["function"], Annotation(group["function"], file.name))
            rows.notes.extend(_row(anchor, group["reason"], file) for anchor in group["lines"])
    return unread


def _groups(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise LensError(f"{file.name} is no TOML: {error}") from error
    for kind, groups in data.items():
        for group in groups if isinstance(groups, list) else [groups]:
            form = _FORM.get(kind, {})
            kinds = {key: type(value) for key, value in group.items()} if isinstance(group, dict) else {}
            if not form or kinds != form or not group["reason"].strip():
                raise LensError(
                    f"{file.name}: [[{kind}]] is not understood: it is [[functions]] with module, names and reason, or "
                    f"[[lines]] with function, lines and reason; this one has {', '.join(map(str, group))}"
                )
            yield kind, group


def _row(anchor: object, reason: str, file: Path) -> Note:
    match = _ANCHOR.fullmatch(anchor) if isinstance(anchor, str) else None
    if match is None:
        raise LensError(f"{file.name}: a line stands in backticks, and after them only #1, #2 ...; not {anchor!r}")
    return Note(match[1], int(match[2]) if match[2] else None, "", reason)
