"""Executes notebooks in kernels: every cell in its order, and the values that the sentences ask for."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from subprocess import Popen
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from snippets.cells import METADATA
from snippets.lens.errors import LensError
from snippets.lens.listing import STORED
from snippets.lens.roles import contents, with_values
from snippets.workshop import notebook as saved
from snippets.workshop.assembly import first_line, in_a_line

Shown = Callable[[int, int], None]  # is told how many cells are done, of how many

_RUNNING: set[Popen[bytes]] = set()


def execute(notebook: NotebookNode, name: str, progress: Shown | None = None) -> NotebookNode:
    """Run all cells of a notebook in a fresh kernel, in place, and normalise the outputs.

    Raises:
        LensError: a cell raised, or the kernel can't go on; the message names the cell.
    """
    return normalise(run(notebook, name, progress))


def run(notebook: NotebookNode, name: str, progress: Shown | None = None) -> NotebookNode:
    """Run all cells of a notebook in a fresh kernel, in place; the outputs are those that a reader sees.

    Raises:
        LensError: a cell raised, or the kernel can't go on; the message names the cell.
    """
    if not any(cell.cell_type == "code" or contents(cell.source, "eval") for cell in notebook.cells):
        return notebook  # a kernel would have nothing to do
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",  # nothing of it is to be kept, and it is to say nothing more
        extra_arguments=["--log-level=ERROR"],  # of the kernel, which else warns of the loopback connection it is on
        resources={"metadata": {"path": str(saved.NOTEBOOKS)}},
    )
    at = notebook.cells[0]
    try:
        saved.NOTEBOOKS.mkdir(exist_ok=True)
        client.reset_execution_trackers()
        with client.setup_kernel(), _known(client):
            for number, at in enumerate(notebook.cells):
                _execute_cell(client, at, number)
                if progress:
                    progress(number + 1, len(notebook.cells))
    except CellExecutionError as error:
        raise LensError(f"{name}: the cell {first_line(at)!r} raised {error.ename}: {error.evalue}") from error
    except (DeadKernelError, CellTimeoutError) as error:
        raise LensError(f"{name}: the kernel stopped at the cell {first_line(at)!r}: {in_a_line(error)}") from error
    except AssertionError as error:
        # After Ctrl-C the client stops the kernel, and trips over its being gone.
        raise KeyboardInterrupt from error
    except (NoSuchKernel, OSError) as error:
        raise LensError(f"{name}: no notebook can be executed here: {in_a_line(error)}") from error
    return notebook


@contextmanager
def _known(client: NotebookClient) -> Iterator[None]:
    """While it runs, a kernel is one of those that `stop_all` stops."""
    manager: Any = client.km
    process = manager.provisioner.process
    _RUNNING.add(process)
    try:
        yield
    finally:
        _RUNNING.discard(process)


def stop_all() -> None:
    """Stop the kernels that run; whoever waits for one gets a `LensError`."""
    for process in list(_RUNNING):
        process.kill()


def _execute_cell(client: NotebookClient, cell: NotebookNode, number: int) -> None:
    """Run a cell; of a text, compute what its `eval` roles ask for, in the namespace as the cells above it leave it."""
    if cell.cell_type == "code":
        code = [each for each in client.nb.cells[: number + 1] if each.cell_type == "code"]
        client.execute_cell(cell, number, execution_count=len(code))
    elif wanted := contents(cell.source, "eval"):
        shown = "__import__('snippets.lens.roles', fromlist=['shown']).shown"
        each = ", ".join(f"{shown}({expression})" for expression in wanted)
        asked = nbformat.v4.new_code_cell(f"print(__import__('json').dumps([{each}]))")
        client.execute_cell(asked, number, store_history=False)
        client.nb.cells[number] = cell  # where the client has put what it executed
        cell.source = with_values(cell.source, json.loads(asked.outputs[0].text))


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Leave in the outputs only what is the same on every run, and nothing of Twisted's source."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if STORED in data:
                output.data = NotebookNode(data[STORED])
    notebook.metadata = nbformat.from_dict(METADATA | {saved.NOTES: saved.digests(notebook)})
    return notebook
