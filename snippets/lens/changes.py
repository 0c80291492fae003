"""What changed from one step to the next: local variables, and attributes of the objects that are watched."""

import inspect
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from operator import attrgetter
from types import CodeType
from typing import NamedTuple

from snippets.lens.kept import MISSING, Keeper, Label, same
from snippets.lens.names import mangled

_Getter = Callable[[object], object]


class Change(NamedTuple):
    """A name that has a new value: that of a local variable if `holder` is None, else of an attribute of that object.

    The value is as `snippets.lens.kept` keeps it; `MISSING` if the name is gone.
    """

    holder: Label | None
    name: str
    value: object


# Equal only if they are the same for good: while one is held, another object can't have its identity. Others are not
# held, for that would keep them alive.
_UNCHANGING = frozenset({type(None), bool, int, float, bytes, str, type(MISSING)})
_NOT_HELD = object()


class Seen:
    """The values of some names, as they were when they were last looked at."""

    __slots__ = ("holder", "kept", "names", "raw")

    def __init__(self, holder: Label | None, names: tuple[str, ...]) -> None:
        self.holder = holder
        self.names = names
        self.raw: list[object] = [MISSING] * len(names)
        self.kept: list[object] = [MISSING] * len(names)


class _Target(NamedTuple):
    """A watched object, and what reads its attributes."""

    reference: weakref.ref
    getters: tuple[_Getter, ...]
    seen: Seen


class Objects:
    """Keeps values, and looks at the watched attributes of the objects that it has met, for as long as they live.

    Args:
        watched: classes, and the attributes to look at in their objects.
    """

    def __init__(self, watched: Iterable[tuple[type, tuple[str, ...]]]) -> None:
        self._keeper = Keeper()
        self.keep = self._keeper.keep
        self.watched = list(watched)
        self._attributes: dict[int, tuple[type, dict[str, _Getter]]] = {}  # of each class met, by its identity
        self._targets: dict[int, _Target] = {}

    def forget(self) -> None:
        """Let go of all objects."""
        self._targets.clear()

    def meet(self, values: Iterable[object]) -> None:
        """Look from now on at those of the values that are of a watched class, and can be weakly referenced."""
        for value in values:
            attributes = self._attributes_of(type(value))
            if attributes and id(value) not in self._targets:
                with suppress(TypeError):
                    self._meet(value, id(value), attributes)

    def _meet(self, value: object, key: int, attributes: dict[str, _Getter]) -> None:
        reference = weakref.ref(value, lambda _: self._targets.pop(key, None))
        label = self.keep(value)
        assert isinstance(label, Label)
        self._targets[key] = _Target(reference, tuple(attributes.values()), Seen(label, tuple(attributes)))

    def _attributes_of(self, kind: type) -> dict[str, _Getter]:
        """The attributes to look at in objects of this class, with what reads each."""
        if id(kind) not in self._attributes:
            # Not `issubclass`, which asks the class: a `typing.Protocol` refuses.
            related = [(cls, names) for cls, names in self.watched if type.__subclasscheck__(cls, kind)]
            getters = {name: attrgetter(mangled(cls.__name__, name)) for cls, names in related for name in names}
            self._attributes[id(kind)] = (kind, dict[str, _Getter](getters))
        return self._attributes[id(kind)][1]

    def look(self, changes: list[Change]) -> None:
        """Add what changed in the watched objects."""
        for target in tuple(self._targets.values()):
            it = target.reference()
            if it is not None:
                values = []
                for getter in target.getters:
                    try:
                        values.append(getter(it))
                    except Exception:
                        values.append(MISSING)
                self.compare(target.seen, values, changes)

    def compare(self, seen: Seen, values: list[object], changes: list[Change]) -> None:
        """Add which of the values are others than those seen before."""
        raw, kept, is_still = seen.raw, seen.kept, self._keeper.is_still
        for index, value in enumerate(values):
            if value is raw[index]:
                continue
            if type(value) in _UNCHANGING:
                raw[index] = value
            elif is_still(kept[index], value):
                continue
            else:
                raw[index] = _NOT_HELD
            new = self.keep(value)
            if not same(kept[index], new):
                kept[index] = new
                changes.append(Change(seen.holder, seen.names[index], new))


def local_names(code: CodeType) -> tuple[str, ...]:
    """The names of the local variables of a function: its arguments in their order, then the others by name.

    In which order Python has them, and which of them are cells, depends on its version. The body of a class has none.
    """
    if not code.co_flags & inspect.CO_OPTIMIZED:
        return ()
    arguments = code.co_varnames[: argument_count(code)]
    others = {*code.co_varnames, *code.co_cellvars, *code.co_freevars, "__class__"} - {*arguments, "__class__"}
    return (*arguments, *sorted(name for name in others if name.isidentifier()))


def argument_count(code: CodeType) -> int:
    """How many arguments a function takes, those for the rest counted as one each."""
    rest = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + rest
