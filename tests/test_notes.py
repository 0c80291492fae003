"""The annotations: read from Markdown, found in the source, and complained of in words that help."""

import pytest

from snippets.lens import notes
from snippets.lens.errors import LensError
from snippets.lens.source import find

TEXT = """# some.module

## Class.method

What it is for, with `code`.

`first = line`
: A note with *emphasis* and a [link](https://example.org/).

`twice()` #2
: On the second.
"""


def read(tmp_path, text, name="some.module.md"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return notes.read(tmp_path)


def test_reads_purpose_terms_and_notes(tmp_path):
    annotation = read(tmp_path, TEXT)["some.module:Class.method"]
    assert annotation.purpose == "What it is for, with code."
    assert [note.anchor for note in annotation.notes] == ["`first = line`", "`twice()` #2"]
    assert annotation.notes[0].text == "A note with emphasis and a link."
    assert '<a href="https://example.org/">link</a>' in annotation.notes[0].html
    assert annotation.source == "some.module.md:3"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("`line`\n: note\n", "before the first heading"),
        ("## f\n\nline\n: note\n", "begins with a line of source in backticks"),
        ("## f\n\n`line` twice\n: note\n", "only #1, #2 ... may stand"),
        ("## f\n\n`a`\n: x\n\n## f\n\n`b`\n: y\n", "annotated twice"),
    ],
)
def test_a_store_out_of_form_is_one_clear_line(tmp_path, text, complaint):
    with pytest.raises(LensError, match=complaint):
        read(tmp_path, text)


LINES = {10: "    first = line", 11: "    twice()", 12: "    other(first)", 13: "    twice()"}


def test_notes_find_their_lines(tmp_path):
    where, lost = notes.placed(read(tmp_path, TEXT)["some.module:Class.method"], LINES, "Class.method")
    assert {number: [note.text for note in found] for number, found in where.items()} == {
        10: ["A note with emphasis and a link."],
        13: ["On the second."],
    }
    assert lost == []


def test_a_lost_line_is_named_with_the_nearest(tmp_path):
    annotation = read(tmp_path, TEXT)["some.module:Class.method"]
    _, lost = notes.placed(annotation, {**LINES, 10: "    first = row"}, "Class.method in Twisted 1.0")
    assert len(lost) == 1
    assert "Class.method in Twisted 1.0: no line reads `first = line`" in lost[0]
    assert "10: first = row" in lost[0]
    assert "some.module.md:3" in lost[0]


def test_a_line_that_stands_twice_must_say_which(tmp_path):
    annotation = read(tmp_path, TEXT.replace("`twice()` #2", "`twice()`"))["some.module:Class.method"]
    _, lost = notes.placed(annotation, LINES, "f")
    assert "stands on lines 11, 13; say which" in lost[0]


def test_an_occurrence_that_is_not_there_is_lost(tmp_path):
    annotation = read(tmp_path, TEXT.replace("#2", "#3"))["some.module:Class.method"]
    assert len(notes.placed(annotation, LINES, "f")[1]) == 1


@pytest.mark.parametrize("name", sorted(notes.store()))
def test_every_annotation_of_the_book_fits_the_installed_twisted(name):
    annotation = notes.store()[name]
    where, lost = notes.placed(annotation, find(name).lines, name)
    assert lost == []
    assert sum(map(len, where.values())) == len(annotation.notes) > 0
    assert annotation.purpose.endswith(".")
