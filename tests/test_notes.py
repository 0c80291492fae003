"""The annotations: read from Markdown, found in the source, and complained of in words that help."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.lens import notes
from snippets.lens.errors import LensError
from snippets.lens.source import find

TEXT = """# some.module

A word on the module, which is no purpose of a function.

## Class.method

What it is for,
with `code`.

And a *second* sentence.

`first = line`
: A note with *emphasis* and
  a [link](https://example.org/).

  It goes on.

`twice()` #2
: On the second.

## `function`

Has no notes.
"""


def read(tmp_path, text, name="some.module.md"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return notes.read(tmp_path)


def test_reads_purpose_terms_and_notes(tmp_path):
    method, function = read(tmp_path, TEXT).values()
    assert (method.name, method.source) == ("some.module:Class.method", "some.module.md:5")
    assert method.purpose == "What it is for, with code. And a second sentence."
    assert method.purpose_html == (
        "<p>What it is for,\nwith <code>code</code>.</p><p>And a <em>second</em> sentence.</p>"
    )
    first, second = method.notes
    assert (first.term, first.occurrence, first.anchor) == ("first = line", None, "`first = line`")
    assert first.text == "A note with emphasis and a link. It goes on."
    assert first.html == (
        '<p>A note with <em>emphasis</em> and\na <a href="https://example.org/">link</a>.</p>\n<p>It goes on.</p>'
    )
    assert (second.term, second.occurrence, second.anchor) == ("twice()", 2, "`twice()` #2")
    assert second.html == "<p>On the second.</p>"
    assert (function.name, function.purpose, function.notes) == ("some.module:function", "Has no notes.", [])


def test_a_folder_has_a_file_for_each_module(tmp_path):
    read(tmp_path, "## f\n", "one.md")
    read(tmp_path, "## f\n", "other.txt")
    assert sorted(read(tmp_path, "## f\n", "two.md")) == ["one:f", "two:f"]


def test_a_book_without_annotations_says_what_to_do(monkeypatch):
    monkeypatch.setattr(notes, "read", dict)
    with pytest.raises(LensError, match=r"the book's notes are not in .*: install the project"):
        notes.store.__wrapped__()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("`line`\n: note\n", "before the first heading"),
        ("## f\n\nline\n: note\n", "begins with a line of source in backticks"),
        ("## f\n\n`line` twice\n: note\n", "only #1, #2 ... may stand"),
        ("## f\n\n`line` #0\n: note\n", "only #1, #2 ... may stand, not '#0'"),
        ("## f\n\n`line` #2 `line`\n: note\n", "only #1, #2 ... may stand"),
        ("## f\n\n*line* `line`\n: note\n", "begins with a line of source in backticks"),
        ("## f\n\n`a`\n: x\n\n## f\n\n`b`\n: y\n", "annotated twice"),
    ],
)
def test_a_store_out_of_form_is_one_clear_line(tmp_path, text, complaint):
    with pytest.raises(LensError, match=re.escape(complaint)):
        read(tmp_path, text)


LINES = {10: "    first = line", 11: "    twice()", 12: "    other(first)", 13: "    twice()"}


def test_notes_find_their_lines(tmp_path):
    where, lost = notes.placed(read(tmp_path, TEXT)["some.module:Class.method"], LINES, "Class.method")
    assert {number: [note.text for note in found] for number, found in where.items()} == {
        10: ["A note with emphasis and a link. It goes on."],
        13: ["On the second."],
    }
    assert lost == []


def test_a_lost_line_is_named_with_the_nearest(tmp_path):
    annotation = read(tmp_path, TEXT)["some.module:Class.method"]
    _, lost = notes.placed(annotation, {**LINES, 10: "    first = row"}, "Class.method in Twisted 1.0")
    assert lost == [
        "Class.method in Twisted 1.0: no line reads `first = line`; the nearest: 10: first = row; 12: other(first) "
        "(some.module.md:5)"
    ]


def test_of_many_lines_the_three_nearest_are_named_in_their_order(tmp_path):
    annotation = read(tmp_path, TEXT)["some.module:Class.method"]
    like = {1: "first = lines", 2: "", 3: "first = pine", 4: "first = lime", 5: "zzz", 6: "first = lane", 7: "twice()"}
    _, (lost, _) = notes.placed(annotation, like, "f")
    assert "`first = line`; the nearest: 1: first = lines; 3: first = pine; 4: first = lime (" in lost
    _, (lost, _) = notes.placed(annotation, {1: "zzz", 2: "twice()"}, "f")
    assert "no line reads `first = line`, and none is like it (" in lost


def test_a_line_that_stands_twice_must_say_which(tmp_path):
    annotation = read(tmp_path, TEXT.replace("`twice()` #2", "`twice()`"))["some.module:Class.method"]
    _, lost = notes.placed(annotation, LINES, "f")
    assert "stands on lines 11, 13; say which" in lost[0]


def test_an_occurrence_that_is_not_there_is_lost(tmp_path):
    annotation = read(tmp_path, TEXT.replace("#2", "#3"))["some.module:Class.method"]
    _, lost = notes.placed(annotation, LINES, "f")
    assert len(lost) == 1
    assert lost[0].startswith("f: no line reads `twice()` #3; the nearest: 11: twice(); ")


SOME_LINES = st.lists(st.sampled_from(["a = 1", "b()", "return a"]), min_size=1).map(
    lambda lines: dict(enumerate(lines, 7))
)


@given(SOME_LINES, st.sampled_from(["", "    "]), st.data())
def test_every_line_can_be_named_by_its_text_and_its_place_among_its_equals(lines, indent, data):
    number = data.draw(st.sampled_from(sorted(lines)))
    alike = [other for other, text in lines.items() if text == lines[number]]
    note = notes.Note(lines[number], alike.index(number) + 1, "", "")
    plain = notes.Note(lines[number], None, "", "")
    indented = {number: indent + text for number, text in lines.items()}
    where, lost = notes.placed(notes.Annotation("m:f", "m.md:1", notes=[note, plain]), indented, "f")
    if len(alike) == 1:
        assert (where, lost) == ({number: [note, plain]}, [])
    else:
        assert where == {number: [note]}
        assert f"stands on lines {', '.join(map(str, alike))}; say which with #1, #2 ... after it (m.md:1)" in lost[0]


@pytest.mark.parametrize("name", sorted(notes.store()))
def test_every_annotation_of_the_book_fits_the_installed_twisted(name):
    annotation = notes.store()[name]
    where, lost = notes.placed(annotation, find(name).lines, name)
    assert lost == []
    assert sum(map(len, where.values())) == len(annotation.notes) > 0
    assert annotation.purpose.endswith(".")


class TestRoles:
    """What a note takes from the annotated module, from an RFC or from a test."""

    def read(self, folder, text, module="twisted.web.http"):
        (folder / f"{module}.md").write_text(f"## f\n\n{text}\n\n`x`\n: A note.\n", "utf-8")
        return notes.read(folder)[f"{module}:f"].purpose

    def test_a_value_is_computed_in_the_annotated_module(self, tmp_path):
        assert self.read(tmp_path, "{eval}`HTTPChannel.maxHeaders` lines, status {eval}`BAD_REQUEST`.") == (
            "500 lines, status 400."
        )

    def test_other_modules_are_named_by_their_last_name(self, tmp_path):
        text = "{eval}`abstract.FileDescriptor.bufferSize`, {eval}`http.OK` and {eval}`sys.maxunicode`."
        assert self.read(tmp_path, text, "twisted.web.resource") == "65536, 200 and 1114111."

    def test_citations_and_claims_are_links(self, tmp_path):
        assert "RFC 9112, section 7.1.1" in self.read(tmp_path, "An extension, {rfc}`9112#7.1.1`.")

    def test_what_can_not_be_computed_says_where_it_stands(self, tmp_path):
        with pytest.raises(LensError, match=r"twisted\.web\.http\.md: \{eval\}`Nobody` raised NameError"):
            self.read(tmp_path, "{eval}`Nobody`")

    def test_where_the_module_does_not_run_the_expression_stands(self, tmp_path):
        assert self.read(tmp_path, "It has {eval}`len(x)` parts.", "twisted.internet.nowhere") == "It has len(x) parts."


def test_a_note_may_hold_a_list(tmp_path):
    (tmp_path / "a.module.md").write_text(
        "## f\n\nIt is for this.\n\n`x = 1`\n: Two things:\n\n  - one\n  - two\n", "utf-8"
    )
    (note,) = notes.read(tmp_path)["a.module:f"].notes
    assert note.text == "Two things: one two"
    assert "<li>two</li>" in note.html
