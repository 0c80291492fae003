"""The web pages are made when they are stale, whole or not at all, and over nothing that wasn't made here."""

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from snippets import catalogue
from snippets.edition import pages
from snippets.edition.undisturbed import alone
from snippets.lens.errors import LensError
from tests.web_book import PLAYERS, made, shelved

pytestmark = pytest.mark.once

# A book of two chapters that take no time to run.
SMALL = PLAYERS[: PLAYERS.index("```{code-cell}")].replace("#Further:-the-same-film-once-more", "#Below")
SMALL += "## Below\n\n```{code-cell} ipython3\nprint(6 * 7)\n```\n"


@pytest.fixture
def book(tmp_path):
    (tmp_path / "chapters" / "annotations").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for name in ("01_one", "02_two"):
        (tmp_path / "chapters" / f"{name}.md").write_text(SMALL.replace("99", name[:2]), encoding="utf-8")
    return tmp_path


def rewrite(book, name, old, new):
    file = book / "chapters" / f"{name}.md"
    file.write_text(file.read_text("utf-8").replace(old, new), encoding="utf-8")


def everything(book):
    """All files of the edition, with what is in them."""
    return {file: file.read_bytes() for file in (book / ".edition").rglob("*") if file.is_file()}


def test_it_is_made_once_and_a_changed_chapter_runs_alone(book):
    assert made(book) == ["executing 2 of 2 chapters and pages", "making the pages"]
    before = everything(book)
    assert made(book) == []
    assert everything(book) == before
    rewrite(book, "02_two", "6 * 7", "6 * 8")
    assert made(book) == ["executing 1 of 2 chapters and pages", "making the pages"]
    page = book / ".edition" / "pages" / "02_two.html"
    assert "48" in page.read_text("utf-8")
    assert len(list((book / ".edition" / "executed").iterdir())) == 2

    # A cell that fails is told in a line, and what was there is as it was.
    before = everything(book)
    rewrite(book, "02_two", "6 * 8", "6 / 0")
    with shelved(book), pytest.raises(LensError, match=r"^02_two: the cell 'print\(6 / 0\)' raised ZeroDivisionError"):
        pages.pages(lambda line: None)
    assert everything(book) == before
    assert {each.name for each in (book / ".edition").iterdir()} == {"pages", "executed"}


def test_what_all_texts_share_is_read_once(book, monkeypatch):
    shared = book / "chapters" / "annotations" / "twisted.md"
    shared.write_text("a note", encoding="utf-8")
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file) or b"")
    with shelved(book):
        kept = pages.executed(["01_one", "02_two"])
    assert list(kept) == ["01_one", "02_two"]
    assert read.count(shared) == 1


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        ("chapters/01_one.md", {"01_one", "glossary"}),
        ("chapters/annotations/twisted.md", {"01_one", "02_two", "glossary"}),
        ("notebooks/01_one.ipynb", {"glossary"}),
        ("snippets/edition/xray.md", set()),
        ("snippets/lens/player.js", {"01_one", "02_two", "glossary"}),
        ("snippets/lens/player.pyc", set()),
        ("README.md", set()),
    ],
)
def test_what_a_text_is_made_of(book, changed, stale):
    """Pages such as the glossary are gathered from all chapters."""
    (book / "chapters" / "glossary.md").write_text("# Words", encoding="utf-8")
    with shelved(book):
        before = pages.executed(catalogue.texts())
        (book / changed).parent.mkdir(parents=True, exist_ok=True)
        (book / changed).write_text("anew", encoding="utf-8")
        after = pages.executed(catalogue.texts())
    assert {slug for slug in before if before[slug] != after[slug]} == stale


@pytest.mark.parametrize(
    "change",
    [
        lambda twisted, book: (twisted / "web" / "http.py").write_text("# a line of the reader's own"),
        lambda twisted, book: (twisted / "internet" / "tcp.py").write_text("# a line of the reader's own"),
        lambda twisted, book: (book / "requirements.txt").write_text("pygments==1.0"),
    ],
)
def test_what_is_installed_makes_pages_stale(book, tmp_path, monkeypatch, change):
    twisted = tmp_path / "twisted"
    for name in ("web/http.py", "internet/tcp.py"):
        (twisted / name).parent.mkdir(parents=True)
        (twisted / name).write_text("import this")
    (book / "chapters" / "annotations" / "twisted.internet.tcp.md").write_text("a note")
    (book / "requirements.txt").write_text("sphinx==1.0")
    monkeypatch.setattr(pages.twisted, "__file__", str(twisted / "__init__.py"))
    with shelved(book):
        before = pages.key(), pages.executed(["01_one"])
        assert (pages.key(), pages.executed(["01_one"])) == before
        change(twisted, book)
        after = pages.key(), pages.executed(["01_one"])
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_another_version_of_a_package_makes_pages_stale(book, monkeypatch):
    (book / "requirements.txt").write_text("sphinx==1.0\nnot-installed==2\nTwisted[tls]==3\n")
    versions = {"sphinx": "9.0.4", "Twisted": "26.10.0"}

    def distributions(name):
        return [SimpleNamespace(version=versions[name])] if name in versions else []

    monkeypatch.setattr(pages.metadata, "distributions", distributions)
    with shelved(book):
        keys = [pages.key()]
        for name in versions:
            versions[name] += ".1"
            keys.append(pages.key())
    assert len({*keys}) == 3


def test_who_makes_pages_at_once_waits_and_finds_them_made(book):
    """What one has executed, the other would take for stale, and delete."""
    with shelved(book):
        shelf = pages.shelf()
    shelf.mkdir()
    said = []
    with shelved(book), ExitStack() as other:
        other.enter_context(alone(shelf, pytest.fail))

        def say(line):
            said.append(line)
            pages.make(shelf / "pages", lambda line: None)  # as the other does, which is then done
            other.close()

        pages.pages(say)
    assert said == ["the pages are being made by another command: waiting for it"]


def test_a_copy_is_made_anew_over_an_older_one_and_over_nothing_else(book, tmp_path):
    out = tmp_path / "out"
    with shelved(book):
        pages.copy_to(out, lambda line: None)
        assert (out / "index.html").exists()
        (out / "index.html").unlink()
        pages.copy_to(out, lambda line: None)
        assert (out / "index.html").exists()
        mine = tmp_path / "mine"
        mine.mkdir()
        (mine / "letter.txt").write_text("dear", "utf-8")
        file = tmp_path / "file"
        file.write_text("a file", "utf-8")
        for each in (mine, file):
            with pytest.raises(LensError, match="was not made here: name a folder that isn't there yet"):
                pages.copy_to(each, lambda line: None)
    assert [each.name for each in mine.iterdir()] == ["letter.txt"]
    assert file.read_text("utf-8") == "a file"


def test_a_folder_with_other_files_is_not_made_into_pages(book):
    (book / ".edition" / "pages").mkdir(parents=True)
    (book / ".edition" / "pages" / "mine.txt").write_text("mine", "utf-8")
    with shelved(book), pytest.raises(LensError, match="was not made here, and would be lost: move it elsewhere"):
        pages.pages(lambda line: None)
    assert (book / ".edition" / "pages" / "mine.txt").read_text("utf-8") == "mine"
