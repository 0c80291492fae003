"""Runs a program as a reader does: as a process of its own, which never outlives the test."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

ROOT = Path(__file__).parents[1]
TOO_LONG = 60  # seconds, after which a program is taken to hang


class Ended(NamedTuple):
    """How a program ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


class Program:
    """A program that runs; `running` starts one."""

    def __init__(self, process: subprocess.Popen, err: BinaryIO) -> None:
        self.process = process
        self._err = err

    def line(self) -> str:
        """The next line of its standard output, as soon as it is written."""
        line = self.process.stdout.readline().decode()
        assert line.endswith("\n"), self.ended()
        return line.rstrip()

    def write(self, data: bytes) -> None:
        """Write to its standard input; if `data` is more than a pipe holds, it is reading when this returns."""
        self.process.stdin.write(data)

    def unread(self) -> None:
        """Read no more of its standard output, as `head` does, and see that it ends."""
        self.process.stdout.close()
        assert self.process.wait() != -signal.SIGKILL, "it had to be killed"

    def interrupt(self) -> Ended:
        """Press Ctrl-C, and see how it ends."""
        self.process.send_signal(signal.SIGINT)
        # Python acts on a signal that comes just before a read only when that read returns.
        self.process.stdin.close()
        return self.ended()

    def ended(self) -> Ended:
        """Wait for its end; `out` is what no call of `line` has read."""
        out = self.process.stdout.read().decode()
        code = self.process.wait()
        self._err.seek(0)
        return Ended(code, out, self._err.read().decode())


def hear_ctrl_c() -> None:
    """Undo what a shell does to background jobs, and their children inherit: they are deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(*command: str, seconds: float = TOO_LONG) -> Iterator[Program]:
    """Run `python *command` while the block runs, `seconds` at most; what has not ended then is killed.

    The program can import the project, and writes to pipes: what it doesn't flush is not seen.
    """
    with (
        tempfile.TemporaryFile() as err,
        subprocess.Popen(
            [sys.executable, *command],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=err,
            env=environment(),
            preexec_fn=hear_ctrl_c,
        ) as process,
    ):
        watchdog = threading.Timer(seconds, process.kill)
        watchdog.start()
        try:
            yield Program(process, err)
        finally:
            watchdog.cancel()
            process.kill()


@contextmanager
def listening(*command: str) -> Iterator[tuple[Program, int]]:
    """Run a site as `running` does; the program, and the port it says it listens on."""
    with running(*command) as program:
        said = re.fullmatch(r"Listening on http://127\.0\.0\.1:(\d+)/", program.line())
        yield program, int(said[1])


@contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def nobody_there() -> Iterator[int]:
    """A port that nobody else is given and nobody listens on: who connects is refused."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield nobody.getsockname()[1]


def run(*command: str, stdin: bytes = b"") -> Ended:
    """Run `python *command` to its end, with `stdin` as its standard input."""
    result = subprocess.run(
        [sys.executable, *command],
        input=stdin,
        capture_output=True,
        timeout=TOO_LONG,
        env=environment(),
        preexec_fn=hear_ctrl_c,
        check=False,
    )
    return Ended(result.returncode, result.stdout.decode(), result.stderr.decode())


def refused(ended: Ended, *said: str) -> None:
    """The program would not run: exit code 2, nothing on standard output, and one line that says why."""
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    *usage, line = ended.err.splitlines()
    assert not usage or usage[0].startswith("usage: ")
    for part in said:
        assert part in line


def environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**ours, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
