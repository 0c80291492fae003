"""Values as a recording keeps them: small, unchanging, and formatted only when shown."""

import itertools
import math
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

LONGEST = 200  # bytes, or characters, kept of one value
MOST_ITEMS = 6  # items kept of one container


class Label(str):
    """An object, by its class and the order in which the recording met it: "Request#1"; a class, by its name.

    An object that can't be weakly referenced has no number: nobody could tell when its number is free.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Cut(NamedTuple):
    """The beginning of a long bytes or str, and how long it was."""

    head: bytes | str
    length: int


class Items(NamedTuple):
    """The first items of a container as they were then, and how many there were."""

    kind: str
    items: tuple
    length: int


class Raised(NamedTuple):
    """An exception: the name of its class, and its text."""

    kind: str
    text: str


def raised(error: BaseException) -> Raised:
    """What a recording keeps of an exception. Never raises on account of what it is."""
    try:
        return Raised(type(error).__name__, str(error)[:LONGEST])
    except Exception:
        return Raised(type(error).__name__, "")


class Named(NamedTuple):
    """An argument given by name."""

    name: str
    value: object


class _Missing:
    """The value of a watched attribute that was not there, or whose getter raised."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "-"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING = _Missing()

_ATOMS = frozenset({type(None), bool, int, float, type(MISSING)})

_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}"), "frozenset": ("{", "}"), "dict": ("{", "}")}
_HUGE = 1 << 63
_CONTAINERS = frozenset({list, tuple, set, frozenset, dict})
_qualname = type.__dict__["__qualname__"].__get__  # what a metaclass says of itself is not asked


class Keeper:
    """Turns live values into kept ones, and hands out the labels of one recording.

    No code of the values' own classes runs: what a recording looks at, it must not change.
    """

    def __init__(self) -> None:
        self._labels: dict[int, Label] = {}
        self._guards: dict[int, weakref.ref] = {}
        self._numbers: dict[str, Callable[[], int]] = {}

    def keep(self, value: Any, depth: int = 0) -> object:
        """The kept form of `value`. Never raises on account of what `value` is, and never holds it alive."""
        kind = type(value)
        try:
            if kind in _ATOMS:
                return value
            if kind is bytes or kind is str:
                return value if len(value) <= LONGEST else Cut(value[:LONGEST], len(value))
            label = self._labels.get(id(value))
            if label is not None:
                return label
            if kind is bytearray:
                return _cut(bytes(value[:LONGEST]), len(value))
            if kind is memoryview:
                return _cut(value[:LONGEST].tobytes()[:LONGEST], value.nbytes)
            if kind in _CONTAINERS:
                return self._container(value, kind, depth)
        except Exception:  # a released memoryview, a dict that changes meanwhile, a class that can't be hashed
            pass
        return self._label(value, kind)

    def is_still(self, old: object, value: Any) -> bool:
        """Is `value` kept as `old`? A quick look: it says no where it would have to look closer."""
        if type(old) is Label:
            return self._labels.get(id(value)) is old
        kind = type(value)
        if kind not in _CONTAINERS or type(old) is not Items or old.length != len(value) or old.kind != kind.__name__:
            return False
        if not value:
            return True
        return kind is list and len(value) <= MOST_ITEMS and all(map(self._is_item, value, old.items))

    def _is_item(self, item: object, old: object) -> bool:
        return item is old or (type(old) is Label and self._labels.get(id(item)) is old)

    def _container(self, value: Any, kind: type, depth: int) -> Items:
        if depth > 1:
            return Items(kind.__name__, (), len(value))
        entries = list(itertools.islice(value.items() if kind is dict else value, MOST_ITEMS))
        if kind is dict:
            pairs = [(self.keep(key, depth + 1), self.keep(item, depth + 1)) for key, item in entries]
            return Items("dict", tuple([Items("tuple", pair, 2) for pair in pairs]), len(value))
        return Items(kind.__name__, tuple([self.keep(item, depth + 1) for item in entries]), len(value))

    def _label(self, value: object, kind: type) -> Label:
        if issubclass(kind, type):
            return Label(_qualname(value))
        name, key = _qualname(kind), id(value)
        try:
            # Without this, a new object at the address of a dead one would get its label.
            guard = weakref.ref(value, lambda _: self._forget(key))
        except TypeError:
            return Label(name)
        number = self._numbers.setdefault(name, itertools.count(1).__next__)()
        self._guards.setdefault(key, guard)
        # Another thread may have labelled it meanwhile.
        return self._labels.setdefault(key, Label(f"{name}#{number}"))

    def _forget(self, key: int) -> None:
        self._labels.pop(key, None)
        self._guards.pop(key, None)


def _cut(head: bytes, length: int) -> bytes | Cut:
    return head if length == len(head) else Cut(head, length)


def same(old: Any, new: Any) -> bool:
    """Are two kept values the same? 1 and True are not, though Python calls them equal; two NaNs are."""
    if old is new:
        return True
    kind = type(new)
    if type(old) is not kind:
        return False
    if issubclass(kind, tuple):
        return len(old) == len(new) and all(map(same, old, new))
    return repr(old) == repr(new) if kind is float else old == new


def show(value: object, width: int = 60) -> str:
    """A kept value as a reader sees it, in at most about `width` characters."""
    if isinstance(value, Label):
        return _on_one_line(str(value))
    if isinstance(value, Cut):
        unit = "bytes" if isinstance(value.head, bytes) else "characters"
        return f"{_short(value.head, width - 16)} ({value.length} {unit})"
    if isinstance(value, Items):
        return _show_items(value, width)
    if isinstance(value, Named):
        return f"{_on_one_line(value.name)}={show(value.value, width)}"
    if isinstance(value, Raised):
        return _on_one_line(f"{value.kind}: {value.text}" if value.text else value.kind)
    return _short(value, width)


def _show_items(value: Items, width: int) -> str:
    opening, closing = _BRACKETS[value.kind]
    if not value.length and "set" in value.kind:
        return f"{value.kind}()"  # {} is a dict
    if value.kind == "dict":
        shown = [f"{show(item.items[0], 20)}: {show(item.items[1], 20)}" for item in value.items]
    else:
        shown = [show(item, 24) for item in value.items]
    text = ", ".join(shown)
    if len(text) > width:
        text = text[: width - 1] + "…"
    more = value.length - len(value.items)
    if more:
        text += f", and {more} more" if shown else "…"
    elif value.kind == "tuple" and value.length == 1:
        text += ","
    return f"{opening}{text}{closing}"


def _short(value: object, width: int) -> str:
    # Python refuses to write very long numbers in decimal.
    text = hex(value) if type(value) is int and abs(value) >= _HUGE else repr(value)
    if len(text) <= width:
        return text
    return text[: max(width - 2, 8)] + "…" + (text[-1] if isinstance(value, bytes | str) else "")


def _on_one_line(text: str) -> str:
    """`text` with what would break a line, or steer a terminal, written as an escape."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def to_json(value: object) -> object:
    """A kept value in terms of JSON."""
    if isinstance(value, Label):
        return {"object": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, Cut):
        return {"cut": to_json(value.head), "length": value.length}
    if isinstance(value, Items):
        return {"items": [to_json(item) for item in value.items], "kind": value.kind, "length": value.length}
    if isinstance(value, Raised):
        return {"raised": value.kind, "text": value.text}
    if isinstance(value, Named):
        return {"named": value.name, "value": to_json(value.value)}
    if value is MISSING:
        return {"missing": True}
    if type(value) is float and not math.isfinite(value):
        return {"float": repr(value)}
    if type(value) is int and abs(value) >= _HUGE:
        return {"int": hex(value)}
    return value
