"""Where a short name is looked for: in the modules that the book reads; and what the shell completes of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from twisted.web import http

from snippets.lens import names
from snippets.lens.errors import LensError
from snippets.lens.names import MODULES, complete, locate
from snippets.lens.notes import store

CAPTURED = {"check": True, "capture_output": True, "text": True, "timeout": 60}


def test_a_module_that_fails_when_imported_says_how(tmp_path, monkeypatch):
    (tmp_path / "broken_page.py").write_text("1 / 0\n")
    (tmp_path / "needy_page.py").write_text("import nowhere_to_be_found\n")
    (tmp_path / "leaving_page.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    for module, said in [("broken", "ZeroDivisionError"), ("needy", "nowhere_to_be_found"), ("leaving", "SystemExit")]:
        with pytest.raises(LensError, match=f"{module}_page can't be imported: .*{said}"):
            locate(f"{module}_page:Page.render")


@pytest.mark.parametrize("needs", ["from select import no_such_poll", "import no_such_h2"])
def test_a_module_of_the_book_that_this_system_can_t_run_is_passed_over(tmp_path, monkeypatch, needs):
    (tmp_path / "not_here.py").write_text(f"{needs}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(names, "MODULES", ("not_here", *MODULES))
    assert locate("HTTPChannel.lineReceived").owner is http.HTTPChannel
    with pytest.raises(LensError, match=r"not_here can't be imported: .*no_such"):
        locate("not_here:Class.method")
    assert "HTTPChannel.lineReceived" in complete("httpc")
    with pytest.raises(LensError, match=r"did you mean HTTPChannel\.lineReceived"):
        locate("HTTPChannel.linReceived")


def test_every_annotated_function_has_a_short_name():
    for full in store():
        short = full.partition(":")[2]
        try:
            assert locate(short).name == full
        except LensError as refusal:
            _, _, choice = str(refusal).partition("stands in more than one module: say ")
            assert full in choice.split(" or ")
            assert {locate(other).name for other in choice.split(" or ")} == set(choice.split(" or "))


@pytest.mark.parametrize("name", ["notFound", "errorPage", "FilePath.child", "TLSMemoryBIOProtocol.dataReceived"])
def test_what_only_a_later_chapter_reads_is_found_and_completed(name):
    assert locate(name).function is not None
    assert name in complete(name[:6])


def test_without_the_book_s_notes_the_path_is_known_and_the_rest_says_what_is_missing(tmp_path):
    """An installed copy has no chapters."""
    shutil.copytree(
        Path(names.__file__).parents[1], tmp_path / "snippets", ignore=shutil.ignore_patterns("__pycache__")
    )
    code = """if True:
        from snippets.lens.errors import LensError
        from snippets.lens.listing import listing
        from snippets.lens.names import locate

        print(locate("HTTPChannel.lineReceived").name)
        print(listing("twisted.web.static:File.getChild", notes=False).reading.function.short)
        for name in ("File.getChild", "HTTPChannel.lineReceived"):
            try:
                listing(name)
            except LensError as error:
                print(error)
    """
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, **CAPTURED)
    known, listed, unknown, without_notes = ran.stdout.splitlines()
    assert known == "twisted.web.http:HTTPChannel.lineReceived"
    assert listed == "File.getChild"
    assert unknown.startswith("there is no function called 'File.getChild'; the book's notes are not in ")
    assert unknown.endswith("or say its module too, as in twisted.web.http:HTTPChannel.lineReceived")
    assert without_notes.startswith("the book's notes are not in ")
    assert without_notes.endswith("with pip install -e .")


def test_completion_begins_with_what_was_typed():
    assert complete("httpchannel.line") == ["HTTPChannel.lineReceived"]
    assert "getChildForRequest" in complete("getChild")
    assert complete("nothing like it") == []
    assert complete() == sorted(set(complete()))


def test_completion_offers_all_kinds_of_functions():
    assert "_GenericHTTPChannelProtocol.factory" in complete("_Gen"), "a property"
    assert "Headers.addRawHeader" in complete("Headers."), "a method"
    assert "getChildForRequest" in complete("getChildF"), "a function"


def test_what_is_completed_is_found_or_stands_twice():
    twice = []
    for name in complete():
        try:
            assert locate(name).function is not None
        except LensError as refusal:
            twice.append(str(refusal))
    assert all("stands in more than one module" in line for line in twice)
    assert any(line.startswith("Request.process ") for line in twice)
