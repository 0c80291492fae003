"""The page of claims: each has its section, its cell, its verdict and a link, and the table says what they say."""

import contextlib
import io
import re

import nbformat
import pytest

from snippets import catalogue
from snippets.workshop import notebook as saved

# Each claim, by its heading, with its verdict: those of the article that the book began with, then what others say.
CLAIMS = {
    "One thread serves all connections": "True",
    "Three calls are yours to receive": "True",
    "Protocol and transport are separate": "True",
    "Site maps URLs to resources": "Half true",
    "One handler serves a connection": "False",
    "Subclass Request for a page": "False",
    "Callbacks are registered for requests": "False",
    "A response object is handed over": "False",
    "A response outlives its connection": "False",
    "A page is put under its path": "False",
    "A leaf serves the folder put into it": "False",
    "A plain Resource answers for the root": "False",
    "It suits chat and push": "True",
    "NOT_DONE_YET keeps the connection open": "Half true",
    "A resource is one path": "False",
    "A page returns a string": "False",
    "A Deferred alone unblocks nothing": "True",
    "Others are served while a page waits": "Half true",
    "request.args has what was posted": "Half true",
}
ROW = re.compile(r"^\| \[(.+?)\]\(#(.+?)\) \| (.+?) \| \[chapter (\d\d)\]\((\d\d)_\w+\.md\) \|$", re.MULTILINE)
VERDICT = re.compile(r"^\*\*(True|Half true|False)\.\*\* \S", re.MULTILINE)
LINK = re.compile(r"\]\((\d\d)_\w+\.md#[^)]")
TEXT = (catalogue.CHAPTERS / "claims.md").read_text("utf-8")


def sections(text):
    """The text of each section, by its heading."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def wrong(text):
    """What is wrong with a text of the page."""
    told, rows = sections(text), ROW.findall(text)
    said = []
    if list(told) != list(CLAIMS):
        said.append(f"the sections are {list(told)}")
    if [row[0] for row in rows] != list(told):
        said.append(f"the table has {[row[0] for row in rows]}")
    for heading, body in told.items():
        verdicts, links = VERDICT.findall(body), LINK.findall(body)
        if verdicts != [CLAIMS.get(heading)]:
            said.append(f"{heading}: its verdict is {verdicts}")
        if not links:
            said.append(f"{heading}: it says not where the book explains it")
        if body.count("\n**The claim.** ") != 1 or "\n```{code-cell}" not in body:
            said.append(f"{heading}: it has no claim or no cell")
        row = next((row for row in rows if row[0] == heading), None)
        if row and row[1:] != (heading.replace(" ", "-"), *verdicts, *links[:1] * 2):
            said.append(f"{heading}: the table says {row[1:]}")
    return said


def test_every_claim_is_there_with_its_cell_its_verdict_and_a_link():
    assert wrong(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("**False.** An HTTP/1.1", "**True.** An HTTP/1.1", "One handler serves a connection: its verdict is"),
        ("**False.** An HTTP/1.1", "False. An HTTP/1.1", "One handler serves a connection: its verdict is []"),
        ("separate) | True |", "separate) | False |", "Protocol and transport are separate: the table says"),
        (
            "path](#A-resource-is-one-path) | False | [chapter 09](09_",
            "path](#A-resource-is-one-path) | False | [chapter 10](10_",
            "A resource is one path: the table says",
        ),
        ("(#A-page-returns-a-string)", "(#A-page)", "A page returns a string: the table says"),
        ("## A page returns a string", "## A page", "the sections are"),
        ("| [It suits chat and push]", "[It suits chat and push]", "the table has"),
        (
            "[chapter 08, a body](08_request.md#Change",
            "[chapter 08, a body](#Change",
            "request.args has what was posted",
        ),
        ("**The claim.** `render_GET`", "`render_GET`", "A page returns a string: it has no claim"),
    ],
)
def test_what_is_changed_in_a_copy_is_noticed(old, new, said):
    assert TEXT.count(old) == 1
    assert any(complaint.startswith(said) for complaint in wrong(TEXT.replace(old, new)))


def cells():
    """The code cells of each section, by its heading; under "" the first one of all."""
    heading, found = "", {}
    for cell in nbformat.read(saved.notebook_path("claims"), 4).cells:
        if cell.cell_type == "code":
            found.setdefault(heading, []).append(cell)
        elif headings := re.findall(r"^## (.+)$", cell.source, re.MULTILINE):
            heading = headings[-1]
    return found


@pytest.mark.parametrize("heading", CLAIMS)
def test_a_section_prints_what_is_saved_after_the_first_cell_alone(heading):
    there = cells()
    (first,) = there[""]
    namespace = {"__name__": "claims"}
    exec(first.source, namespace)
    for cell in there[heading]:
        assert cell.source.count("\n") < 20
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(cell.source, namespace)
        assert printed.getvalue() == "".join(output.text for output in cell.outputs) != ""
