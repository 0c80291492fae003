"""What four chapters ask the player beside them: the films give the folded answers, and how many acts that takes."""

import re
from pathlib import Path

import pytest

from snippets import catalogue
from snippets.edition import pages
from tests.browsing import opened
from tests.chapter_films import Asked, player_of
from tests.test_web_player import shown

BUFFER = [
    ("HTTPChannel.rawDataReceived", "self._dataBuffer.append(data)"),
    ("HTTPChannel.requestDone", "self._dataBuffer = []"),
]


def answer(slug: str) -> str:
    """The folded answer below a chapter's player."""
    text = (catalogue.CHAPTERS / f"{slug}.md").read_text("utf-8")
    return re.search(r"^play\(.*?</summary>\s*(.*?)\s*</details>", text, re.DOTALL | re.MULTILINE)[1]


def test_which_line_makes_the_request():
    """05: the line with requestFactory, which runs before the request line is parsed."""
    asked = Asked("05_http_channel")
    assert answer("05_http_channel") == "After. `lineReceived` calls `requestFactory`, and then `_parseRequestLine`."
    request_line = asked.film["bytes"]["request"].index("\n")
    after = asked.lines(range(asked.took(request_line), len(asked.film["kinds"])))
    names = [line for name, line in after if name == "HTTPChannel.lineReceived"]
    makes = "request = self.requestFactory(self, len(self.requests))"
    parses = "command, request, version = _parseRequestLine(line)"
    assert names.index(makes) < names.index(parses)
    # Nothing is in the list of requests before that line has run.
    (made, _) = asked.changers("HTTPChannel#1", "requests")
    assert asked.lines(range(made - 1, made + 1)) == [
        ("HTTPChannel.lineReceived", makes),
        ("HTTPChannel.lineReceived", "self.requests.append(request)"),
    ]


def test_what_lies_between_the_last_byte_of_a_body_and_the_next():
    """06: all of the first request; then requestDone has what was kept parsed, and the d begins a line."""
    asked = Asked("06_bodies")
    told = answer("06_bodies")
    last = asked.film["bytes"]["request"].index("hellod") + len("hello") - 1
    first, second = asked.took(last), asked.took(last + 1)
    between = [asked.line(step)[0] for step in range(first, second) if asked.film["kinds"][step] == "c"]
    assert {"Request.requestReceived", "Request.render", "Request.finish"} <= set(between)
    assert re.findall(r"`(.*?)`", told) == ["finish", "requestDone", "d", "requestDone"]
    names = ["HTTPChannel.requestDone", "LineReceiver.setLineMode", "LineReceiver.dataReceived"]
    handed_on = between[between.index(names[0]) :]
    assert [each for each in handed_on if each in names] == names
    assert handed_on[-1] == names[-1]
    assert asked.line(second) == (
        "LineReceiver.dataReceived",
        "line, self._buffer = self._buffer.split(self.delimiter, 1)",
    )
    assert asked.film["bytes"]["request"][last + 1] == "d"


def test_who_puts_bytes_into_the_buffer_and_who_empties_it():
    """07: rawDataReceived and requestDone, each twice."""
    asked = Asked("07_connection_life")
    assert answer("07_connection_life").startswith("Twice, by `rawDataReceived`, ")
    assert [asked.line(step) for step in asked.changers("HTTPChannel#1", "_dataBuffer")] == BUFFER * 2


def test_who_changes_postpath():
    """09: process makes it, and the pop in getChildForRequest takes a segment at a time."""
    asked = Asked("09_resource_traversal")
    assert answer("09_resource_traversal") == (
        "`process` makes it, and the `pop` in `getChildForRequest` takes a segment at a time."
    )
    made, *taken = [asked.line(step) for step in asked.changers("Request#1", "postpath")]
    assert made[0] == "Request.process"
    assert made[1].startswith("self.postpath = ")
    assert taken == [("getChildForRequest", "pathElement = request.postpath.pop(0)")] * 2


# The acts by which a reader answers a question in the player, and the functions in whose listings the answer stands.
ACTS = {
    "06_bodies": (
        ["byte 51", "byte 52"],
        (
            "HTTPChannel.rawDataReceived",
            "HTTPChannel.requestDone",
            "LineReceiver.setLineMode",
            "LineReceiver.dataReceived",
        ),
    ),
    "07_connection_life": (
        ["last", *["last change of _dataBuffer"] * 4],
        ("HTTPChannel.rawDataReceived", "HTTPChannel.requestDone"),
    ),
    "09_resource_traversal": (["last", *["last change of postpath"] * 3], ("Request.process", "getChildForRequest")),
}


def test_the_readme_counts_acts_and_lines():
    text = re.sub(r"\s+", " ", Path(pages.__file__).with_name("README.md").read_text("utf-8"))
    told = re.findall(r"\((0\d)\): (\d+) acts, (\d+) lines", text)
    counted = [(slug[:2], str(len(acts)), str(Asked(slug).to_read(*names))) for slug, (acts, names) in ACTS.items()]
    assert told == counted


@pytest.mark.parametrize("slug", ACTS)
def test_so_many_acts_show_the_answer(browser, tmp_path, slug):
    """Each act leads to a line of the answer: the changes backwards, from the last one."""
    asked, (acts, _) = Asked(slug), ACTS[slug]
    player_of(slug).save(tmp_path / "page.html")
    with opened(browser, (tmp_path / "page.html").as_uri()) as page:
        seen = []
        for act in acts:
            kind = page.get_by_title if act.startswith("byte") else page.get_by_label if "change" in act else None
            (kind(act, exact=True) if kind else page.get_by_role("button", name=act, exact=True)).click()
            seen.append(shown(page)["number"])
    if slug == "06_bodies":
        assert seen == [asked.took(51), asked.took(52)]
        assert asked.film["bytes"]["request"][51:53] == "od"
    else:
        name = acts[-1].rpartition(" ")[2]
        label = "HTTPChannel#1" if slug == "07_connection_life" else "Request#1"
        assert seen == [len(asked.film["kinds"]) - 1, *reversed(asked.changers(label, name))]
