"""Tells of each module when it has just been loaded, before whoever imports it can change it."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class Loading(MetaPathFinder):
    """The first of `sys.meta_path`, as long as it stands there: the others find and load what they would without it.

    Args:
        told: is called with a module's full name and the module.
    """

    def __init__(self, told: Callable[[str, ModuleType], None]) -> None:
        self._told = told

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What the first of the other finders finds, loaded by way of who tells."""
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target) if finder is not self else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Telling(spec.loader, self._told)
                return spec
        return None


class _Telling(Loader):
    def __init__(self, loader: Loader, told: Callable[[str, ModuleType], None]) -> None:
        self._loader, self._told = loader, told

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec
        spec.loader = module.__loader__ = self._loader  # who asks the module meets its own loader
        self._loader.exec_module(module)
        self._told(spec.name, module)
