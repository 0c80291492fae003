"""The page of surprises: what the chapters say under a rank, gathered from their notebooks, with lines of Twisted."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from snippets import catalogue
from snippets.cells import NEEDS_TLS
from snippets.lens.errors import LensError
from snippets.lens.listing import LISTED
from snippets.lens.names import locate
from snippets.workshop import notebook as saved
from snippets.workshop.shape import RANKS, in_cell

SURPRISES = "surprises"
LINES = f"{SURPRISES}.toml"
_RANKED = re.compile(rf"\*\*\*({'|'.join(RANKS)})\.\*\*\* ?")
# What a chapter asks of its reader: nothing here can be run, and nobody was asked for a prediction.
_TASK = re.compile(r"\*\*Your turn\.\*\*.*|<details>\s*<summary>What you find</summary>(?s:.*?)</details>")
_PREDICTED = re.compile(r"\bPrediction \d+[:,] (\S)")
_PREFIX = re.compile(r"(?:A surprise|Further): (.)")
# By these words the reader finds what to do about a surprise in a site of their own, if its rank asks for that.
_REMEDIES = ("What to do: ", "For your own site: ")
_OF_TLS = "twisted.protocols.tls:"
_WIDTH = 90


@dataclass
class _Cell:
    """A code cell of a section, as it is saved."""

    source: str
    outputs: list[dict[str, Any]]

    @property
    def functions(self) -> list[str]:
        """The functions of Twisted that it lists."""
        return [listed.function for listed in in_cell(self.source)]

    @property
    def blocks(self) -> list[str]:
        """Its code and what it printed; nothing of a cell that only lists functions: these the page lists itself."""
        figures = [_text(output) for output in self.outputs if _is_figure(output)]
        texts = (_text(output).rstrip() for output in self.outputs if not _is_figure(output))
        shown = [text for text in texts if text and LISTED not in text]
        if self.functions and not shown and not figures:
            return []
        code = [f"```python\n{self.source}\n```"]
        printed = ["It prints:\n\n```text\n" + "\n".join(shown) + "\n```"] if shown else []
        return code + printed + [f"The figure, in words: {figure}" for figure in figures]


@dataclass
class Surprise:
    """A section of a chapter that tells one: its heading, its rank, and its paragraphs and cells."""

    slug: str
    heading: str
    rank: str = ""
    parts: list[str | _Cell] = field(default_factory=list)

    @property
    def key(self) -> str:
        """By what the file of lines names it: the chapter and the anchor, as in a link."""
        return f"{self.slug}#{saved.anchor(self.heading)}"

    @property
    def title(self) -> str:
        """Its heading on the page, where all are surprises."""
        return _PREFIX.sub(lambda found: found[1].upper(), self.heading)

    @property
    def remedied(self) -> bool:
        """Whether it says what to do about it, if its rank asks for that."""
        prose = "\n".join(part for part in self.parts if isinstance(part, str))
        return self.rank not in RANKS[:2] or any(words.strip() in prose for words in _REMEDIES)

    def markdown(self, lines: dict[str, list[str]]) -> str:
        """The section as it stands on the page, with lines of functions where it lists these, or else at its end."""
        link = self.key.replace("#", ".ipynb#")
        text = [f"### {self.title}", f"Told in [chapter {self.slug[:2]}]({link})."]
        waiting = {(full := locate(name).name): _listing(name, chosen, full) for name, chosen in lines.items()}
        cells: list[str] = []  # those that follow one another are folded together
        for part in self.parts:
            if isinstance(part, str):
                text += [*_folded(cells), part]
                cells = []
                continue
            cells += part.blocks
            if shown := [waiting.pop(name) for name in part.functions if name in waiting]:
                text += [*_folded(cells), *shown]
                cells = []
            elif not cells and text[-1].endswith(":"):
                text[-1] = text[-1][:-1] + "."  # what it announces is left out
        return "\n\n".join([*text, *_folded(cells), *waiting.values()])


def _folded(cells: list[str]) -> list[str]:
    if not cells:
        return []
    head = "<details><summary>The code, and what it shows</summary>"
    return [head, *cells, "</details>", "<p></p>"]  # the last keeps a distance to what follows


def surprises() -> list[Surprise]:
    """All surprises of the book, by rank and then in the book's order, from the notebooks as they are saved.

    Raises:
        LensError: a chapter has no notebook yet, or what is saved is none.
    """
    found = [one for slug in catalogue.slugs() for one in _sections(slug) if one.rank]
    return sorted(found, key=lambda one: RANKS.index(one.rank))


def _sections(slug: str) -> list[Surprise]:
    try:
        cells = json.loads(saved.notebook_path(slug).read_text("utf-8"))["cells"]
    except FileNotFoundError:
        raise LensError(f"{saved.unbuilt(slug)}: the page of surprises is made from it") from None
    except (OSError, ValueError, KeyError) as error:
        raise saved.spoilt(slug) from error
    sections = [Surprise(slug, "")]
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            sections[-1].parts.append(_Cell(source, cell["outputs"]))
            continue
        for part in re.split(r"(?m)^(?=#+ )", source):
            if heading := re.match(r"#+ (.*)\n*", part):
                sections.append(Surprise(slug, heading[1]))
                part = part[heading.end() :]
            sections[-1].rank = sections[-1].rank or _rank(part)
            if told := _elsewhere(part, slug):
                sections[-1].parts.append(told)
    return sections


def _rank(text: str) -> str:
    return found[1] if (found := _RANKED.search(text)) else ""


def _elsewhere(text: str, slug: str) -> str:
    """A part of a chapter, on another page: its links into the chapter lead there from here as well."""
    text = re.sub(r"\n{3,}", "\n\n", _TASK.sub("", _RANKED.sub("", text))).strip()
    for words in _REMEDIES:
        text = text.replace(words, f"**{words.strip()}** ")
    return _PREDICTED.sub(lambda found: found[1].upper(), text).replace("](#", f"]({slug}.ipynb#")


def _text(output: dict[str, Any]) -> str:
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", []))


def _is_figure(output: dict[str, Any]) -> bool:
    return "image/png" in output.get("data", {})


def lines() -> dict[str, dict[str, list[str]]]:
    """For each surprise, by its key, the functions of Twisted that it rests on, and the lines of each to show.

    Raises:
        LensError: the file isn't there, or is not what it should be.
    """
    try:
        return tomllib.loads((catalogue.CHAPTERS / LINES).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LensError(f"{LINES} can't be read: {error}") from error


def gathered() -> str:
    """The surprises as the text of the page goes on with them behind its first paragraphs, in MyST.

    Raises:
        LensError: a chapter has no notebook, or the file of lines can't be read.
    """
    told, shown = surprises(), lines()
    text = []
    for rank in RANKS:
        here = [one for one in told if one.rank == rank]
        text += [f"## {rank}", "\n".join(f"- [{one.title}](#{saved.anchor(one.title)})" for one in here)]
        text += [one.markdown(shown.get(one.key, {})) for one in here]
    return "\n\n".join(text) + "\n"


def _listing(name: str, chosen: list[str], full: str) -> str:
    """A cell that lists the chosen lines of a function; tagged, if its module is of use only where there is TLS."""
    words = ", ".join(map(_quoted, chosen))
    call = f"listing({_quoted(name)}, only=[{words}])"
    if len(call) > _WIDTH:
        rows = "".join(f"        {_quoted(line)},\n" for line in chosen)
        call = f"listing(\n    {_quoted(name)},\n    only=[\n{rows}    ],\n)"
    tags = f":tags: [{NEEDS_TLS}]\n\n" if full.startswith(_OF_TLS) else ""
    return f"```{{code-cell}} ipython3\n{tags}{call}\n```"


def _quoted(text: str) -> str:
    """A text as a program has it, with as few backslashes as can be."""
    return repr(text) if '"' in text else json.dumps(text, ensure_ascii=False)


def wrong_lines() -> list[str]:
    """A complaint for each surprise without lines of Twisted or without what to do, and for lines of one not told."""
    found, shown = surprises(), lines()
    told = {one.key for one in found}
    missing = [f"{LINES}: {key}: say which lines of Twisted it rests on" for key in sorted(told - shown.keys())]
    lost = [f"{LINES}: no chapter tells {key}: take it out" for key in sorted(shown.keys() - told)]
    words = " or ".join(f"`{words.strip()}`" for words in _REMEDIES)
    return missing + lost + [f"{one.key}: say in the section what to do: {words}" for one in found if not one.remedied]
