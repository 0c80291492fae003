"""Statements of the text: what nothing bears out is named with its place, and what is borne out is left in peace."""

from itertools import pairwise

import nbformat
import pytest
from click import Group

from snippets import catalogue
from snippets.__main__ import cli
from snippets.lens.errors import LensError
from snippets.workshop import numbers, sentences, shape
from snippets.workshop.cited import uncited, wrong_citations
from snippets.workshop.falsify import ENOUGH, falsified
from snippets.workshop.mentions import unknown
from snippets.workshop.prose import Line, chapter_text
from snippets.workshop.typed_commands import wrong_commands

pytestmark = pytest.mark.once

TEXT = """---
kernelspec:
  name: 16384
---

# 07 · Numbers

Chapter 05 had HTTP/1.1 and [RFC 9112](https://x/99) and {eval}`len("77")` and {rfc}`9112#7.1.1`.

## Shown

There are 16,384 bytes, 12 lines and 3.5 seconds: `b"\\x0d"`, 404 and 405.

```{code-cell} ipython3
size = 16384
```

## Elsewhere

Here are 12 lines again, and 31.

```{code-cell} ipython3
print("nothing")
```

## Questions

1. Are there 12 lines and 16384 bytes?
"""


def notebook(*cells):
    """A notebook of code cells, each with what it prints."""
    made = nbformat.v4.new_notebook()
    for source, printed in cells:
        output = nbformat.v4.new_output("stream", name="stdout", text=printed)
        made.cells.append(nbformat.v4.new_code_cell(source, outputs=[output]))
    return made


SHOWN = notebook(("size = 16384", "12 lines in 3.5 s, 404 not 4050"), ("print('nothing')", "312"))


def line(text):
    return Line(catalogue.CHAPTERS / "05_http_channel.md", 7, text, 0)


class TestNumbers:
    def test_those_are_named_that_nothing_in_their_section_shows(self):
        found = numbers.unbound(chapter_text("07_numbers", TEXT), SHOWN)
        assert [(number.digits, number.line.number) for number in found] == [("405", 12), ("12", 20), ("31", 20)]

    def test_the_complaint_says_where_and_what_to_do(self):
        (said, *_) = numbers.complaints(numbers.unbound(chapter_text("07_numbers", TEXT), SHOWN))
        assert said.startswith("chapters/07_numbers.md:12: nothing here shows the number 405: compute it, {eval}`...`")

    def test_line_numbers_of_listings_show_nothing(self):
        listed = (
            "f (twisted/web/http.py, lines 405-410)\n   405  A note on 31.\nLines that ran: 12 x1.\nRun this cell to "
        )
        shown = numbers.shown(numbers.cell_texts(notebook(("x", listed + "see the code itself, read")).cells[0]))
        assert shown == {"31"}

    @pytest.mark.parametrize(
        "text",
        [
            "HTTP/1.1, HTTP/2, TLS 1.3, Python 3.11, RFC 9112 and chapters 05 are names.",
            "`python -m snippets run hello_site --port 8080` and `curl http://127.0.0.1:8080/` are run by tests.",
            "See [there](file.md#L405), {test}`test_404` and {eval}`1 + 405`.",
            "2. A list has numbers of its own, and so have x86_64, b64decode, utf-8 and `\\x0d`.",
        ],
    )
    def test_names_commands_links_and_roles_state_no_number(self, text):
        assert [number.digits for number in numbers.numbers(line(text))] == []

    def test_a_number_in_a_note_stands_in_the_source_of_its_function(self, tmp_path):
        file = tmp_path / "annotations" / "twisted.web.http.md"
        file.parent.mkdir()
        file.write_text(
            "## HTTPChannel.dataReceived\n\nIt has 3 lines.\n\n`x`\n: Or 98765.\n\n"
            "## HTTPChannel.checkPersistence\n\n`y`\n: The source has 1.1, and 1.0 only as text, and no 1.2.\n",
            "utf-8",
        )
        assert [number.digits for number in numbers.unbound_in_notes(file)] == ["3", "98765", "1.2"]


class TestCitations:
    def test_a_section_is_cited_where_its_subject_is_spoken_of(self):
        good = line("A chunk may have an extension ({rfc}`9112#7.1.1`).")
        other = line("A chunk may have an extension ({rfc}`9112#7.1.2`).")
        gone = line("A chunk may have an extension ({rfc}`9112#7.1.9`).")
        by_hand = line("See RFC 9112, section 7.1.1, or https://www.rfc-editor.org/rfc/rfc9112.")
        assert list(wrong_citations([good])) == []
        for wrong, said in [(other, "and the line is not"), (gone, "add it there"), (by_hand, "write {rfc}`NUMBER")]:
            (complaint,) = wrong_citations([wrong])
            assert complaint.startswith("chapters/05_http_channel.md:7: ")
            assert said in complaint

    def test_a_section_that_nothing_cites_is_named(self):
        assert "citations.toml: nothing cites 9112#7.1.1: take it out" in uncited([line("no citation")])


class TestNames:
    def test_a_name_in_no_source_is_told(self):
        known = line("`HTTPChannel.lineReceived`, `os.path`, `render_GET()`, `b'anything'`, `GET /x`, `printed_here`")
        assert list(unknown([known], notebook(("printed_here = 1", "")))) == []
        (complaint,) = unknown([line("`HTTPChannel.lineRecieved`")])
        assert complaint.startswith(
            "chapters/05_http_channel.md:7: `HTTPChannel.lineRecieved`: there is no lineRecieved"
        )

    def test_a_test_that_is_not_there_or_not_a_role_is_told(self):
        said = sentences.wrong_roles([line("{test}`test_nothing_of_that_name` and `test_by_hand`")])
        assert "no test called test_nothing_of_that_name" in said[0]
        assert "{test}`NAME`" in said[1]


class TestCommands:
    @pytest.mark.parametrize(
        "command",
        [
            "run hello_site --port 8080",
            'trace hello_site "GET /hello"',
            "show server.Request.write --site tree",
            "list",
            "exercises",
            "exercises watch",
        ],
    )
    def test_what_can_be_run_is_left_in_peace(self, command):
        assert isinstance(cli, Group)
        assert list(wrong_commands([line(f"`python -m snippets {command}`")], cli)) == []

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            ("run helo_site", "did you mean hello_site"),
            ("run hello_site --prot 1", "hello_site has no option --prot"),
            ("show HTTPChanel.lineReceived", "no function called"),
            ("shw HTTPChannel.lineReceived", "No such command 'shw'"),
            ("trace hello_site", "Missing argument 'REQUEST'"),
            ("book chek", "No such command 'chek'"),
            ("exercises chek", "No such command 'chek'"),
            ("exercises check nothing", "there is no exercise nothing"),
            ('trace hello_site "GET', "No closing quotation"),
        ],
    )
    def test_what_would_be_refused_is_told(self, command, said):
        (complaint,) = wrong_commands([line(f"`python -m snippets {command}`")], cli)
        assert said in complaint


class TestShape:
    def made(self, *cells, folded=()):
        book = nbformat.v4.new_notebook()
        for number, source in enumerate(cells):
            new = nbformat.v4.new_code_cell if "listing(" in source else nbformat.v4.new_markdown_cell
            book.cells.append(new(source, metadata={shape.FOLDED: True} if number in folded else {}))
        return book

    def test_words_of_prose_are_counted_and_code_and_addresses_are_not(self):
        cells = self.made("# A title\n\nFour words are here: [one](https://x.y/z).\n\n```\nnot this\n```").cells
        assert shape.words(cells) == 7

    def test_core_and_further_are_measured_apart(self):
        book = self.made("# A", 'listing("toChunk")', "## Further: b", 'listing("toChunk", read="05")', folded=(2,))
        assert shape.measured(book) == (
            "core 1 words (at most 1600), 1 listings (at most 12), 1 min; further 2 words, 1 listings"
        )

    def test_a_chapter_without_its_parts_is_told_each(self):
        said = shape.misshapen("07_x", self.made("word " * 1601, *['listing("toChunk")'] * 13))
        for part in (
            "1601 words",
            "13 listings",
            "`**Your turn.**` 0 times",
            "no program",
            "0 questions",
            "no surprise",
        ):
            assert any(part in complaint for complaint in said), part

    def test_further_sections_are_folded_and_stand_last(self):
        said = shape.misshapen("07_x", self.made("## Further: a", "## Core again", "## Core", folded=(1,)))
        assert sum("what is folded begins with" in complaint for complaint in said) == 2
        assert any("put all further sections last" in complaint for complaint in said)

    def test_a_function_is_listed_whole_once_and_read_where_it_is(self):
        first = self.made('listing("toChunk")')
        again = self.made('listing("http.toChunk", lit=run)', 'listing("toChunk", lit=a, than=b)')
        elsewhere = self.made('listing("toChunk", lit=run, read="04")', 'listing("parse_qs", lit=a, than=b)')
        said = shape.repeated({"03_a": first, "04_b": again, "05_c": elsewhere})
        assert said == [
            '04_b: twisted.web.http:toChunk is listed whole in 03_a already: say read="03"',
            "05_c: twisted.web.http:toChunk is not listed whole in chapter 04",
            "05_c: twisted.web.http:parse_qs is compared or said to be read, and no chapter lists it whole",
        ]


class TestTheBook:
    def test_the_notes_are_borne_out(self):
        """Numbers in notes stand in the source or are computed; citations, tests and names are there."""
        assert sentences.wrong_notes() == []

    def test_no_function_is_listed_whole_twice(self):
        from snippets.workshop.assembly import assemble

        assert shape.repeated({slug: assemble(slug) for slug in catalogue.texts()}) == []

    def test_what_is_made_false_is_noticed(self):
        """Of all numbers of two digits and more, all citations, test names and commands, each made false by itself."""
        tally = falsified(catalogue.texts(), cli)
        assert tally.tried["numbers"] > 150
        assert tally.rate >= ENOUGH, tally.missed
        for kind in ("citations", "test names", "commands"):
            assert tally.noticed[kind] >= ENOUGH * tally.tried[kind], tally.missed

    def test_a_book_that_was_never_built_can_not_be_falsified(self, monkeypatch):
        from snippets.workshop import book

        monkeypatch.setattr(book, "load", lambda slug: None)
        with pytest.raises(LensError, match="no notebook has been built"):
            falsified(["05_http_channel"], cli)


def test_sections_begin_at_headings_and_cells_are_counted():
    text = chapter_text("07_numbers", TEXT)
    assert [each.section for each in text.lines] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert text.cells == {2: [0], 3: [1]}
    assert all(one.number < other.number for one, other in pairwise(text.lines))
