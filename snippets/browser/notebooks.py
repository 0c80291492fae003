"""The notebooks for a browser: the saved ones, with what stands in there at their head, and what can't run as saved."""

import re
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from snippets import catalogue
from snippets.browser.standins import WHAT
from snippets.cells import NEEDS_THREADS, NEEDS_TLS, settle
from snippets.lens.errors import LensError
from snippets.lens.listing import LISTED
from snippets.workshop.assembly import load
from snippets.workshop.notebook import unbuilt

# What a cell has not got there, by its tag.
_MISSING = {NEEDS_TLS: "TLS", NEEDS_THREADS: "a thread of its own"}
_CHECKED = (
    "Exercises",
    "`check` plays your code in this Python, and stops it after so many steps that nothing but a loop without end "
    "takes them. It protects nobody: check code that you wrote or have read, and no stranger's.",
)
_TERMINAL = ("A terminal", "There is none: what is to be typed into a shell is for a Python of your own.")
_KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
# Texts that no browser is given: for a teacher, who has the book and the tools with which it is built.
_LEFT_OUT = ("teaching",)
_THERE = rf"(?:\.\./|(?:\./)?(?:{'|'.join(_LEFT_OUT)})\.ipynb)"  # how an address of a file begins that isn't given
_ELSEWHERE = re.compile(rf"\[((?:[^\[\]]|\[[^\]]*\])*)\]\({_THERE}[^)]*\)")
_ANCHOR = re.compile(rf'<a href="{_THERE}[^"]*">(.*?)</a>')
_MARKED = re.compile(r"[][\\`*_<>&$~]")  # what Markdown would take for more than text
_HINT = re.compile(rf"<p><i>{LISTED}[^<]*</i></p>")


def texts() -> list[str]:
    """The chapters and pages that a browser is given, in the order of the book."""
    return [slug for slug in catalogue.texts() if slug not in _LEFT_OUT]


def browser_notebook(slug: str) -> NotebookNode:
    """The saved notebook of a chapter or a page, made ready for a browser; the same to the byte each time.

    Behind its title it says what stands in there. A cell that can't run there, by its tags, is no cell of code any
    more: its text, why it isn't run, and what it showed.

    Args:
        slug: as in `texts`.

    Raises:
        LensError: it has no notebook, or what is saved is none.
    """
    notebook = load(slug)
    if notebook is None:
        raise LensError(f"{unbuilt(slug)}: `python -m snippets book build {slug}` builds it")
    kept = sum(bool(_lacks(cell)) for cell in notebook.cells)
    cells = [_kept(cell, why) if (why := _lacks(cell)) else _read(cell) for cell in notebook.cells]
    first, *rest = cells
    title, _, text = first.source.partition("\n")
    begin = [title, _head(kept), *([text.strip()] if text.strip() else [])]
    notebook.cells = [*map(nbformat.v4.new_markdown_cell, begin), *rest]
    settle(notebook).metadata["kernelspec"] = _KERNEL
    return notebook


def _lacks(cell: NotebookNode) -> str:
    """What a cell needs that a browser has not got; "" if nothing."""
    tags = cell.metadata.get("tags", [])
    return next((missing for tag, missing in _MISSING.items() if tag in tags), "")


def _head(kept: int) -> str:
    """What a reader of a notebook is told of the browser; `kept` cells of it aren't run."""
    lines = [f"- **{what}.** {says}" for what, says in [*WHAT, _TERMINAL, _CHECKED]]
    if kept:
        cells = "One cell of this notebook is not" if kept == 1 else f"{kept} cells of this notebook are not"
        lines += ["", f"{cells} run here, but shown with what came of it where TLS and threads are."]
    return "\n".join(
        [
            "<details><summary>This notebook runs in your browser, on Twisted as it is installed anywhere. Other "
            "things are not there, or have a stand-in:</summary>",
            "",
            *lines,
            "",
            "</details>",
        ]
    )


def _read(cell: NotebookNode) -> NotebookNode:
    """A cell whose links lead to what there is: what a link said stays as text."""
    if cell.cell_type == "markdown":
        cell.source = _ELSEWHERE.sub(r"\1", cell.source)
    for output in cell.get("outputs", []):
        if html := output.get("data", {}).get("text/html"):
            output.data["text/html"] = _ANCHOR.sub(r"\1", html)
    return cell


def _kept(cell: NotebookNode, missing: str) -> NotebookNode:
    """A cell that isn't run, as text: its code, why, and what it showed; pictures are attached."""
    attached: dict[str, Any] = {}
    shown = [each for output in _read(cell).outputs for each in _shown(output, attached)]
    why = f"*Not run here: this cell needs {missing}, or what such a cell has made. It showed:*"
    text = "\n\n".join([_fenced(cell.source, "python"), why if shown else why.replace(" It showed:", ""), *shown])
    made = nbformat.v4.new_markdown_cell(text)
    if attached:
        made.attachments = attached
    return made


def _shown(output: NotebookNode, attached: dict[str, Any]) -> Iterator[str]:
    """An output as Markdown."""
    data = output.get("data", {})
    if "image/png" in data:
        name = f"shown{len(attached)}.png"
        attached[name] = {"image/png": data["image/png"]}
        says = _MARKED.sub(r"\\\g<0>", _in_a_line(data["text/plain"]))
        yield f"![{says}](attachment:{name})"
    elif "text/html" in data:
        yield _HINT.sub("", _in_a_line(data["text/html"]))
    elif output.output_type == "error":
        yield _fenced(f"{output.ename}: {output.evalue}", "text")
    elif text := (output.text if output.output_type == "stream" else data["text/plain"]).rstrip("\n"):
        yield _fenced(text, "text")


def _in_a_line(text: str) -> str:
    """Markdown ends a block of HTML, and the words for a picture, at an empty line."""
    return " ".join(text.split("\n"))


def _fenced(text: str, kind: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{kind}\n{text}\n{fence}"
