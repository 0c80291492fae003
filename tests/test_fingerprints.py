"""Fingerprints: whether a function with notes reads as it did when they were written."""

import pytest

from snippets.lens.notes import store
from snippets.lens.release import PINNED
from snippets.workshop import fingerprints
from snippets.workshop.fingerprints import changed, fingerprint, kept, write
from tests.invoked import invoked, refused

RECEIVED = "twisted.web.http:HTTPChannel.lineReceived"


@pytest.fixture
def file(monkeypatch, tmp_path):
    """A place for the fingerprints of its own."""
    place = tmp_path / "fingerprints.toml"
    monkeypatch.setattr(fingerprints, "FILE", place)
    for function in (kept, write):
        monkeypatch.setattr(function, "__defaults__", (place,))
    return place


def test_the_books_are_those_of_the_installed_twisted(file):
    """Line by line what the command makes is what is kept with the notes."""
    ours = fingerprints.FOLDER / "fingerprints.toml"
    ended = invoked("coverage", "--fingerprint")
    count = len(store())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"fingerprints.toml: {count} functions; {count} came, 0 went\n"
    assert file.read_text("utf-8") == ours.read_text("utf-8"), "python -m snippets coverage --fingerprint"
    assert changed() == []


def test_no_line_of_twisted_is_kept(file):
    write()
    assert all(len(digest) == 16 and int(digest, 16) >= 0 for digest in kept().values())


def test_it_depends_on_the_text_and_on_nothing_else(monkeypatch):
    class Text:
        def __init__(self, lines):
            self.lines = lines

    def of(lines):
        monkeypatch.setattr(fingerprints, "find", lambda name: Text(lines))
        return fingerprint("whatever")

    same = of({7: "def f():", 8: "    return 1"})
    assert of({70: "def f():  ", 71: "    return 1\t"}) == same
    assert of({7: "def f():", 8: "    return 2"}) != same
    assert of({7: "def f():", 8: "    # why", 9: "    return 1"}) != same


def test_what_has_changed_has_none_or_has_no_notes_is_named(file):
    write()
    text = file.read_text("utf-8")
    row = f'"{RECEIVED}" = "{kept()[RECEIVED]}"\n'
    assert row in text
    file.write_text(text.replace(row, f'"{RECEIVED}" = "0"\n'), "utf-8")
    (complaint,) = changed()
    assert complaint.startswith(f"{RECEIVED} reads otherwise in Twisted {PINNED} than in {PINNED}, against which its")
    file.write_text(text.replace(row, ""), "utf-8")
    assert changed() == [f"{RECEIVED} has no fingerprint: python -m snippets coverage --fingerprint"]
    file.write_text(text + '"twisted.web.http:gone" = "0"\n', "utf-8")
    (complaint,) = changed()
    assert complaint.startswith("twisted.web.http:gone has a fingerprint and no notes: ")
    assert write().removed == ["twisted.web.http:gone"]
    assert changed() == []


def test_without_the_file_every_function_lacks_one(file):
    assert len(changed()) == len(store())


def test_another_release_is_refused(file, monkeypatch):
    monkeypatch.setattr("twisted.__version__", "24.11.0")
    line = refused(invoked("coverage", "--fingerprint"), f"Twisted {PINNED}, and 24.11.0 is installed", "pip install")
    assert "\n" not in line
    assert not file.exists()


def test_a_file_that_is_none_says_what_to_do(file):
    for text in ("[functions", "functions = 3", ""):
        file.write_text(text, "utf-8")
        refused(invoked("coverage"), "fingerprints.toml can't be read", "coverage --fingerprint")
