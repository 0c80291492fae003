"""The shell's way in, used as a reader uses it: as a process."""

import json
import os
import subprocess
import sys

import pytest


def snippets(*args, cwd=None, **environment):
    """Run `python -m snippets` in a folder that is not the project's."""
    env = {**os.environ, "COLUMNS": "200", "PYTHONWARNINGS": "", **environment}
    command = [sys.executable, "-m", "snippets", *args]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, timeout=120, check=False)


def refused(result):
    """The one line that a refused command printed."""
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    return lines[-1]


def test_without_a_command_the_snippets_are_listed_with_a_line_each(tmp_path):
    result = snippets(cwd=tmp_path)
    assert result.returncode == 0
    assert "http_channel:" in result.stdout
    for name in ("callbacks", "hello_site", "split_client"):
        assert any(line.split()[:1] == [name] and len(line.split()) > 5 for line in result.stdout.splitlines())
    assert snippets("list", cwd=tmp_path).stdout == result.stdout


def test_help_names_every_command():
    result = snippets("--help")
    for command in ("list", "run", "trace", "show", "book", "coverage", "drift", "bench"):
        assert f"\n  {command} " in result.stdout


def test_run_passes_the_arguments_on(tmp_path):
    request = tmp_path / "get.http"
    request.write_bytes(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
    result = snippets("run", "callbacks", str(request), "--size", "7")
    assert result.returncode == 0, result.stderr
    assert "lineReceived" in result.stdout
    assert "--port" in snippets("run", "hello_site", "--help").stdout
    assert snippets("run", "http_channel/hello_site", "--nonsense").returncode == 2


def test_trace_shows_the_tree_and_the_response():
    result = snippets("trace", "hello_site", "GET /hello")
    assert result.returncode == 0, result.stderr
    assert "\n  Server#1.doRead()" in result.stdout
    assert "HTTPChannel#1.lineReceived(b'GET /hello HTTP/1.1')  http.py:" in result.stdout
    assert "line_mode: 0 -> 1" in result.stdout
    assert result.stdout.rstrip().endswith("Hello from Twisted.web")


def test_trace_as_json_has_a_row_for_each_call_and_the_pieces_have_the_size_asked_for():
    result = snippets("trace", "hello_site", "GET /hello", "--json", "--size", "10")
    loaded = json.loads(result.stdout)
    assert loaded["format"] == 1
    rows = [(loaded["points"][row[0]][0], row[3]) for row in loaded["events"]]
    assert len([name for name, _ in rows if name.endswith("HTTPChannel.lineReceived")]) == 3
    pieces = [args[1]["bytes"] for name, args in rows if name.endswith("HTTPChannel.dataReceived")]
    assert [len(piece) for piece in pieces[:-1]] == [10] * (len(pieces) - 1)
    assert 0 < len(pieces[-1]) <= 10


def test_show_lights_the_lines_of_a_request(tmp_path):
    plain = snippets("show", "HTTPChannel.lineReceived").stdout
    assert "def lineReceived(self, line):" in plain
    assert "x >" not in plain
    assert "The request line counts as well." in plain
    lit = snippets("show", "HTTPChannel.lineReceived", "--request", "GET /hello").stdout
    assert "3x >     self._receivedHeaderSize += len(line)" in lit
    bad = tmp_path / "bad.http"
    bad.write_bytes(b"nonsense\r\n\r\n")
    lit = snippets("show", "HTTPChannel._respondToBadRequestAndDisconnect", "--request", str(bad)).stdout
    assert "1x >     self.loseConnection()" in lit


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
    assert said in refused(snippets(*args))


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
