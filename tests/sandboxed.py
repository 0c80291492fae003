"""What the tests of a class share: is there a sandbox here, and is everything as it was after a hostile file?"""

import contextlib
import functools
import os
import random
import secrets
import socket
import textwrap
import time
from string import Template

import pytest

from snippets.lens.errors import LensError
from snippets.practice.judge import judge
from snippets.practice.process import ROOT
from snippets.practice.sandbox import Sandbox, try_out
from snippets.practice.shelf import exercise
from tests.bookshelf import RIGHT
from tests.hostile import HELPERS, HOSTILE

# No other process of this machine is called with just this number of seconds: what is left over is found by it.
SECONDS = (1, round(2.5 + random.random() / 10, 9))
TOKEN, NAME = secrets.token_hex(8), secrets.token_hex(8)


@functools.cache
def refused(weaker: bool = False) -> str:
    """Why there is no sandbox here; empty if there is one."""
    try:
        try_out(weaker)
    except LensError as error:
        return str(error).splitlines()[0]
    return ""


def needs_a_sandbox(weaker: bool = False) -> None:
    """Skip, with the reason, where there is no sandbox."""
    if why := refused(weaker):
        pytest.skip(why)


def left_over() -> list[str]:
    """The processes of sandboxes that were started with `SECONDS`, and are still there."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if str(SECONDS[1]).encode() in words:
            found.append(pid)
    return found


@contextlib.contextmanager
def begun(weaker=False):
    """A sandbox of a grader that has a secret in its environment."""
    needs_a_sandbox(weaker)
    os.environ["GRADERS_SECRET"] = TOKEN
    try:
        with Sandbox(SECONDS, weaker) as sandbox:
            yield sandbox
    finally:
        os.environ.pop("GRADERS_SECRET", None)


class World:
    """What must stay as it is: a home with a canary, and sockets that nobody may reach."""

    def __init__(self, home, stack):
        self.home = home
        home.chmod(0o777)
        (home / "canary").write_text(f"secret {TOKEN}")
        (home / "canary").chmod(0o666)
        self._before = self._seen()
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = tcp.getsockname()[1]
        udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", self.port))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(f"\0{NAME}")
        unix.listen()
        self._sockets = (tcp, udp, unix)
        for each in self._sockets:
            each.setblocking(False)

    def _seen(self):
        found = [(self.home / "canary").stat(), self.home.stat()]
        own = (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), os.sched_getscheduler(0))
        return own, [(each.st_mode, each.st_uid, each.st_mtime_ns, each.st_nlink) for each in found]

    def check(self):
        assert (self.home / "canary").read_text() == f"secret {TOKEN}"
        assert os.listdir(self.home) == ["canary"]
        assert self._seen() == self._before
        for each in self._sockets:
            with pytest.raises(BlockingIOError):
                each.recvfrom(1) if each.type == socket.SOCK_DGRAM else each.accept()


def filled(name, world, hostile):
    """A hostile file, with what it reaches for."""
    values = {"home": world.home, "port": world.port, "name": NAME, "grader": os.getpid(), "book": ROOT}
    values |= dict.fromkeys(("other", "grades"), world.home / "canary")
    return Template(textwrap.dedent(hostile[name])).safe_substitute(values)


def contained(name, sandbox, world, hostile=HOSTILE):
    """Play a hostile file: it has a verdict that tells nothing, the world is as it was, and the next one is graded."""
    body = filled(name, world, hostile)
    before = time.monotonic()
    verdict = judge(exercise("a_sum"), HELPERS + body + "\n", sandbox, seed=1)
    assert time.monotonic() - before < 60
    said = str(verdict)
    assert not verdict.passed
    assert len(verdict.lines) >= 3
    assert TOKEN not in said, said
    assert "reached" not in said, said
    assert all(line.isprintable() for line in said.splitlines())
    assert len(said) < 10_000
    assert judge(exercise("a_sum"), RIGHT["a_sum"], sandbox, seed=1).passed, "the next is graded as ever"
    world.check()
    return said
