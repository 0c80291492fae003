"""The shell's way in, used as a reader uses it."""

import io
import json
import os
import subprocess
import sys

import pytest

from snippets import catalogue
from snippets.__main__ import main
from snippets.lens import notes
from tests.invoked import invoked, refused
from tests.programs import ROOT, run


def test_without_a_command_the_snippets_are_listed_with_a_line_each():
    ended = run("-m", "snippets")
    assert (ended.code, ended.err) == (0, "")
    assert "http_channel:" in ended.out
    for name in ("callbacks", "hello_site", "split_client"):
        assert any(line.split()[:1] == [name] and len(line.split()) > 5 for line in ended.out.splitlines())
    assert invoked("list").out == ended.out


def test_help_names_every_command():
    for command in ("list", "run", "trace", "show", "book", "coverage", "drift", "bench"):
        assert f"\n  {command} " in invoked("--help").out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nothing"], "error: No such command 'nothing'; `python -m snippets --help` says what can be typed"),
        (["--nothing"], "error: No such option '--nothing'; `python -m snippets --help` says what can be typed"),
        (["show"], "error: Missing argument 'FUNCTION'; `python -m snippets show --help` says what can be typed"),
        (
            ["book", "nothing"],
            "error: No such command 'nothing'; `python -m snippets book --help` says what can be typed",
        ),
    ],
)
def test_what_is_mistyped_is_said_in_a_line(args, said):
    ended = invoked(*args)
    refused(ended)
    assert ended.err == f"{said}\n"


def test_a_group_without_a_command_shows_its_help():
    ended = invoked("book")
    assert ended.code == 2
    assert "Commands:\n  build " in ended.err


def test_run_passes_the_arguments_on():
    ended = run("-m", "snippets", "run", "callbacks", "--size", "7", stdin=b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
    assert ended.code == 0, ended.err
    assert r"dataReceived b'GET /he'" in ended.out
    assert run("-m", "snippets", "run", "http_channel/hello_site", "--nonsense").code == 2


def test_trace_shows_the_tree_and_the_response():
    ended = run("-m", "snippets", "trace", "hello_site", "GET /hello")
    assert ended.code == 0, ended.err
    assert "\n  Server#1.doRead()" in ended.out
    assert "HTTPChannel#1.lineReceived(b'GET /hello HTTP/1.1')  http.py:" in ended.out
    assert "line_mode: 0 -> 1" in ended.out
    assert ended.out.rstrip().endswith("Hello from Twisted.web")


def test_trace_as_json_has_a_row_for_each_call_and_the_pieces_have_the_size_asked_for():
    loaded = json.loads(invoked("trace", "hello_site", "GET /hello", "--json", "--size", "10").out)
    assert loaded["format"] == 1
    rows = [(loaded["points"][row[0]][0], row[3]) for row in loaded["events"]]
    assert len([name for name, _ in rows if name.endswith("HTTPChannel.lineReceived")]) == 3
    pieces = [args[1]["bytes"] for name, args in rows if name.endswith("HTTPChannel.dataReceived")]
    assert [len(piece) for piece in pieces[:-1]] == [10] * (len(pieces) - 1)
    assert 0 < len(pieces[-1]) <= 10


def test_show_lights_the_lines_of_a_request(tmp_path):
    plain = run("-m", "snippets", "show", "HTTPChannel.lineReceived").out
    assert "def lineReceived(self, line):" in plain
    assert "x >" not in plain
    assert "1: a request line is expected." in plain
    lit = invoked("show", "HTTPChannel.lineReceived", "--request", "GET /hello").out
    assert "3x >     self._receivedHeaderSize += len(line)" in lit
    bad = tmp_path / "bad.http"
    bad.write_bytes(b"nonsense\r\n\r\n")
    lit = invoked("show", "HTTPChannel._respondToBadRequestAndDisconnect", "--request", str(bad)).out
    assert "1x >     self.loseConnection()" in lit


@pytest.mark.parametrize(("size", "calls"), [([], 1), (["--size", "10"], 4), (["--size", "1"], 40)])
def test_show_feeds_the_request_in_pieces_of_the_size_asked_for(size, calls):
    assert len(b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") == 40
    lit = invoked("show", "HTTPChannel.dataReceived", "--request", "GET /hello", *size).out
    assert f" {calls}x > " in lit


def test_show_says_that_there_are_no_notes(monkeypatch):
    monkeypatch.setattr(notes, "store", dict)
    monkeypatch.setattr("snippets.lens.source.store", dict)
    ended = invoked("show", "HTTPChannel.lineReceived")
    assert "def lineReceived(self, line):" in ended.out
    (line,) = ended.err.splitlines()
    assert line.startswith("warning: there are no notes here")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["run", "hello_sites"], "did you mean hello_site"),
        (["run", "xyz"], "lists them all"),
        (["trace", "nothing", "GET /"], "there is no snippet nothing"),
        (["trace", "callbacks", "GET /"], "callbacks has no site to send a request to; these have: "),
        (["trace", "hello_site", "GETT"], "is neither a file nor a request: write METHOD TARGET"),
        (["trace", "hello_site", ""], "is neither a file nor a request"),
        (["trace", "hello_site", "GET /", "--size", "0"], "0 is not in the range"),
        (["show", "HTTPChannel.lineRecieved"], "did you mean HTTPChannel.lineReceived"),
        (["show", "Request.process"], "twisted.web.http:Request.process or twisted.web.server:Request.process"),
        (["show", "HTTPChannel.lineReceived", "--request", "nonsense"], "is neither a file nor a request"),
        (["show", "HTTPChannel.lineReceived", "--request", "GET /", "--site", "nope"], "there is no snippet nope"),
        (["book", "build", "99"], "there is no chapter 99; there are "),
        (["nonsense"], "No such command 'nonsense'"),
        (["run"], "Missing argument 'NAME'"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(args, said):
    refused(invoked(*args), said)


@pytest.mark.parametrize("args", [("run", "xyz"), ("show", "xyz"), ("nonsense",)])
def test_bad_input_is_the_same_to_a_process(args):
    assert refused(run("-m", "snippets", *args)) == refused(invoked(*args))


def test_names_complete_in_the_shell():
    def completed(*words):
        env = {"_SNIPPETS_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
        code = "import sys; sys.argv = ['snippets']; from snippets.__main__ import main; main()"
        env = {**os.environ, **env}
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
        return [line.partition(",")[2] for line in result.stdout.splitlines()]

    assert completed("snippets", "run", "hello_s") == ["hello_site"]
    assert completed("snippets", "show", "httpchannel.line") == ["HTTPChannel.lineReceived"]
    assert "05_http_channel" in completed("snippets", "book", "build", "05")


def test_another_twisted_is_a_warning_and_works():
    code = (
        "import sys, twisted; twisted.__version__ = '99.1'; "
        "sys.argv = ['snippets', 'show', 'HTTPChannel.lineReceived']; "
        "from snippets.__main__ import main; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0
    assert "def lineReceived(self, line):" in result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("warning: the book reads Twisted 26.10.0 and 99.1 is installed")
    assert "pip install" in lines[0]


def test_listing_the_snippets_loads_neither_twisted_nor_the_lens():
    code = (
        "import sys; sys.argv = ['snippets']\n"
        "from snippets.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('twisted', 'rich', 'matplotlib', 'snippets.lens.wire') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout.splitlines()[-1] == "[]"


def test_what_a_terminal_can_not_write_is_replaced(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "cp1252", write_through=True))
    monkeypatch.setattr(sys, "argv", ["snippets", "list"])
    monkeypatch.setattr(catalogue, "chapters", lambda: {"chapter": "\u2195 moved"})
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert written.getvalue().startswith(b"chapter: ? moved\n")


@pytest.mark.parametrize(
    "args", [["list"], ["show", "HTTPChannel.lineReceived"], ["trace", "hello_site", "GET /", "--json"]]
)
def test_a_reader_that_goes_away_is_no_error(args):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "snippets", *args]
    with os.fdopen(writing, "wb") as gone:
        result = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    assert (result.returncode, result.stderr) == (1, b"")
