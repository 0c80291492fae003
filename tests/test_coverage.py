"""The reading measured both ways, and what happens when a note loses its line."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import twisted

from snippets import catalogue
from snippets.lens import notes
from snippets.lens.lines import statement_lines
from snippets.lens.source import find
from snippets.workshop import book, coverage, fingerprints, unread
from snippets.workshop import notebook as saved
from tests.invoked import invoked, refused


@pytest.fixture(scope="module")
def measured():
    return coverage.measure()


def test_what_chapter_05_lists_ran_and_has_notes(measured):
    functions = {covered.name: covered for covered in measured.functions}
    names = saved.digests(book.load("05_http_channel"))
    assert "twisted.web.http:HTTPChannel.lineReceived" in names
    for name in names:
        assert functions[name].notes > 0
        assert 0 < functions[name].lit <= functions[name].lines


def test_only_what_the_book_may_read_is_counted(measured):
    for covered in measured.functions:
        read = covered.name.startswith(("twisted.web.", "twisted.protocols.", "twisted.internet."))
        assert read or covered.notes
        assert ".test" not in covered.name.partition(":")[0]
    names = [covered.name for covered in measured.functions]
    assert names == sorted(set(names))
    assert "twisted.web.server:Request.process" in names
    assert "twisted.internet.tcp:Port.doRead" in names
    assert "twisted.web.static:File.render_GET" in names
    assert "twisted.web._http2:H2Connection.dataReceived" in names


@pytest.mark.parametrize(
    "name",
    [
        "twisted.web.http:_GenericHTTPChannelProtocol.site",
        "twisted.web.http:_GenericHTTPChannelProtocol.site.setter",
        "twisted.protocols.policies:TimeoutMixin._TimeoutMixin__timedOut",
        "twisted.python.filepath:FilePath.child",
    ],
)
def test_what_has_a_name_of_its_own_kind_is_counted(measured, name):
    """A property's getter and setter, a private method, and what has notes elsewhere in Twisted."""
    (covered,) = [covered for covered in measured.functions if covered.name == name]
    assert covered.lit == covered.lines or covered.unlit


def test_lines_that_can_run_are_counted_once_each(measured):
    name = "twisted.web.http:HTTPChannel._respondToBadRequestAndDisconnect"
    covered = next(covered for covered in measured.functions if covered.name == name)
    function = find(name)
    assert covered.lines == 2
    assert covered.lit == 2
    assert len(statement_lines(function.code)) > covered.lines


def test_no_note_of_the_book_is_lost(measured):
    assert measured.lost == []


def test_nothing_is_missing(measured):
    assert [*measured.missing, *measured.stale, *measured.changed] == []


def test_a_function_that_is_gone_is_a_lost_annotation(monkeypatch):
    gone = notes.Annotation("twisted.web.http:HTTPChannel.lineRecieved", "x.md:7")
    monkeypatch.setattr(coverage, "store", lambda: {gone.name: gone})
    (lost,) = coverage.lost_annotations()
    assert lost.startswith("x.md:7: ")
    assert "did you mean HTTPChannel.lineReceived" in lost


def test_the_command_prints_a_summary_and_json(measured, monkeypatch):
    monkeypatch.setattr(coverage, "measure", lambda: replace(measured, missing=[]))
    ended = invoked("coverage")
    assert (ended.code, ended.err) == (0, "")
    said = " ".join(ended.out.split())
    assert f"{len(measured.annotated)} have notes, {len(measured.rows.functions)} a reason why not." in said
    assert "Lost: 0. Missing: 0. Stale: 0. Changed: 0." in said
    without_notes, why_not = next(iter(measured.rows.functions.items()))
    assert without_notes not in ended.out
    every = invoked("coverage", "--all").out
    assert without_notes in every
    assert why_not[:30] in every
    data = json.loads(invoked("coverage", "--json").out)
    assert data["twisted"] == twisted.__version__
    assert data["annotated"] == len(measured.annotated) > 0
    assert data["on_path"] == len(data["functions"]) > data["annotated"]
    assert 0 < data["lit"] < data["lines"]
    assert data["unlit"] == data["unlit_with_reason"]
    assert data["missing"] == data["stale"] == data["changed"] == []


def test_each_kind_of_complaint_fails_the_command(measured, monkeypatch):
    clean = replace(measured, missing=[])
    for kind in ("lost", "missing", "stale", "changed"):
        monkeypatch.setattr(coverage, "measure", lambda kind=kind: replace(clean, **{kind: ["what to do"]}))
        ended = invoked("coverage", "--json")
        assert (ended.code, ended.err) == (1, f"{kind}: what to do\n")
        assert json.loads(ended.out)[kind] == ["what to do"]


class TestReckoning:
    """What is missing, and what is stale, of two functions that ran."""

    NOTED = "twisted.web.http:toy"
    RAN = "twisted.web.http:other"

    def reckoned(self, monkeypatch, tmp_path, rows, unlit=None, named=False):
        """The complaints about a function with a note, `NOTED`, and one without, `RAN`."""
        monkeypatch.setattr(coverage, "store", lambda: {self.NOTED: notes.Annotation(self.NOTED, "x.md:1")})
        monkeypatch.setattr(coverage, "find", lambda name: find("twisted.web._abnf:_hexint"))
        (tmp_path / "unread.toml").write_text(rows, "utf-8")
        ran = [coverage.Covered(self.NOTED, 1, 3, 3, unlit or {}), coverage.Covered(self.RAN, 0, 1, 1, {})]
        return coverage.reckoned(ran, unread.read(tmp_path / "unread.toml"))

    def rows(self, names=("other",), lines=()):
        text = f'[[functions]]\nmodule = "twisted.web.http"\nreason = "a getter"\nnames = {json.dumps(names)}\n'
        for line in lines:
            text += f'[[lines]]\nfunction = "{self.NOTED}"\nreason = "never"\nlines = [{json.dumps(line)}]\n'
        return text

    @property
    def raising(self):
        return next(
            number
            for number, line in find("twisted.web._abnf:_hexint").lines.items()
            if line.endswith("raise ValueError(b)")
        )

    def test_with_a_reason_for_all_there_is_nothing_to_say(self, monkeypatch, tmp_path):
        rows = self.rows(lines=["`raise ValueError(b)`"])
        assert self.reckoned(monkeypatch, tmp_path, rows, {self.raising: "raise ValueError(b)"}) == ([], [])

    def test_a_function_with_neither_notes_nor_a_reason_is_missing(self, monkeypatch, tmp_path):
        (missing,), stale = self.reckoned(monkeypatch, tmp_path, "")
        assert missing == (
            f"{self.RAN} ran and has no notes: annotate it in chapters/annotations, or say in unread.toml why not"
        )
        assert stale == []

    def test_a_line_with_neither_light_nor_a_reason_is_missing(self, monkeypatch, tmp_path):
        (missing,), _ = self.reckoned(monkeypatch, tmp_path, self.rows(), {self.raising: "        raise ValueError(b)"})
        assert f"{self.NOTED}: no scenario lights line {self.raising}, `raise ValueError(b)`: add one to" in missing

    @pytest.mark.parametrize(
        ("names", "lines", "said"),
        [
            (["other", "toy"], [], "twisted.web.http:toy has notes now: take it out"),
            (["other", "gone"], [], "twisted.web.http:gone did not run: take it out"),
            (["other"], ["`raise ValueError(b)`"], "`raise ValueError(b)`: it is lit now: take it out"),
            (["other"], ["`raise TypeError(b)`"], "no line reads `raise TypeError(b)`; the nearest: "),
        ],
    )
    def test_a_row_that_holds_no_longer_is_stale(self, monkeypatch, tmp_path, names, lines, said):
        missing, (stale,) = self.reckoned(monkeypatch, tmp_path, self.rows(names, lines))
        assert missing == []
        assert said in stale
        assert "unread.toml" in stale
        assert "take it out" in stale

    def test_of_twisted_internet_only_what_a_chapter_names_is_asked_for(self):
        named = coverage._named_in_chapters()
        assert named("twisted.internet.abstract:FileDescriptor.pauseProducing")
        assert not named("twisted.internet.abstract:FileDescriptor.pause")
        assert not named("twisted.internet.tcp:makeBinding")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[functions]", "is no TOML"),
        ('[[functions]]\nmodule = "m"\nnames = ["f"]\n', "[[functions]] is not understood"),
        ('[[functions]]\nmodule = "m"\nnames = ["f"]\nreason = " "\n', "[[functions]] is not understood"),
        ('[[getters]]\nmodule = "m"\n', "[[getters]] is not understood"),
        ('title = "unread"\n', "[[title]] is not understood"),
        ('[[functions]]\nmodule = "m"\nnames = ["f", "f"]\nreason = "r"\n', "m:f stands there twice"),
        ('[[lines]]\nfunction = "m:f"\nlines = ["return"]\nreason = "r"\n', "not 'return'"),
        ('[[lines]]\nfunction = "m:f"\nlines = [3]\nreason = "r"\n', "not 3"),
    ],
)
def test_a_file_out_of_form_is_one_clear_line(monkeypatch, tmp_path, text, said):
    file = tmp_path / "unread.toml"
    file.write_text(text, "utf-8")
    monkeypatch.setattr(unread.read, "__defaults__", (file,))
    refused(invoked("coverage"), "unread.toml", said)


def test_without_the_file_there_is_a_reason_for_nothing(tmp_path):
    assert unread.read(tmp_path / "unread.toml").rows == 0


def test_without_the_annotations_nothing_is_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path)
    refused(invoked("coverage"), f"there is no {tmp_path}", "run this in a checkout of the book", "pip install -e .")
    (tmp_path / "01_small.md").write_text("# Small", "utf-8")
    refused(invoked("coverage", "--json"), f"there is no {tmp_path / 'annotations'}")


def run(*args, **environment):
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, *args], capture_output=True, text=True, env=env, timeout=300, check=False)


@pytest.fixture
def changed_twisted(tmp_path):
    """A copy of Twisted in which a line that has a note reads otherwise."""
    home = Path(twisted.__file__).parent
    shutil.copytree(home, tmp_path / "twisted", ignore=shutil.ignore_patterns("test", "__pycache__", "*.pyc"))
    http = tmp_path / "twisted" / "web" / "http.py"
    text = http.read_text("utf-8")
    line = "        if self._receivedHeaderSize > self.totalHeadersSize:\n"
    assert text.count(line) == 1
    http.write_text(text.replace(line, "        if self._receivedHeaderSize > self.totalHeadersSize + 2:\n"), "utf-8")
    return {"PYTHONPATH": str(tmp_path)}


@pytest.mark.once
def test_a_lost_line_fails_the_command_with_the_nearest_lines(changed_twisted):
    result = run("-m", "snippets", "coverage", **changed_twisted)
    assert result.returncode == 1
    (lost,) = [line for line in result.stderr.splitlines() if line.startswith("lost: ")]
    assert f"HTTPChannel.lineReceived in Twisted {twisted.__version__}" in lost
    assert "no line reads `if self._receivedHeaderSize > self.totalHeadersSize:`" in lost
    assert ": if self._receivedHeaderSize > self.totalHeadersSize + 2:" in lost
    (changed,) = [line for line in result.stderr.splitlines() if line.startswith("changed: ")]
    assert changed.startswith("changed: twisted.web.http:HTTPChannel.lineReceived reads otherwise in Twisted ")


@pytest.mark.once
def test_fingerprints_are_not_taken_of_an_edited_twisted(changed_twisted):
    before = fingerprints.FILE.read_bytes()
    result = run("-m", "snippets", "coverage", "--fingerprint", **changed_twisted)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert "twisted.web.http:HTTPChannel.lineReceived: not the text that was Twisted" in line
    assert fingerprints.FILE.read_bytes() == before


@pytest.mark.once
def test_a_lost_line_fails_the_tests_with_the_nearest_lines(changed_twisted):
    target = (
        f"{Path(__file__).with_name('test_notes.py')}::test_every_annotation_of_the_book_fits_the_installed_twisted"
    )
    result = run("-m", "pytest", "-p", "no:cacheprovider", "-vv", target, **changed_twisted)
    assert result.returncode == 1
    assert "1 failed" in result.stdout
    assert "no line reads `if self._receivedHeaderSize > self.totalHeadersSize:`; the nearest: " in result.stdout
