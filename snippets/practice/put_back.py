"""Keeps what modules and classes hold, and puts it back: what code has changed in them, nobody finds changed."""

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from twisted.logger import globalLogBeginner, globalLogPublisher

from snippets.practice.loading import Loading

_OURS = ("twisted", "snippets")  # of these the attributes of classes are kept, too, and what is in collections
_KEPT = sys.stdlib_module_names | {*_OURS, "zope"}
# Modules that must not be those of the code before: what was checked, and the reactor of whoever checks it.
_ANEW = ("learner", "twisted.internet.reactor")
# Attributes of classes that are found out when first asked for, and so for good.
_ASKED = ("__implemented__", "__provides__", "__annotations", "__annotate", "_abc_", "__abstractmethods__")
_GONE: Any = object()
# What is no attribute of anything: how it is asked for, and how it is set.
_SETTINGS: list[tuple[Callable[[], Any], Callable[[Any], Any]]] = [
    (os.getcwd, os.chdir),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    (gc.get_threshold, lambda threshold: gc.set_threshold(*threshold)),
    *((partial(signal.getsignal, number), partial(signal.signal, number)) for number in signal.valid_signals()),
]

Names = dict[str, Any]


class Kept:
    """What the modules of Python, Twisted and the book hold now, and those that are loaded meanwhile when they are.

    What `_ANEW` names is not there meanwhile. Of Python and zope only the names in modules are kept, and no attribute
    of a class.
    """

    def __init__(self) -> None:
        self._names: list[tuple[Names, Names]] = []
        self._classes: list[tuple[type, Names]] = []
        self._collections: list[tuple[Any, Any]] = []
        self._seen: set[int] = set()
        self._settings = [_asked(ask) for ask, _ in _SETTINGS]
        self._environment = os.environ, os.environ.copy()
        self._loaded = sys.modules, sys.modules.copy()
        for name, module in list(sys.modules.items()):
            self._keep(name, module)
        for value in (sys.path, sys.meta_path, sys.path_hooks, sys.path_importer_cache):
            self._collections.append((value, value.copy()))
        for logs in (globalLogPublisher, globalLogBeginner):  # the first is told by the second to whom it tells
            self._names.append((vars(logs), vars(logs).copy()))
            self._look_into(vars(logs).copy())
        for name in _ANEW:
            sys.modules.pop(name, None)
            package, _, last = name.rpartition(".")
            vars(sys.modules[package]).pop(last, None) if package in sys.modules else None
        sys.meta_path.insert(0, Loading(self._keep_loaded))

    def _keep_loaded(self, name: str, module: ModuleType) -> None:
        if name not in _ANEW:
            self._loaded[1][name] = sys.modules.get(name, module)  # it may have put another in its place
            self._keep(name, module)

    def _keep(self, name: str, module: ModuleType) -> None:
        names = getattr(module, "__dict__", None)
        top = name.partition(".")[0]
        if top in _KEPT and isinstance(names, dict):
            self._names.append((names, names.copy()))
            if top in _OURS:
                self._look_into(names.copy())

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
        _restore_modules(*self._loaded)
        for names, before in self._names:
            _restore(names, before, self._loaded[0])
        for owner, before in self._classes:
            _restore_class(owner, before)
        for value, before in self._collections:
            _refill(value, before)
        environment, had = self._environment
        if environment != had:
            environment.clear()
            environment.update(had)
        for (ask, put), value in zip(_SETTINGS, self._settings, strict=True):
            if value is not None and value != _asked(ask):
                with contextlib.suppress(OSError):  # the folder has been removed
                    put(value)


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except OSError:  # the folder that one is in has been removed
        return None


def _restore_modules(modules: Names, before: Names) -> None:
    for name in modules.keys() - before.keys():
        if name.partition(".")[0] in _KEPT or name in _ANEW:
            del modules[name]
    for name, module in before.items():
        if modules.get(name, _GONE) is not module:
            modules[name] = module


def _restore(names: Names, before: Names, modules: Names) -> None:
    for name in names.keys() - before.keys():
        # A module that was loaded is an attribute of its package, and stays that.
        if modules.get(f"{before.get('__name__')}.{name}", _GONE) is not names[name]:
            del names[name]
    for name, value in before.items():
        if names.get(name, _GONE) is not value:
            names[name] = value


def _restore_class(owner: type, before: Names) -> None:
    now = dict(vars(owner))
    for name in now.keys() - before.keys():
        if not name.startswith(_ASKED):
            type.__delattr__(owner, name)
    for name, value in before.items():
        if now.get(name, _GONE) is not value and not name.startswith(_ASKED):
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
