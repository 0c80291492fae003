"""Keeps what modules and classes hold, and puts it back: what code has changed in them, nobody finds changed."""

import sys
from typing import Any

_OURS = ("twisted", "snippets")  # of these the attributes of classes are kept, too, and what is in collections
_KEPT = sys.stdlib_module_names | {*_OURS, "zope"}
# Modules that must not be those of the code before: what was checked, and the reactor of whoever checks it.
_ANEW = ("learner", "twisted.internet.reactor")
_ZOPE = ("__implemented__", "__provides__")  # found out when first asked for, and so for good
_GONE: Any = object()

Names = dict[str, Any]


class Kept:
    """What the loaded modules of Python, Twisted and the book hold now.

    Modules that are loaded meanwhile stay. What `_ANEW` names is not there meanwhile.
    """

    def __init__(self) -> None:
        self._names: list[tuple[Names, Names]] = []
        self._classes: list[tuple[type, Names]] = []
        self._collections: list[tuple[Any, Any]] = [(sys.path, sys.path.copy())]
        self._seen: set[int] = set()
        for full, module in list(sys.modules.items()):
            names = getattr(module, "__dict__", None)
            top = full.partition(".")[0]
            if top in _KEPT and isinstance(names, dict):
                self._names.append((names, names.copy()))
                if top in _OURS:
                    self._look_into(names.copy())
        self._modules = {name: sys.modules.pop(name, _GONE) for name in _ANEW}
        for name in _ANEW:
            package, _, last = name.rpartition(".")
            vars(sys.modules[package]).pop(last, None) if package in sys.modules else None

    def _look_into(self, names: Names) -> None:
        for name, value in names.items():
            if name == "__builtins__" or id(value) in self._seen:
                continue
            if type(value) in (list, set, dict):
                self._collections.append((value, value.copy()))
            elif isinstance(value, type) and value.__module__.partition(".")[0] in _OURS:
                self._classes.append((value, dict(vars(value))))
            else:
                continue
            self._seen.add(id(value))
            if isinstance(value, type):
                self._look_into(dict(vars(value)))

    def put_back(self) -> None:
        """Have all of it as it was."""
        for names, before in self._names:
            _restore(names, before)
        for owner, before in self._classes:
            _restore_class(owner, before)
        for value, before in self._collections:
            _refill(value, before)
        for name, module in self._modules.items():
            sys.modules.pop(name, None)
            if module is not _GONE:
                sys.modules[name] = module


def _restore(names: Names, before: Names) -> None:
    for name in names.keys() - before.keys():
        # A module that was loaded is an attribute of its package, and stays that.
        if not isinstance(names[name], type(sys)):
            del names[name]
    for name, value in before.items():
        if names.get(name, _GONE) is not value:
            names[name] = value


def _restore_class(owner: type, before: Names) -> None:
    now = dict(vars(owner))
    for name in now.keys() - before.keys():
        if not name.startswith("__"):
            type.__delattr__(owner, name)
    for name, value in before.items():
        if now.get(name, _GONE) is not value and name not in _ZOPE:
            type.__setattr__(owner, name, value)


def _refill(value: Any, before: Any) -> None:
    if isinstance(value, dict):
        if len(value) != len(before) or any(value.get(key, _GONE) is not each for key, each in before.items()):
            value.clear()
            value.update(before)
    elif isinstance(value, list):
        if len(value) != len(before) or any(mine is not other for mine, other in zip(value, before, strict=True)):
            value[:] = before
    elif value != before:
        value.clear()
        value.update(before)
