"""Predictions: reads the values that a learner has written down, without running anything, and compares them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from snippets.practice.message import where
from snippets.practice.reading import shown
from snippets.practice.shelf import Folder
from snippets.practice.verdict import Verdict


@dataclass(frozen=True)
class Unreadable:
    """What stands where a value should: the sentence that says so."""

    says: str


@dataclass(frozen=True)
class Predicted(Verdict):
    """The verdict on predictions. It has passed only if every name has its value.

    Args:
        folder: the exercise.
        names: what was to be foreseen.
        wrong: name -> the lines to say of it, for each name whose value is another, or none.
        problem: why nothing could be compared.
    """

    folder: Folder
    names: tuple[str, ...] = ()
    wrong: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""

    @property
    def passed(self) -> bool:
        return bool(self.names) and not self.wrong and not self.problem

    @property
    def lines(self) -> list[str]:
        title = self.folder.title
        if self.problem:
            return [f"{title}: not yet. The file can't be read.", "", self.problem]
        if self.passed:
            return [f"{title}: passed. All {len(self.names)} predictions are right."]
        right = len(self.names) - len(self.wrong)
        lines = [f"{title}: not yet. {right} of {len(self.names)} predictions are right.", ""]
        lines += [line for told in self.wrong.values() for line in told]
        return [*lines, "", f"Why: {where(self.folder)}"]


def judge_file(folder: Folder, source: str) -> Predicted:
    """Compare the values in a learner's file, which is parsed and never run, with what the run gives."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        text = f": {shown((error.text or '').strip())}" if error.text else ""
        at = f" in line {error.lineno}{text}" if error.lineno else ""
        return Predicted(folder, problem=f"{type(error).__name__}: {shown(error.msg)}{at}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Predicted(folder, problem=f"It is no Python: {shown(str(error) or type(error).__name__)}")
    return judge_values(folder, dict(_assigned(tree)))


def judge_values(folder: Folder, values: Mapping[str, Any]) -> Predicted:
    """Compare values by their names with what the run gives."""
    truth = folder.truth()
    wrong = {name: told for name, right in truth.items() if (told := list(_told(folder, name, values, right)))}
    return Predicted(folder, tuple(truth), wrong)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """Each name that is given a value at the top of a file, with that value; a later one comes later."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=targets, value=value):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names = [name]
            case _:
                continue
        for name in names:
            yield name, _literal(value)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        if isinstance(node, ast.Name):
            says = f"`{shown(node.id)}` in line {node.lineno} is a name, and no value. Text and bytes stand in quotes"
            return Unreadable(says)
        return Unreadable(f"line {node.lineno} computes something. Nothing is run here: write the value itself")


def _told(folder: Folder, name: str, values: Mapping[str, Any], right: Any) -> Iterator[str]:
    """What to say of a name, in a line or two; nothing if its value is the right one."""
    if name not in values:
        yield f"{name} has no value: there is no line `{name} = ...` any more."
        return
    mine = values[name]
    if mine is ...:
        yield f"{name} has no value yet: write one in the place of `...`."
    elif isinstance(mine, Unreadable):
        yield f"{name}: {mine.says}."
    elif _kind(mine) != _kind(right):
        yield f"{name} = {shown(repr(mine))} is {_kind(mine)}; it should be {_kind(right)}."
    elif other := _other_elements(mine, right):
        yield f"{name} = {shown(repr(mine))} is a list with {other} in it; it should hold {_kind(right[0])}."
    elif not same(mine, right):
        yield f"{name} = {shown(repr(mine))} is not what happens. {folder.check.SAYS[name]}"
        for likely, counted in folder.check.LIKELY.get(name, {}).items():
            if same(mine, likely):
                yield f"    {shown(repr(mine))} would be right for this: {counted}"


def _other_elements(mine: Any, right: Any) -> str:
    """The kind of an element that stands in a list of others, if all of those are of one kind."""
    if not isinstance(right, list) or len({_kind(each) for each in right}) != 1:
        return ""
    return next((_kind(each) for each in mine if _kind(each) != _kind(right[0])), "")


_KINDS = {
    bool: "a truth value (True or False)",
    int: "a number",
    float: "a number",
    str: "text (a str)",
    bytes: "bytes (as in b'...')",
    list: "a list",
    tuple: "a list",
    dict: "a dict",
    set: "a set",
    type(None): "no value",
}


def _kind(value: object) -> str:
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def same(mine: Any, other: Any) -> bool:
    """Are two values the same, and of the same kind all the way down? A tuple may stand for a list."""
    if _kind(mine) != _kind(other):
        return False
    if isinstance(mine, list | tuple):
        return len(mine) == len(other) and all(map(same, mine, other))
    if isinstance(mine, dict):
        return mine.keys() == other.keys() and all(same(mine[key], other[key]) for key in mine)
    return bool(mine == other)
