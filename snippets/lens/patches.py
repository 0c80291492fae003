"""Puts recording functions in the place of others, in every place where these are reached, and puts all back."""

import functools
import inspect
import sys
import threading
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar, cast

from twisted.python.components import _ProxyDescriptor

from snippets.lens.names import Place, can_be_recorded

LOCK = threading.RLock()  # held while functions are replaced or put back
_standing: "list[Patches]" = []  # those not undone yet


class Patches:
    """What was replaced, so that it can be put back."""

    def __init__(self) -> None:
        self._done: dict[tuple[int, str], tuple[object, object, object]] = {}
        _standing.append(self)

    def has(self, owner: object, attribute: str) -> bool:
        return (id(owner), attribute) in self._done

    def put(self, owner: object, attribute: str, old: object, new: object) -> None:
        setattr(owner, attribute, new)
        self._done[id(owner), attribute] = (owner, old, new)

    def undo(self) -> None:
        _standing.remove(self)
        for (key, attribute), (owner, old, new) in self._done.items():
            # If the block itself replaced it, that replacement would be there without the recording too.
            if vars(owner).get(attribute) is new:
                setattr(owner, attribute, old)
            for others in _standing:
                others._inherit((key, attribute), new, old)

    def _inherit(self, key: tuple[int, str], gone: object, old: object) -> None:
        """Put `old` back in the end, and not `gone`: a recording that began before this one has ended before it."""
        owner, mine, new = self._done.get(key, (None, None, None))
        if owner is not None and mine is gone:
            self._done[key] = (owner, old, new)


def owners_of(place: Place) -> list[type | ModuleType]:
    """The owner, and every subclass of it that overrides the method, and not with something that is none."""
    owners: list[type | ModuleType] = [place.owner]
    if inspect.isclass(place.owner):
        waiting = list(type.__subclasses__(place.owner))
        while waiting:
            cls = waiting.pop(0)
            if cls not in owners:
                waiting += type.__subclasses__(cls)
                owners += [cls] * can_be_recorded(vars(cls).get(place.attribute))
    return owners


def rewrap(raw: Any, wrap: Callable[[Callable], Callable]) -> object:
    """`raw`, an entry that can be recorded, with `wrap` around the function inside it: the same kind of thing again."""
    if isinstance(raw, staticmethod | classmethod):
        return type(raw)(wrap(raw.__func__))
    if isinstance(raw, property):
        return raw.getter(wrap(cast(FunctionType, raw.fget)))
    if isinstance(raw, _ProxyDescriptor):
        return _RecordingProxy(raw, wrap)
    return wrap(raw)


class _RecordingProxy(_ProxyDescriptor):
    """Stands for a descriptor of `proxyForInterface`, which looks its method up in another object."""

    def __init__(self, original: _ProxyDescriptor, wrap: Callable[[Callable], Callable]) -> None:
        super().__init__(original.attributeName, original.originalAttribute)
        self._original = original
        self._wrap = wrap

    def __get__(self, instance: object, owner: type | None = None) -> object:
        method = self._original.__get__(instance, owner)
        if instance is None:
            return self._wrap(method)
        if not callable(method):
            return method
        # The event's first argument is the proxy: that is the object whose method was called.
        return functools.partial(self._wrap(_without_first(method)), instance)


def _without_first(function: Callable) -> Callable:
    @functools.wraps(function)
    @hide
    def call(_: object, /, *args: object, **kwargs: object) -> object:
        return function(*args, **kwargs)

    return call


_Function = TypeVar("_Function", bound=Callable)

# The module `warnings` passes over frames of files with such names: a warning that Twisted gives its caller must not
# point here instead.
HIDDEN = f"{__file__} (as importlib._bootstrap)"


def hide(function: _Function) -> _Function:
    """`function`, whose frames are not taken for those of a caller."""
    function.__code__ = _hidden_code(function.__code__)
    return function


@functools.cache
def _hidden_code(code: CodeType) -> CodeType:
    return code.replace(co_filename=HIDDEN)


def replace_copies(functions: dict[int, tuple[object, object]], patches: Patches) -> None:
    """Replace each function under the names that other modules imported it by: id -> what stands there, what shall."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in functions:
                patches.put(module, name, *functions[id(value)])
