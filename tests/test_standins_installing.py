"""The stand-ins are put in their places and taken away again, and Twisted's reactors are made on them."""

import fcntl
import os
import select
import socket
import subprocess
import sys

import pytest

from snippets.browser import standins
from snippets.lens import claims
from snippets.lens.errors import LensError
from tests.programs import run

PLACES = [(socket, "socket"), (socket, "getaddrinfo"), (select, "poll"), (select, "select"), (os, "pipe")]
PLACES += [(os, "close"), (fcntl, "fcntl"), (subprocess, "run"), (subprocess, "Popen")]


def test_they_are_there_while_a_block_runs_and_not_after_it() -> None:
    before = [getattr(*place) for place in PLACES]
    with standins.installed():
        within = [getattr(*place) for place in PLACES]
        standins.install()
        assert [getattr(*place) for place in PLACES] == within
        reader, writer = os.pipe()
        os.write(writer, b"x")
        assert os.read(reader, 9) == b"x"
        for number in (reader, writer):
            os.close(number)
        with open(os.devnull) as real:
            assert fcntl.fcntl(real, fcntl.F_GETFD) == fcntl.FD_CLOEXEC
    assert [getattr(*place) for place in PLACES] == before
    assert not set(map(id, before)) & set(map(id, within))


def test_a_module_that_a_kernel_planted_empty_is_whole_for_who_has_it() -> None:
    """JupyterLite's kernel puts an empty fcntl into sys.modules, and Twisted may be imported before the snippets."""
    planted = "import sys, types; sys.modules['fcntl'] = types.ModuleType('fcntl'); from twisted.internet import fdesc;"
    planted += "from snippets.browser import standins; standins.install();"
    planted += "from twisted.internet.selectreactor import SelectReactor; reactor = SelectReactor();"
    planted += "reactor.callWhenRunning(reactor.stop); reactor.run(); print('ran')"
    ended = run("-c", planted)
    assert (ended.code, ended.out, ended.err) == (0, "ran\n", "")


def test_each_is_told_to_readers_in_a_sentence() -> None:
    assert all(says.endswith(".") and what for what, says in standins.WHAT)


def test_a_claim_is_told_and_not_proven_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    name = "test_every_scenario_makes_the_same_calls_in_memory_as_over_loopback"
    with pytest.raises(LensError) as error:
        claims.prove(name)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(
        f"no test can be run in a browser; tests/test_standins_turns.py::{name} states: "
    )
    assert str(error.value).endswith("make the same calls on the stand-ins as on real sockets.")
