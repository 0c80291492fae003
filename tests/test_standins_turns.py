"""Twisted on the stand-ins does what it does on real sockets: scenarios, tests, chapters."""

import json
import subprocess
import sys

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from snippets.workshop.assembly import assemble, load
from snippets.workshop.book import difference
from snippets.workshop.kernels import normalise
from snippets.workshop.kernels import run as run_cells
from tests.programs import ROOT, environment, run

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are Linux's loopback interface"),
]


def scenarios(where: str) -> dict[str, list[str]]:
    ended = run("-m", "tests.standing", where)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_every_scenario_makes_the_same_calls_in_memory_as_over_loopback() -> None:
    """Twisted's EPollReactor, Port, Server and Client make the same calls on the stand-ins as on real sockets."""
    memory, loopback = scenarios("memory"), scenarios("loopback")
    assert memory.keys() == loopback.keys()
    for name, lines in loopback.items():
        assert memory[name] == lines, name
        assert len(lines) > 1


# These ask for what only the operating system has: numbers of other files.
REAL = ["test_labels_go_by_the_order_of_acceptance_not_by_descriptor", "test_nothing_stays_open"]


def test_the_tests_of_turns_hold_on_the_stand_ins() -> None:
    left_out = " and ".join(f"not {name}" for name in REAL)
    tests = ["tests/test_turns.py", "tests/test_turns_refused.py"]
    quietly = ["-q", "-p", "no:cacheprovider", "--noconftest", "-p", "tests.standing_in"]
    command = [sys.executable, "-m", "pytest", *quietly, "-k", left_out, *tests]
    ended = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("slug", ["01_reactor", "02_protocol_transport"])
def test_a_chapter_about_sockets_has_the_same_outputs_on_the_stand_ins(slug: str) -> None:
    """The outputs saved in the notebook come from real sockets."""
    saved, fresh = load(slug), assemble(slug)
    fresh.cells = [cell for cell in fresh.cells if cell.cell_type == "code" and not left_out(cell)]
    first = new_code_cell("from snippets.browser import standins; standins.install()")
    run_cells(NotebookNode(fresh | {"cells": [first, *fresh.cells]}), slug)
    then = {cell.id: cell for cell in saved.cells}
    assert len(fresh.cells) > 35
    for cell in normalise(fresh).cells:
        assert not difference(then[cell.id], cell)


def left_out(cell: NotebookNode) -> bool:
    """It needs a thread or TLS; or asyncio's loop, which the kernel made from real sockets before."""
    tags = cell.metadata.get("tags", [])
    return any(tag.startswith("needs-") for tag in tags) or "asyncio" in cell.source
