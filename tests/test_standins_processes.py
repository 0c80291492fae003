"""A program in Python, run inside this process, is one that is run beside it: what it says, how it ends, what stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from snippets.browser.standins import processes
from tests.programs import environment

SAYS = "import sys; print('out', *sys.argv[1:], flush=True); print('err', file=sys.stderr); sys.exit(int(sys.argv[1]))"


@pytest.mark.parametrize("options", [{}, {"text": True}, {"encoding": "utf-8"}, {"stderr": subprocess.STDOUT}])
@pytest.mark.parametrize("code", ["0", "3"])
def test_it_ends_as_a_process_does(code: str, options: dict) -> None:
    command = [sys.executable, "-c", SAYS, code, "é"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment()} | options
    own, real = processes.run(command, **options), subprocess.run(command, **options)
    assert (own.args, own.returncode, own.stdout) == (real.args, real.returncode, real.stdout)
    assert own.stderr == real.stderr


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        ("raise SystemExit('no')", 1, "no\n"),
        ("raise SystemExit", 0, ""),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("raise KeyboardInterrupt", 1, "KeyboardInterrupt\n"),
    ],
)
def test_whatever_it_raises_is_its_own_affair(program: str, code: int, said: str) -> None:
    ended = processes.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.endswith(said)


def test_a_module_and_a_file_are_run_as_the_main_one(tmp_path: Path) -> None:
    file = tmp_path / "shown.py"
    file.write_text("import sys\nprint(__name__, sys.argv[0], len(sys.argv), sys.stdin.read())")
    ended = processes.run([sys.executable, "-u", str(file), "one"], input="typed", capture_output=True, text=True)
    assert ended.stdout == f"__main__ {file} 2 typed\n"
    helped = processes.run([sys.executable, "-m", "snippets", "run", "first_request", "--help"], capture_output=True)
    assert helped.stdout.startswith(b"usage: first_request [-h]")
    assert (helped.returncode, helped.stderr) == (0, b"")


def test_where_its_output_goes_is_said(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SAYS, "0"]
    ended = processes.run(command)
    assert (ended.stdout, ended.stderr) == (None, None)
    assert capsys.readouterr() == ("out 0\n", "err\n")
    with open(tmp_path / "kept", "wb") as kept:
        processes.run(command, stdout=kept, stderr=subprocess.DEVNULL)
    assert (tmp_path / "kept").read_bytes() == b"out 0\n"
    assert capsys.readouterr() == ("", "")


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    before = state()
    program = "import os, sys, signal; os.environ['LEFT'] = '1'; sys.path.append('left'); sys.argv.append('left');"
    program += f"os.chdir({str(tmp_path)!r}); signal.signal(signal.SIGINT, signal.SIG_IGN); sys.displayhook = print;"
    program += "from twisted.internet import reactor; print(os.environ.get('GIVEN'), os.environ.get('HOME'))"
    ended = processes.run(
        [sys.executable, "-c", program], env={"GIVEN": "2"}, cwd=tmp_path, capture_output=True, text=True
    )
    assert (ended.stdout, ended.stderr) == ("2 None\n", "")
    assert state() == before
    assert "LEFT" not in os.environ


def state() -> tuple:
    names = ("argv", "path", "stdin", "stdout", "stderr", "displayhook")
    import twisted.internet

    reactors = sys.modules.get("twisted.internet.reactor"), vars(twisted.internet).get("reactor")
    kept = [list(each) if isinstance(each := getattr(sys, name), list) else each for name in names]
    return kept, dict(os.environ), os.getcwd(), signal.getsignal(signal.SIGINT), sys.modules["__main__"], reactors


def test_each_program_has_a_reactor_of_its_own() -> None:
    ask = [sys.executable, "-m", "snippets", "run", "first_request"]
    for _ in range(2):  # a reactor runs only once
        ended = processes.run(ask, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout == "HTTP/1.1 200 OK\n\nHello from /hello\n\n"


def test_what_is_no_python_is_refused_in_a_line() -> None:
    for start in (processes.run, processes.Popen):
        with pytest.raises(OSError, match=r"^curl: a browser starts no processes"):
            start(["curl", "http://127.0.0.1/"])
    with pytest.raises(OSError, match=r"^ls -l: a browser starts no processes"):
        processes.run("ls -l", shell=True)


def test_a_code_that_is_not_0_can_be_asked_for_as_an_exception() -> None:
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        processes.run([sys.executable, "-c", SAYS, "3"], capture_output=True, check=True)
