"""Runs a notebook where there is no TLS and no thread can be started, as in a browser; says which cells that stops."""

import re
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from snippets.cells import NEEDS_THREADS, NEEDS_TLS
from snippets.workshop import notebook as saved
from snippets.workshop.book import VOLATILE, difference
from snippets.workshop.kernels import normalise

# Run in the kernel, and at the start of each process of Python that it starts. What asks for a module that is None in
# sys.modules gets an ImportError. pyzmq, which the kernel talks through, starts its thread when it sends much; a Timer
# watches the process that checks an exercise, and in a browser there is no such process.
BARS = """
import sys
import threading

sys.modules.update(dict.fromkeys(["ssl", "_ssl", "OpenSSL", "cryptography"]))


def _barred(thread, _start=threading.Thread.start):
    if not type(thread).__module__.startswith("zmq") and type(thread) is not threading.Timer:
        raise RuntimeError("can't start new thread")
    _start(thread)


threading.Thread.start = _barred
"""
# What a tagged cell has defined is forgotten: in a browser it isn't run.
REMEMBER = "__names = {name: value for name, value in globals().items() if not name.startswith('_')}"
FORGET = """
for __name in [name for name in globals() if not name.startswith("_") and name not in __names]:
    del globals()[__name]
globals().update(__names)
"""


def is_tagged(cell: NotebookNode) -> bool:
    """Is a cell one that can't run in a browser?"""
    return bool({NEEDS_TLS, NEEDS_THREADS} & set(cell.metadata.get("tags", [])))


def stopped(built: NotebookNode, folder: Path) -> list[str]:
    """The first lines of the cells that show something else than is saved when TLS and threads are barred.

    Args:
        built: a saved notebook.
        folder: where a file for the processes that it starts can be put.
    """
    (folder / "sitecustomize.py").write_text(BARS, encoding="utf-8")
    path = f"import os; os.environ['PYTHONPATH'] = os.pathsep.join([{str(folder)!r}, os.environ.get('PYTHONPATH', '')])"
    fresh = deepcopy(built)
    client = NotebookClient(
        fresh,
        timeout=300,
        kernel_name="python3",
        coalesce_streams=True,
        shutdown_kernel="immediate",
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(saved.NOTEBOOKS)}},
    )
    with client.setup_kernel():
        _aside(client, BARS + path)
        for number, cell in enumerate(fresh.cells):
            if cell.cell_type != "code":
                continue
            if is_tagged(cell):
                _aside(client, REMEMBER)
            client.execute_cell(cell, number)
            if is_tagged(cell):
                _aside(client, FORGET)
    pairs = zip(built.cells, normalise(fresh).cells, strict=True)
    return [old.source for old, new in pairs if old.cell_type == "code" and _differ(old, new)]


def _aside(client: NotebookClient, source: str) -> None:
    """Run what is no cell of the notebook."""
    cell = nbformat.v4.new_code_cell(source)
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
    client.nb.cells.pop()
    assert not cell.outputs, cell.outputs


def _differ(old: NotebookNode, new: NotebookNode) -> bool:
    if VOLATILE in old.metadata.get("tags", []):
        return _words(old) != _words(new)
    return bool(difference(old, new))


def _words(cell: NotebookNode) -> list[tuple[str, str]]:
    """What a cell that measures prints, but its numbers; of what it shows besides, only that it does."""
    return [(each.output_type, re.sub(r"[\d.,]+ *", "0 ", each.get("text", ""))) for each in cell.outputs]
