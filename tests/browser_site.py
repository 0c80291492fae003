"""The book's site for a browser, made once for the tests, and its notebooks run in node by the kernel that it has."""

import fcntl
import json
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from snippets.browser.build import build
from snippets.lens.errors import LensError
from snippets.workshop.book import difference
from snippets.workshop.kernels import normalise

RUNNER = Path(__file__).with_name("kernel_in_node.mjs")
_SVG = 'src="data:image/svg+xml'
LONG = 600  # seconds, after which a notebook in node is taken to hang


def once(base: Path) -> Path:
    """The folder of the site under `base`, made by whoever of several processes comes first.

    The test is skipped, with the reason, where what the site is made of can't be had.
    """
    site = base / "site"
    with open(base / "site.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # held as long as the file is open, so a process that dies leaves none
        if not site.exists():
            try:
                build(site, lambda what: None)
            except LensError as error:
                if shutil.which("npm"):
                    raise
                pytest.skip(str(error))
    return site


def notebook(site: Path, slug: str) -> NotebookNode:
    """A notebook of the site, with the outputs that it is delivered with."""
    return nbformat.read(site / "files" / "notebooks" / f"{slug}.ipynb", as_version=4)


def in_node(site: Path, delivered: NotebookNode) -> NotebookNode:
    """A notebook after all its cells have run in node, in a fresh kernel of the site; its outputs as they are saved."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("no node here: apt-get install nodejs")
    ran = deepcopy(delivered)
    cells = [cell for cell in ran.cells if cell.cell_type == "code"]
    ended = subprocess.run(
        [program, str(RUNNER), str(site)],
        input=json.dumps([cell.source for cell in cells]),
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    for cell, result in zip(cells, json.loads(ended.stdout), strict=True):
        cell.outputs = [nbformat.from_dict(output) for output in result["outputs"]]
    return normalise(ran)


def differences(delivered: NotebookNode, ran: NotebookNode) -> list[str]:
    """What differs between a notebook's outputs as delivered and as run, but for kinds of pictures and line ends."""
    cells = zip(_comparable(delivered), _comparable(ran), strict=True)
    found = ((at, then.source.partition("\n")[0], difference(then, now)) for at, (then, now) in enumerate(cells))
    return [f"cell {at}, {line!r}: {said}" for at, line, said in found if said]


def _comparable(notebook: NotebookNode) -> list[NotebookNode]:
    cells = [deepcopy(cell) for cell in notebook.cells if cell.cell_type == "code"]
    for output in (output for cell in cells for output in cell.outputs):
        if output.output_type == "stream":
            output.text = output.text.replace("\r\n", "\n")
        elif "data" in output and (output.data.pop("image/png", "") or _SVG in output.data.get("text/html", "")):
            output.data["text/html"] = "a picture"  # what is on it is said in plain text
    return cells
