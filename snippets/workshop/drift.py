"""Which notes of the book fit other releases of Twisted: their files are read, and nothing of them is run."""

import ast
import bisect
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import twisted
from packaging.version import InvalidVersion, Version

from snippets import catalogue
from snippets.lens.errors import LensError
from snippets.lens.names import mangled
from snippets.lens.notes import Annotation, Note, placed, store

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = dict[str, _Function | ast.ClassDef]


class Unavailable(Exception):
    """A release can't be had, or not be read; the message says why."""


class State(StrEnum):
    """What became of a function between another release and the installed one."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    NOT_YET = "not there yet"
    GONE = "no longer there"

    @property
    def mark(self) -> str:
        """The sign that stands for it in the table."""
        return {"unchanged": "=", "moved": "↕", "changed": "≠", "not there yet": "-", "no longer there": "x"}[self]

    @property
    def meaning(self) -> str:
        """What the table says of the sign."""
        return {"moved": "moved by so many lines", "changed": "changed: notes that fit"}.get(self, self)


class Release:
    """The files of one release of Twisted, as text.

    Args:
        version: which.
        files: name of a module -> what its file holds; a module that the release has not is not there.

    Raises:
        Unavailable: one of the files is not in the syntax of this Python.
    """

    def __init__(self, version: str, files: Mapping[str, bytes]) -> None:
        self.version = version
        self._lines: dict[str, list[str]] = {}
        self._scopes: dict[str, _Scope] = {}
        for module, file in files.items():
            try:
                text = importlib.util.decode_source(file)
                with warnings.catch_warnings(action="ignore"):
                    self._scopes[module] = _scope(ast.parse(text).body)
            except (SyntaxError, ValueError) as error:
                python = "{}.{}".format(*sys.version_info)
                raise Unavailable(f"its {module} can't be read by Python {python}: {error}") from error
            self._lines[module] = text.split("\n")

    def function(self, name: str) -> dict[int, str] | None:
        """The lines of a function by their numbers, with its decorators; None if the release has no such function.

        Args:
            name: its full name, "module:Class.method". The name of a property means its getter; with ".setter" after
                it, its setter.
        """
        module, _, qualname = name.partition(":")
        definition = _definition(self._scopes.get(module, {}), qualname)
        if definition is None:
            return None
        first = min(node.lineno for node in (definition, *definition.decorator_list))
        return {
            number: self._lines[module][number - 1] for number in range(first, (definition.end_lineno or first) + 1)
        }


def _definition(scope: _Scope, qualname: str) -> _Function | None:
    *classes, name = qualname.removesuffix(".setter").split(".")
    for holder in classes:
        outer = scope.get(holder)
        if not isinstance(outer, ast.ClassDef):
            return None
        scope = {mangled(holder, inner): node for inner, node in _scope(outer.body).items()}
    definition = scope.get(f"{name}.setter" if qualname.endswith(".setter") else name)
    return None if isinstance(definition, ast.ClassDef) else definition


def _scope(body: Iterable[ast.stmt]) -> _Scope:
    """What each name means after `body` has run; the setter of a property has ".setter" after its name.

    The last definition counts. Which branch of a condition runs is not known: taken is the first that has the
    definition, and the handler of an exception only if nothing else has it.
    """
    scope: _Scope = {}
    for node in body:
        if isinstance(node, _Function | ast.ClassDef):
            scope[node.name + _role(node)] = node
            continue
        ways = [getattr(node, "body", [])]
        if isinstance(node, ast.If):
            ways = [node.orelse] if _only_for_types(node.test) else [node.body, node.orelse]
        elif isinstance(node, ast.Try):
            ways = [node.finalbody, node.body + node.orelse, *(handler.body for handler in node.handlers)]
        scope |= {name: found for way in reversed(ways) for name, found in _scope(way).items()}
    return scope


def _role(node: _Function | ast.ClassDef) -> str:
    """What a decorator makes of a definition that is not what its name means: ".setter", ".deleter", ".overload"."""
    names = [getattr(decorator, "attr", getattr(decorator, "id", "")) for decorator in node.decorator_list]
    return next((f".{name}" for name in names if name in ("setter", "deleter", "overload")), "")


def _only_for_types(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))


def installed(modules: Iterable[str]) -> Release:
    """The release that is installed, as far as these modules go; they are read, and not imported."""
    home = Path(twisted.__file__).parents[1]
    files = {module: path for module in modules for path in _paths(module) if (home / path).is_file()}
    return Release(twisted.__version__, {module: (home / path).read_bytes() for module, path in files.items()})


def fetched(version: str, modules: Iterable[str], wheels: Path | None = None) -> Release:
    """A release that is not installed, as far as these modules go.

    Its wheel is downloaded by pip into a temporary folder, read there, and removed with the folder. Nothing of it is
    installed, imported or run, which is why a release that has no wheel is none for us.

    Args:
        version: which release.
        modules: what to read of it.
        wheels: take the wheel from this folder, and ask nobody else.

    Raises:
        Unavailable: it can't be had.
    """
    with tempfile.TemporaryDirectory(prefix="snippets-drift-") as folder:
        wheel = _downloaded(version, Path(folder), wheels)
        try:
            with zipfile.ZipFile(wheel) as archive:
                there = set(archive.namelist())
                files = {module: path for module in modules for path in _paths(module) if path in there}
                return Release(version, {module: archive.read(path) for module, path in files.items()})
        except (zipfile.BadZipFile, OSError) as error:
            raise Unavailable(f"{wheel.name} can't be read: {error}") from error


def _paths(module: str) -> tuple[str, str]:
    """Where a module's file may stand in a package."""
    path = module.replace(".", "/")
    return f"{path}.py", f"{path}/__init__.py"


def _downloaded(version: str, folder: Path, wheels: Path | None) -> Path:
    """Have pip put the wheel of a release into `folder`, along with whatever pip itself keeps for a while."""
    scratch, target = folder / "pip", folder / "wheel"
    scratch.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--retries=1", f"--dest={target}"]
    environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONWARNINGS": "ignore"}
    if wheels is not None:
        # The reader's own settings of pip may name other places to look at.
        environment["PIP_CONFIG_FILE"] = os.devnull
        command += ["--isolated", "--no-index", f"--find-links={wheels.resolve()}"]
    command.append(f"twisted=={version}")
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        check=False,
    )
    wheel = next(target.glob("*.whl"), None)
    if result.returncode or wheel is None:
        raise Unavailable(_reason(version, result.stderr, wheels))
    return wheel


def _reason(version: str, said: str, wheels: Path | None) -> str:
    """Why there is no wheel, in one line, from what pip said."""
    known = re.search(r"\(from versions: (.*?)\)", said)
    if known is None:
        complaints = [line.strip() for line in said.splitlines() if line.strip()]
        errors = [line for line in complaints if line.startswith("ERROR: ")]
        return f"pip says: {(errors or complaints or ['nothing'])[0].removeprefix('ERROR: ')}"
    where = str(wheels) if wheels else "the package index"
    if known[1] != "none":
        there = sorted(map(Version, known[1].split(", ")))
        place = bisect.bisect(there, Version(version))
        return f"{where} has no wheel of it; the nearest: {', '.join(map(str, there[max(place - 2, 0) : place + 2]))}"
    if wheels:
        return f"{wheels} has no wheel of Twisted"
    return "pip found no Twisted at all; without a network, give a folder of wheels with --wheels"


@dataclass(frozen=True)
class Compared:
    """A function of one release against the installed one.

    `line` is its first line there, `by` how many lines further down that is. `fit` are the notes that have their line,
    with its number; `lost` those that have not, with the complaint.
    """

    state: State
    line: int | None = None
    by: int = 0
    fit: tuple[tuple[Note, int], ...] = ()
    lost: tuple[tuple[Note, str], ...] = ()

    @property
    def short(self) -> str:
        """The mark, and what there is to count: the lines it moved by, or the notes that fit, of all."""
        notes = len(self.fit) + len(self.lost)
        if self.lost or (self.state is State.CHANGED and notes):
            return f"{self.state.mark} {len(self.fit)}/{notes}"
        return f"{self.state.mark} {self.by:+}" if self.state is State.MOVED else self.state.mark

    def as_dict(self) -> dict[str, object]:
        """The comparison in terms of JSON."""
        return {
            "state": str(self.state),
            "line": self.line,
            "fit": [{"note": note.anchor, "line": line} for note, line in self.fit],
            "lost": [{"note": note.anchor, "why": why} for note, why in self.lost],
        }


@dataclass(frozen=True)
class Drift:
    """The annotated functions in some releases against the installed one, `base`.

    `functions` maps the full name of each to what became of it by release; `missing` says of a release that could not
    be had why.
    """

    base: str
    releases: list[str]
    functions: dict[str, dict[str, Compared]]
    missing: dict[str, str]

    def count(self, release: str) -> dict[State, int]:
        """How many functions are in each state in a release; only states that occur."""
        states = Counter(compared[release].state for compared in self.functions.values())
        return {state: states[state] for state in State if states[state]}

    def states(self) -> list[State]:
        """The states that occur."""
        return [state for state in State if any(state in self.count(release) for release in self.releases)]

    def lost(self, release: str) -> int:
        """How many notes have no line in a release that has their function."""
        return sum(len(compared[release].lost) for compared in self.functions.values())

    def said(self, release: str) -> str:
        """What there is to say of a release, in one line."""
        states = ", ".join(f"{count} {state}" for state, count in self.count(release).items())
        return f"{release}: {states}; notes whose line is gone: {self.lost(release)}"

    def as_dict(self) -> dict[str, object]:
        """The whole in terms of JSON."""
        return {
            "twisted": self.base,
            "releases": self.releases,
            "missing": self.missing,
            "functions": {
                name: {release: one.as_dict() for release, one in compared.items()}
                for name, compared in self.functions.items()
            },
        }


def measure(
    versions: Iterable[str], wheels: Path | None = None, progress: Callable[[str], None] = lambda version: None
) -> Drift:
    """Compare every annotated function in some releases of Twisted with the installed one.

    Args:
        versions: the releases, as in "24.11.0".
        wheels: a folder of wheels to take them from; by default pip's package index.
        progress: called with each version before it is fetched.

    Raises:
        LensError: there are no annotations, or what is given as a version is none.
    """
    catalogue.check_text()
    wanted = list(dict.fromkeys(versions))
    for version in wanted:
        try:
            Version(version)
        except InvalidVersion as error:
            raise LensError(f"{version!r} is not a version of Twisted: write it as in 24.11.0") from error
    modules = sorted({name.partition(":")[0] for name in store()})
    base = installed(modules)
    releases, missing = [], {}
    for version in wanted:
        progress(version)
        try:
            releases.append(fetched(version, modules, wheels))
        except Unavailable as error:
            missing[version] = str(error)
    functions = {
        name: {release.version: compare(annotation, release, base) for release in releases}
        for name, annotation in sorted(store().items())
    }
    return Drift(base.version, [release.version for release in releases], functions, missing)


def compare(annotation: Annotation, release: Release, base: Release) -> Compared:
    """One annotated function in a release against the same in the installed one."""
    there, here = release.function(annotation.name), base.function(annotation.name)
    if there is None:
        return Compared(State.NOT_YET if Version(release.version) < Version(base.version) else State.GONE)
    by = min(there) - min(here) if here else 0
    if here is None or list(there.values()) != list(here.values()):
        state = State.CHANGED
    else:
        state = State.MOVED if by else State.UNCHANGED
    where, complaints = placed(annotation, there, release.version)
    line_of = {id(note): line for line, notes in where.items() for note in notes}
    fit = tuple((note, line_of[id(note)]) for note in annotation.notes if id(note) in line_of)
    lost = [note for note in annotation.notes if id(note) not in line_of]
    return Compared(state, min(there), by, fit, tuple(zip(lost, complaints, strict=True)))
