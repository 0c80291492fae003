"""The reading measured both ways, and what happens when a note loses its line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import twisted

from snippets import catalogue
from snippets.lens import notes
from snippets.lens.lines import statement_lines
from snippets.lens.source import find
from snippets.workshop import book, coverage
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
        assert covered.name.startswith(("twisted.web.", "twisted.protocols.", "twisted.internet."))
        assert ".test" not in covered.name.partition(":")[0]
    names = [covered.name for covered in measured.functions]
    assert names == sorted(set(names))
    assert "twisted.web.server:Request.process" in names
    assert "twisted.internet.tcp:Port.doRead" in names
    assert "twisted.web.static:File.render_GET" not in names


def test_lines_that_can_run_are_counted_once_each(measured):
    name = "twisted.web.http:HTTPChannel._respondToBadRequestAndDisconnect"
    covered = next(covered for covered in measured.functions if covered.name == name)
    function = find(name)
    assert covered.lines == 2
    assert covered.lit == 2
    assert len(statement_lines(function.code)) > covered.lines


def test_no_note_of_the_book_is_lost(measured):
    assert measured.lost == []


def test_a_function_that_is_gone_is_a_lost_annotation(monkeypatch):
    gone = notes.Annotation("twisted.web.http:HTTPChannel.lineRecieved", "x.md:7")
    monkeypatch.setattr(coverage, "store", lambda: {gone.name: gone})
    (lost,) = coverage.lost_annotations()
    assert lost.startswith("x.md:7: ")
    assert "did you mean HTTPChannel.lineReceived" in lost


def test_the_command_prints_a_summary_and_json(measured, monkeypatch):
    monkeypatch.setattr(coverage, "measure", lambda: measured)
    ended = invoked("coverage")
    assert (ended.code, ended.err) == (0, "")
    assert "Notes whose line is gone: 0." in ended.out
    without_notes = next(covered.name for covered in measured.functions if not covered.notes)
    assert without_notes not in ended.out
    assert without_notes in invoked("coverage", "--all").out
    data = json.loads(invoked("coverage", "--json").out)
    assert data["twisted"] == twisted.__version__
    assert data["annotated"] == len(measured.annotated) > 0
    assert data["on_path"] == len(data["functions"]) > data["annotated"]
    assert 0 < data["lit"] < data["lines"]


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
    line = "        self._receivedHeaderSize += len(line)\n"
    assert text.count(line) == 1
    http.write_text(text.replace(line, "        self._receivedHeaderSize += len(line) + 2\n"), "utf-8")
    return {"PYTHONPATH": str(tmp_path)}


def test_a_lost_line_fails_the_command_with_the_nearest_lines(changed_twisted):
    result = run("-m", "snippets", "coverage", **changed_twisted)
    assert result.returncode == 1
    (lost,) = [line for line in result.stderr.splitlines() if line.startswith("lost: ")]
    assert f"HTTPChannel.lineReceived in Twisted {twisted.__version__}" in lost
    assert "no line reads `self._receivedHeaderSize += len(line)`" in lost
    assert ": self._receivedHeaderSize += len(line) + 2" in lost


def test_a_lost_line_fails_the_tests_with_the_nearest_lines(changed_twisted):
    target = (
        f"{Path(__file__).with_name('test_notes.py')}::test_every_annotation_of_the_book_fits_the_installed_twisted"
    )
    result = run("-m", "pytest", "-p", "no:cacheprovider", "-q", target, **changed_twisted)
    assert result.returncode == 1
    assert "1 failed" in result.stdout
    assert "no line reads `self._receivedHeaderSize += len(line)`; the nearest: " in result.stdout
