"""Checks an exercise from a notebook: the text of the cells goes to the process, and not the objects they made."""

import ast
import atexit
import builtins
import inspect
import linecache
import symtable
import sys
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.judge import judge
from snippets.practice.predict import judge_values
from snippets.practice.reply import Player
from snippets.practice.shelf import Folder, exercise
from snippets.practice.verdict import Verdict

_KEPT: list[Player] = []
_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def check(slug: str, what: Any = None, place: Player | None = None, /, **predicted: Any) -> Verdict:
    """Check what a notebook defines against the exercise `slug`.

    `check("framed_echo", Echo)` takes the cell that defines the class or function as it was last run, and of the cells
    before it the definitions and imports that it uses. `check("turns", calls=3, turns=2)` compares predictions.

    The code is run in a process of its own, and in a browser, which starts none, in this interpreter; or in `place`.

    Raises:
        LensError: there is no such exercise, it is asked in another way, or no cell defines what is given.
    """
    folder = exercise(slug)
    if folder.predicts:
        return _predicted(folder, what, predicted)
    if what is None or predicted:
        raise LensError(f'this exercise takes what your cell defines: check("{slug}", {folder.head.name})')
    return judge(folder, _text(what, folder.head.name), place or _place())


def _predicted(folder: Folder, what: Any, predicted: dict[str, Any]) -> Verdict:
    names = list(folder.truth())
    if what is not None or not predicted.keys() <= set(names):
        unknown = [name for name in predicted if name not in names]
        said = f"there is nothing to foresee that is called {', '.join(unknown)}; " if unknown else ""
        call = ", ".join(f"{name}=..." for name in names)
        raise LensError(f'{said}this exercise takes predictions: check("{folder.slug}", {call})')
    return judge_values(folder, dict.fromkeys(names, ...) | predicted)


def _place() -> Player:
    """One for as long as the notebook runs: the first check starts it, the others find Twisted loaded."""
    if not _KEPT:
        if sys.platform == "emscripten":
            from snippets.practice.here import Here

            _KEPT.append(Here())
        else:
            from snippets.practice.process import Process

            process = Process()
            atexit.register(process.close)
            _KEPT.append(process)
    return _KEPT[0]


def _text(what: Any, name: str) -> str:
    """The source of a class or function, with what it uses of other cells, as a file that defines `name`."""
    if not isinstance(what, type) and not inspect.isfunction(what):
        raise LensError(f"{what!r:.100} is no class and no function: give the {name} that your cell defines")
    if what.__module__ != "__main__":
        raise LensError(f"{what.__name__} comes from {what.__module__}: give the {name} that a cell of yours defines")
    parts = _cells(what)
    return together([_parsed(text) for text in parts], list(_history()), what.__name__, name)


def together(own: "list[Part]", history: "list[Part]", given: str, name: str) -> str:
    """Cells as one file: those that define `given`, which the file calls `name`, and what they use of those before."""
    parts = [*_used(own, history), *own]
    inside = {name for part in parts for name in part.inside}
    text = "\n".join(_definitions(part, inside) for part in parts)
    return text if given == name else f"{text}\n{name} = {given}\n"


class Part:
    """The text of a cell, and what it is made of."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)
        self.binds = {name for node in self.tree.body for name in _bound(node)}
        self.uses = _names(self.tree) - _local(text)
        assigned = [node for node in self.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        self.made = {name for node in assigned for name in _bound(node)}
        self.inside = {name for node in self.tree.body if isinstance(node, _CODE) for name in _names(node)}


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _local(text: str) -> set[str]:
    """The names of a cell that only its functions have, each for itself: a cell before that has one is not meant."""
    try:
        tables = [symtable.symtable(text, "", "exec")]
    except SyntaxError:  # as of `await` in a cell, which a notebook can run
        return set()
    local, others = set[str](), set(tables[0].get_identifiers())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            inside = isinstance(table, symtable.Function) and not symbol.is_global()
            (local if inside else others).add(symbol.get_name())
    return local - others


def _parsed(text: str) -> Part:
    try:
        return Part(text)
    except (SyntaxError, ValueError) as error:
        raise LensError(f"the cell can't be read: {error}") from None


def _cells(what: Any) -> list[str]:
    """The text of the cells that hold the code of a class, or of a function; the class statement itself comes first."""
    files = dict.fromkeys(code.co_filename for code in _codes(what))
    texts = ["".join(linecache.getlines(file)) for file in files]
    if isinstance(what, type) and not any(_defines(text, what.__name__) for text in texts):
        texts = [part.text for part in _history() if _defines(part.text, what.__name__)][-1:] + texts
    if not any(texts):
        raise LensError(f"the text of {what.__name__} can't be found: define it in a cell of this notebook")
    return sorted(filter(None, texts), key=lambda text: not _defines(text, what.__name__))


def _codes(what: Any) -> Iterator[CodeType]:
    if inspect.isfunction(what):
        yield inspect.unwrap(what).__code__
        return
    for value in vars(what).values():
        for function in (value, getattr(value, "__func__", None), getattr(value, "fget", None)):
            if inspect.isfunction(function) and function.__module__ == what.__module__:
                yield inspect.unwrap(function).__code__


def _defines(text: str, name: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(node, ast.ClassDef) and node.name == name for node in tree.body)


def _history() -> Iterator[Part]:
    """The cells that were run in this notebook, in their order; none outside of one."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    for raw in shell.user_ns.get("In", []) if shell else []:
        try:
            yield Part(shell.transform_cell(raw))
        except (SyntaxError, ValueError):
            continue  # what was never run


def _used(own: Iterable[Part], history: list[Part]) -> list[Part]:
    """The cells that last gave a value to a name which the code uses, and those whose names these use; in order."""
    found: set[int] = set()
    bound, wanted = set(dir(builtins)), set[str]()
    for part in own:
        bound |= part.binds
        wanted |= part.uses
    while missing := wanted - bound:
        name = missing.pop()
        bound.add(name)
        last = next((at for at in reversed(range(len(history))) if name in history[at].binds), None)
        if last is not None:
            found.add(last)
            wanted |= history[last].uses
    return [history[at] for at in sorted(found)]


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names to which a statement of a cell gives a value."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in names)
        case ast.Assign() | ast.AnnAssign() if not _checks(node):
            yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and _stored(each))
        case ast.If() | ast.Try() | ast.With() | ast.For():
            for each in ast.iter_child_nodes(node):
                yield from _bound(each) if isinstance(each, ast.stmt) else ()


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _checks(node: ast.stmt) -> bool:
    """Does a statement check an exercise? Then it is no part of the code that is checked."""
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return any((isinstance(call, ast.Name) and call.id == "check") for call in calls)


def _definitions(part: Part, inside: set[str]) -> str:
    """A cell without what it does besides defining: its lines stay where they are.

    A call such as `ROOT.putChild(...)` belongs to what it defines, if functions or classes use ROOT: `inside` has such
    names.
    """
    lines = part.text.encode().split(b"\n")
    for node in reversed(part.tree.body):
        if (isinstance(node, ast.Expr) and not _completes(node, part.made & inside)) or (
            isinstance(node, ast.Assign | ast.AnnAssign) and _checks(node)
        ):
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            rest = lines[last][node.end_col_offset :]
            lines[first : last + 1] = [lines[first][: node.col_offset] + b"pass" + rest] + [b""] * (last - first)
    return b"\n".join(lines).decode()


def _completes(node: ast.Expr, made: set[str]) -> bool:
    """Does a statement call a method of something that was made for use in definitions?"""
    match node.value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            return name in made
    return False
