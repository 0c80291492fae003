"""An exercise as a notebook for whoever teaches, from which nbgrader or otter makes the one for the students."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from snippets.cells import settle, written
from snippets.lens.errors import LensError
from snippets.practice.message import where
from snippets.practice.progress import write_whole
from snippets.practice.shelf import Folder

POINTS = 1

# Behind the import no cell of a student's can have put a `check` of its own into the cell that is graded.
_IMPORT = "from snippets.practice.notebook import check"


def exported(folder: Folder, tool: str) -> NotebookNode:
    """The notebook of an exercise: its task, a cell with the starter and the book's solution, and a graded cell.

    What is to be solved is between marks by which the tool takes the solution out. A prediction has no solution: its
    cell is the starter.

    Args:
        folder: the exercise.
        tool: for which it is made, one of `TOOLS`.
    """
    return settle(new_notebook(cells=list(TOOLS[tool](_Parts.of(folder)))))


def save(folder: Folder, tool: str, path: Path) -> None:
    """Write the notebook of an exercise, whole or not at all, where nothing is yet.

    Raises:
        LensError: something is there, or it is no place for a notebook.
        OSError: it can't be written.
    """
    if path.suffix != ".ipynb":
        raise LensError(f"{path} is no name of a notebook: it ends with .ipynb")
    data = written(exported(folder, tool)).encode()
    try:
        path.open("x").close()
    except FileExistsError:
        raise LensError(f"{path} is there already: nothing is written over; name another file with --out") from None
    try:
        write_whole(path, data)
    except BaseException:
        path.unlink()
        raise


class _Parts(NamedTuple):
    """What every tool's notebook is made of."""

    slug: str
    head: str
    starter: str
    solution: str  # empty for a prediction
    check: str

    @classmethod
    def of(cls, folder: Folder) -> "_Parts":
        solution = "" if folder.predicts else folder.solution.strip()
        return cls(folder.slug, _head(folder), _without_task(folder.starter), solution, _check(folder))

    def answer(self, begin: str, end: str) -> str:
        """The starter, and behind it, between marks, the solution, which defines the same names anew."""
        if not self.solution:
            return self.starter
        return f"{self.starter}\n\n{begin}\n{self.solution}\n{end}".lstrip()


def _head(folder: Folder) -> str:
    """The task, its lines as they stand in the starter, which is no Markdown; and what is other in a notebook."""
    how = "Write your answer into the next cell, and run it. The cell after it checks it."
    if folder.predicts:
        how += " In a notebook your cell is run; what is compared are the values that its names have then."
    about = f"{folder.slug}: {folder.head.kind}, {folder.head.minutes} minutes; {where(folder)}"
    return f"# {folder.head.title}\n\n{about}\n\n```text\n{folder.task}\n```\n\n{how}"


def _without_task(starter: str) -> str:
    """A starter without its docstring, which is the task."""
    first = ast.parse(starter).body[0]
    return "\n".join(starter.splitlines()[first.end_lineno :]).strip()


def _check(folder: Folder) -> str:
    if not folder.predicts:
        return f'{_IMPORT}\n\ncheck("{folder.slug}", {folder.head.name}).must_pass()'
    names = "".join(f"    {name}={name},\n" for name in folder.check.SAYS)
    return f'{_IMPORT}\n\ncheck(\n    "{folder.slug}",\n{names}).must_pass()'


def _nbgrader(parts: _Parts) -> Iterator[NotebookNode]:
    """Cells whose metadata says what each is: https://nbgrader.readthedocs.io, its metadata schema 3."""

    def marked(name: str, **said: Any) -> dict[str, Any]:
        plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        return {"nbgrader": {**plain, "grade_id": name, **said}}

    answer = parts.answer("### BEGIN SOLUTION", "### END SOLUTION")
    # nbgrader puts this line in the place of the solution, unless it is told to put another.
    left = " If your cell ends with `raise NotImplementedError()`, take that line out." if parts.solution else ""
    yield new_markdown_cell(parts.head + left, metadata=marked(f"{parts.slug}-task", locked=True))
    # Of a cell that is said to be a solution and has none, nbgrader leaves nothing.
    yield new_code_cell(answer, metadata=marked(parts.slug, solution=True) if parts.solution else {})
    yield new_code_cell(parts.check, metadata=marked(f"{parts.slug}-check", grade=True, locked=True, points=POINTS))


def _otter(parts: _Parts) -> Iterator[NotebookNode]:
    """Cells between raw ones that say what they are: https://otter-grader.readthedocs.io, Otter Assign."""
    # otter tries the tests on the notebook with the solutions, and a prediction has none.
    tried = "true" if parts.solution else "false"
    settings = f"name: {parts.slug}\nrun_tests: {tried}\ngenerate: true\nexport_cell:\n  pdf: false"
    answer = parts.answer("# BEGIN SOLUTION NO PROMPT", "# END SOLUTION")
    yield new_raw_cell(f"# ASSIGNMENT CONFIG\n{settings}")
    yield new_raw_cell(f"# BEGIN QUESTION\nname: {parts.slug}\npoints: {POINTS}")
    yield new_markdown_cell(parts.head)
    yield new_raw_cell("# BEGIN SOLUTION")
    # The tests are in the metadata of the student's notebook: by this tag `exercises grade` finds the answer in it.
    yield new_code_cell(answer, metadata={"tags": [parts.slug]})
    yield new_raw_cell("# END SOLUTION")
    yield new_raw_cell("# BEGIN TESTS")
    yield new_code_cell(parts.check)
    yield new_raw_cell("# END TESTS")
    yield new_raw_cell("# END QUESTION")


TOOLS: dict[str, Callable[[_Parts], Iterator[NotebookNode]]] = {"nbgrader": _nbgrader, "otter": _otter}
