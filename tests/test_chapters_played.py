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


def test_at_which_line_a_header_is_handed_on():
    """05: Host is put into __header at the end of its own line, and headerReceived gets it at the end of the next."""
    asked = Asked("05_http_channel")
    assert answer("05_http_channel") == (
        "At the end of the next line, which doesn't continue it. At the end of its own, `Host` was put into `__header`."
    )
    request = asked.film["bytes"]["request"]
    (_, host, agent, empty) = [at for at, byte in enumerate(request) if byte == "\n"]
    of_host = asked.lines(range(asked.took(host), asked.took(agent)))
    of_agent = asked.lines(range(asked.took(agent), asked.took(empty)))
    assert ("HTTPChannel.lineReceived", "self.__header = line") in of_host
    assert not [name for name, _ in of_host if name == "HTTPChannel.headerReceived"]
    assert ("HTTPChannel.lineReceived", "self.headerReceived(self.__header)") in of_agent
    assert [name for name, _ in of_agent if name == "HTTPChannel.headerReceived"]
    # From the click to the end of lineReceived it is a dozen steps.
    after = range(asked.took(host), asked.took(agent))
    (end,) = [at for at in after if asked.film["kinds"][at] == "r" and asked.line(at)[0] == "HTTPChannel.lineReceived"]
    assert end - asked.took(host) == 12


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
