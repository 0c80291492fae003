"""The text of a chapter or of the notes, line by line: its sentences, and what stands beside them to bear them out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snippets import catalogue
from snippets.lens.release import FOLDER


@dataclass
class Line:
    """A line of prose: where it stands, what it says, and the number of the section that it belongs to."""

    file: Path
    number: int
    text: str
    section: int

    @property
    def where(self) -> str:
        """File and line, as an editor takes them: "chapters/05_http_channel.md:40"."""
        return f"{self.file.relative_to(self.file.parents[1 + (self.file.parent == FOLDER)])}:{self.number}"


@dataclass
class Text:
    """A chapter's text: its lines of prose, and per section the code cells (by number) and the blocks that are shown.

    A section begins at each heading; lines of prose are all that is not code.
    """

    lines: list[Line] = field(default_factory=list)
    cells: dict[int, list[int]] = field(default_factory=dict)
    blocks: dict[int, list[str]] = field(default_factory=dict)


def chapter_text(slug: str, text: str | None = None) -> Text:
    """The text of a chapter, or `text` in its place."""
    file = catalogue.CHAPTERS / f"{slug}.md"
    source = file.read_text(encoding="utf-8") if text is None else text
    read, section, cell = Text(), 0, 0
    fence = head = False
    for number, line in enumerate(source.splitlines(), 1):
        if line == "---" and not fence and (number == 1 or head):
            head = not head
        elif head:
            continue
        elif line.startswith("```"):
            fence = not fence
            if fence and line.startswith("```{code-cell}"):
                read.cells.setdefault(section, []).append(cell)
                cell += 1
        elif fence:
            read.blocks.setdefault(section, []).append(line)
        elif line.startswith("#"):
            section += 1
            read.lines.append(Line(file, number, re.sub(r"^#+ (\d\d · )?", "", line), section))
        elif line.strip() and not line.startswith("+++"):
            read.lines.append(Line(file, number, line, section))
    return read


def note_lines(file: Path) -> Iterator[tuple[str, Line]]:
    """The lines of prose in a file of annotations, each with the name of the function that it is about."""
    name = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            name = f"{file.stem}:{line[3:].strip().strip('`')}"
        elif name and line.strip() and not line.startswith(("`", "#")):
            yield name, Line(file, number, line.removeprefix(":").strip(), 0)
