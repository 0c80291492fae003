"""What the page of questions and the glossary are held to, and what they say in words and leave to a test."""

import re
import socket
from importlib.util import find_spec
from itertools import pairwise

import pytest
from twisted.web.resource import Resource
from twisted.web.server import Site
from twisted.web.static import Data

from snippets import catalogue
from snippets.lens.logged import logged
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from snippets.workshop import glossary
from snippets.workshop.assembly import load
from snippets.workshop.shape import RANKS

MOST_WORDS = 45  # of an answer
MOST_LINES = 10  # of a cell
HAN = re.compile("[\u4e00-\u9fff]")
# What the chapters put in italics and define nowhere: a stress, a label of a table, a state that is said once.
NO_TERMS = {
    "404 page", "a request", "any other", "arrived", "by", "complete", "declares", "installed", "n", "no source",
    "octal", "old bytes", "out", "outcome", "reads", "stands at", "the charset", "when", "written", "your turn",
}  # fmt: skip
OTHER_FORMS = {"folded": "folded header", "static": "static child", "dynamic": "dynamic child"}
# GB 2312 has its common characters in the order of pinyin. These have two readings, and theirs is that of another.
READ_AS = str.maketrans("重行校", "虫杭叫")


def text(slug):
    return (catalogue.CHAPTERS / f"{slug}.md").read_text("utf-8").split("\n---\n", 1)[1]


def sections(slug):
    """Heading -> what stands under it, for each ### of a page."""
    found = (part.partition("\n") for part in re.split("(?m)^### ", text(slug))[1:])
    return [(heading, re.split("(?m)^## ", below)[0].strip()) for heading, _, below in found]


def without_code(markdown):
    return re.sub("(?s)```.*?```", "", markdown)


QUESTIONS = sections("questions")
TERMS = sections("glossary")
WHERE = r"\[(?:chapter (\d\d)\]\(\3_\w+|the claims\]\(claims)\.md\)"
ENTRY = re.compile(r"\*\*(?P<chinese>[^*]+)\.\*\* (?P<says>.+); " + WHERE + r"\.")


class TestQuestions:
    def test_there_are_at_least_forty_and_none_twice(self):
        assert len(QUESTIONS) >= 40
        assert len({heading.lower() for heading, _ in QUESTIONS}) == len(QUESTIONS)

    @pytest.mark.parametrize(("question", "below"), QUESTIONS, ids=[heading for heading, _ in QUESTIONS])
    def test_each_has_a_short_answer_and_a_link_to_a_chapter(self, question, below):
        assert question.endswith("?")
        assert len(question.split()) <= 12
        assert "`" not in question
        answer = without_code(below)
        assert re.search(r"\]\(\d\d_\w+\.md", answer)
        assert 0 < len(re.findall(r"[\w']+(?:[.\-/_][\w']+)*", re.sub(r"\]\([^)]*\)+", "", answer))) <= MOST_WORDS

    def test_the_cells_are_short_and_each_of_them_shows_something(self):
        first, *cells = [cell for cell in load("questions").cells if cell.cell_type == "code"]
        assert not first.outputs
        assert 10 <= len(cells) <= 20
        assert [cell.source for cell in cells if not cell.outputs] == []
        assert [cell.source for cell in cells if lines_of(cell.source) > MOST_LINES] == []

    def test_they_stand_in_seven_groups(self):
        assert len(re.findall("(?m)^## ", text("questions"))) == 7


def lines_of(source):
    return sum(1 for line in source.splitlines() if line.strip())


def test_what_is_returned_follows_what_was_written():
    """Bytes that a page returns after a write are sent behind what it wrote, in chunks, and end the response."""

    class Both(Resource):
        def render_GET(self, request):
            request.write(b"one")
            return b"two"

    root = Resource()
    root.putChild(b"", Both())
    head, _, body = Wire(root).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").partition(b"\r\n\r\n")
    assert body == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    assert b"Content-Length" not in head


def test_what_is_no_bytes_is_shown_and_not_logged():
    """The 500 for a page that returns text shows its repr, with displayTracebacks off; no failure is logged."""

    class Text(Resource):
        isLeaf = True

        def render_GET(self, request):
            return "<grüß dich>"

    wire = Wire(Text())
    assert not wire.site.displayTracebacks
    with logged() as failures:
        response = wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").decode()
    assert response.startswith("HTTP/1.1 500 ")
    assert "<pre>&#x27;&lt;grüß dich&gt;&#x27;</pre>" in response
    assert failures == []


def test_two_sites_can_listen_on_one_socket():
    """A socket that listens can be adopted by adoptStreamPort, and served when the one who opened it has closed it."""
    with Turns() as hand, socket.create_server(("127.0.0.1", 0)) as opened:
        opened.setblocking(False)
        address = opened.getsockname()
        sites = [Site(Data(b"served", "text/plain"), reactor=hand.reactor) for _ in range(2)]
        first, second = (hand.reactor.adoptStreamPort(opened.fileno(), socket.AF_INET, site) for site in sites)
        opened.close()
        assert first.getHost() == second.getHost()
        first.stopListening()
        hand.turn(wait=0)
        with socket.create_connection(address) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            for _ in range(5):
                hand.turn(wait=0.2)
            assert client.recv(9999).startswith(b"HTTP/1.0 ")
        second.stopListening()


def test_twisted_has_a_resource_for_websockets():
    """Twisted has the module twisted.web.websocket with WebSocketResource, and needs the extra "websocket" for it."""
    file = find_spec("twisted.web.websocket").origin
    with open(file, encoding="utf-8") as opened:
        source = opened.read()
    assert "WebSocketResource" in source
    assert "pip install twisted[websocket]" in source


class TestGlossary:
    def test_there_are_at_least_eighty_terms_in_order_and_none_twice(self):
        names = [heading.casefold() for heading, _ in TERMS]
        assert len(names) >= 80
        assert all(first < second for first, second in pairwise(names))

    def test_each_stands_under_its_letter(self):
        letter = ""
        for line in text("glossary").splitlines():
            if line.startswith("## "):
                letter = line[3:]
            elif line.startswith("### "):
                assert line[4].upper() == letter

    @pytest.mark.parametrize(("term", "below"), TERMS, ids=[heading for heading, _ in TERMS])
    def test_each_has_a_chinese_term_and_one_sentence_with_a_link(self, term, below):
        entry = ENTRY.fullmatch(below)
        assert entry
        assert HAN.search(entry["chinese"]) or entry["chinese"].casefold() == f"{term.casefold()} (left in english)"
        assert len(entry["says"].split()) >= 4
        assert not re.search(r"[.?!] ", entry["says"])

    def test_the_table_leads_from_each_chinese_term_to_its_entry_in_the_order_of_pinyin(self):
        rows = re.findall(r"(?m)^\| ([^|]+) \| \[([^]]+)\]\(#([^)]+)\) \|$", text("glossary"))
        assert [(term.replace(" ", "-")) for _, term, _ in rows] == [anchor for _, _, anchor in rows]
        assert sorted((chinese, term) for chinese, term, _ in rows) == sorted(
            (chinese, term) for term, below in TERMS for chinese in chinese_of(below)
        )
        keys = [chinese.translate(READ_AS).encode("gb2312") for chinese, _, _ in rows]
        assert all(first < second for first, second in pairwise(keys))

    @pytest.mark.parametrize("slug", catalogue.slugs())
    def test_has_every_term_that_a_chapter_puts_in_italics(self, slug):
        assert [term for term in italics(slug) if not glossary.anchor_of(OTHER_FORMS.get(term, term))] == []


def chinese_of(below):
    """The Chinese terms of an entry, without the note on what stays in English."""
    terms = re.sub(r" \([^)]*\)$", "", ENTRY.fullmatch(below)["chinese"]).split(", ")
    return [term for term in terms if HAN.search(term)]


def italics(slug):
    """What a chapter puts in italics and what may be a term: no heading nor its first words, no rank, no label."""
    prose = re.sub("`[^`]*`", "", without_code(text(slug)))
    headings = {part.casefold() for each in catalogue.slugs() for part in parts_of_headings(text(each))}
    known = headings | {rank.casefold() for rank in RANKS} | NO_TERMS
    found = {each.casefold() for each in re.findall(r"(?<![*\w])\*(?![*\s])([^*\n]+)\*(?!\*)", prose)}
    return sorted(each for each in found if each[-1] not in ":,." and each not in known)


def parts_of_headings(chapter):
    for heading in re.findall("(?m)^#+ (.+)$", chapter):
        yield from (heading, heading.partition(":")[0])
