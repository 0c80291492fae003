"""Tests that carry a claim of the book: where each stands, what it states, and whether it holds here."""

import ast
import difflib
import functools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from snippets.lens.errors import LensError

ROOT = Path(__file__).parents[2]


class Claim(NamedTuple):
    """A test: its name, its file (from the project's folder), the line and the class it stands in, and its docstring.

    The docstring is the claim, in a sentence.
    """

    name: str
    file: str
    line: int
    inside: str
    says: str

    @property
    def node(self) -> str:
        """What pytest calls it."""
        return "::".join(part for part in (self.file, self.inside, self.name) if part)

    @property
    def markdown(self) -> str:
        """Its name, linked to its line from a notebook, and the claim; in a browser the reader has no files."""
        name = f"`{self.name}`" if sys.platform == "emscripten" else f"[`{self.name}`](../{self.file}#L{self.line})"
        return f"{name}: *{self.says.removesuffix('.')}*"


@functools.cache
def _texts() -> dict[Path, str]:
    """The files of tests, and what is in them.

    Raises:
        LensError: there are no tests here, as in an installed copy.
    """
    files = sorted((ROOT / "tests").glob("test_*.py"))
    if not files:
        raise LensError(f"the tests are not here: they come with the project's own folder, and {ROOT} has none")
    return {file: file.read_text(encoding="utf-8") for file in files}


def claims() -> list[str]:
    """The names of the tests that state a claim; each file is parsed for it.

    Raises:
        LensError: there are no tests here.
    """
    return list(dict.fromkeys(each.name for file in _texts() for each in _in_file(file)))


@functools.cache
def _in_file(file: Path) -> list[Claim]:
    tree = ast.parse(_texts()[file])
    found = []
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for scope, body in [("", tree.body), *((node.name, node.body) for node in classes)]:
        functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for function in functions:
            says = ast.get_docstring(function)
            if says and function.name.startswith("test_"):
                says = " ".join(says.split())
                found.append(Claim(function.name, f"tests/{file.name}", function.lineno, scope, says))
    return found


def claim(name: str) -> Claim:
    """The test called `name`, "TestClass.test_name" where two have the name.

    Raises:
        LensError: there is none with a docstring, or more than one.
    """
    inside, _, bare = name.rpartition(".")
    # A listing asks for the few claims of its notes: the other files need not be parsed.
    files = [file for file, text in _texts().items() if f"def {bare}(" in text]
    named = [each for file in files for each in _in_file(file) if each.name == bare]
    found = [each for each in named if not inside or each.inside == inside]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(each.node for each in found)
        raise LensError(f"{name}: more than one test has that name ({places}); say its class in front of it")
    near = difflib.get_close_matches(bare, claims(), n=2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise LensError(f"no test called {name} states a claim in its docstring{hint}")


@dataclass(frozen=True, repr=False)
class Verdict:
    """What came of running a claim's test; `said` is what pytest said, in full."""

    claim: Claim
    holds: bool
    said: str

    def __str__(self) -> str:
        if self.holds:
            return f"{self.claim.says}\nIt holds here: {self.said.splitlines()[-1].strip(' =')} ({self.claim.node})."
        return f"{self.claim.says}\nIt does not hold here ({self.claim.node}):\n\n{self.said}"

    def __repr__(self) -> str:
        return str(self)


def prove(name: str) -> Verdict:
    """Run the test called `name` in a process of its own; shown in a cell, the claim and the verdict.

    Raises:
        LensError: there is no such test; or this is a browser, where no test can be run.
    """
    stated = claim(name)
    if sys.platform == "emscripten":
        raise LensError(f"no test can be run in a browser; {stated.node} states: {stated.says}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", stated.node]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode > 1:
        raise LensError(f"{stated.node} could not be run: {(ended.stderr or ended.stdout).strip().splitlines()[-1]}")
    return Verdict(stated, ended.returncode == 0, ended.stdout.strip())
