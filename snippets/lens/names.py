"""Names of functions in Twisted: from what a reader types to the one function meant."""

import difflib
import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import NamedTuple, TypeAlias, TypeVar

from twisted.python.components import _ProxyDescriptor

from snippets.lens.errors import LensError
from snippets.lens.path import PATH
from snippets.lens.release import FOLDER, NO_NOTES

# Where a short name is looked for: the modules that the book annotates (where its annotations are installed), those of
# the path, and three whose functions its cells name.
_ALSO = {"twisted.web.http_headers", "twisted.internet.task", "twisted.internet.defer"}
MODULES = tuple(
    sorted({*(file.stem for file in FOLDER.glob("*.md")), *(step.name.partition(":")[0] for step in PATH), *_ALSO})
)

Owner: TypeAlias = type | ModuleType
_Meant = TypeVar("_Meant")


class Place(NamedTuple):
    """Where a function lives: `owner` (a class or a module) holds it in its own `__dict__` as `attribute`.

    If that is a property, `part` says which of its functions is meant: "fget", or "fset" for its setter.
    """

    name: str
    owner: Owner
    attribute: str
    part: str = "fget"

    @property
    def raw(self) -> object:
        """The entry itself, with its staticmethod, classmethod or property wrapper."""
        return vars(self.owner)[self.attribute]

    @property
    def function(self) -> FunctionType | None:
        """The function as it is written in a file, without its decorators; None behind a proxy, which has no code."""
        return function_in(self.raw, self.part)


def listed(names: Iterable[str]) -> tuple[str, ...]:
    """The names in a list of them.

    Raises:
        LensError: it is one name by itself.
    """
    if isinstance(names, str):
        raise LensError(f"names come in a list: write [{names!r}]")
    return tuple(names)


def mangled(class_name: str, name: str) -> str:
    """The attribute as Python stores it: `__header` of HTTPChannel is `_HTTPChannel__header`.

    (Python's language reference, "Identifiers (Names)".) Of a dotted name only the first part is the class's own.
    """
    first = name.partition(".")[0]
    holder = class_name.lstrip("_")
    return f"_{holder}{name}" if holder and first.startswith("__") and not first.endswith("__") else name


def function_in(entry: object, part: str = "fget") -> FunctionType | None:
    """The function in an entry of a class or a module, under all that decorates it; None if there is none."""
    if isinstance(entry, property):
        entry = getattr(entry, part)
    elif isinstance(entry, staticmethod | classmethod):
        entry = entry.__func__
    if not inspect.isfunction(entry):
        return None
    return inspect.unwrap(entry, stop=lambda outer: not inspect.isfunction(vars(outer)["__wrapped__"]))


def can_be_recorded(entry: object) -> bool:
    """Is this entry of a class or a module a function, a property, or a method that a proxy looks up elsewhere?"""
    return function_in(entry) is not None or isinstance(entry, _ProxyDescriptor)


def locate(name: str) -> Place:
    """Find the function that `name` means.

    Args:
        name: "twisted.web.http:HTTPChannel.lineReceived", the same with a dot for the colon,
            "http.HTTPChannel.lineReceived", or "HTTPChannel.lineReceived" where only one module has it. The reader's
            own: "mymodule:MyPage.render_GET", as it would be imported. The name of a property means its getter; with
            ".setter" after it, its setter.

    Raises:
        LensError: no function, or more than one, has that name.
    """
    holders = list(_holders(name))
    entries = [vars(owner)[attribute] for owner, attribute in holders]
    places = [_canonical(*holder) for holder, entry in zip(holders, entries, strict=True) if can_be_recorded(entry)]
    if places:
        return _only(name, {place.name: place for place in places})
    if not entries and name.endswith(".setter"):
        return _setter(locate(name.removesuffix(".setter")))
    if entries:
        raise LensError(_not_a_function(name, entries[0]))
    raise LensError(f"there is no function called {name!r}{_suggestion(name)}")


def _setter(place: Place) -> Place:
    if not isinstance(place.raw, property) or function_in(place.raw, "fset") is None:
        raise LensError(f"{place.name} is no property with a setter written in Python")
    return place._replace(name=f"{place.name}.setter", part="fset")


def locate_class(name: str) -> type:
    """Find the class that `name` means, written as for `locate`.

    Raises:
        LensError: no class, or more than one, has that name.
    """
    entries = [vars(owner)[attribute] for owner, attribute in _holders(name)]
    classes = {f"{cls.__module__}:{cls.__qualname__}": cls for cls in entries if inspect.isclass(cls)}
    if not classes:
        raise LensError(f"there is no class called {name!r}; say its module too, as in twisted.web.http:HTTPChannel")
    return _only(name, classes)


def _only(name: str, meant: dict[str, _Meant]) -> _Meant:
    if len(meant) > 1:
        raise LensError(f"{name} stands in more than one module: say {' or '.join(meant)}")
    return next(iter(meant.values()))


def _holders(name: str) -> Iterator[tuple[Owner, str]]:
    """Every class or module, with the name of an entry in it, that `name` may stand for."""
    if not isinstance(name, str):
        raise LensError(f"say the name as text, as in 'HTTPChannel.lineReceived', not as {type(name).__name__}")
    for module, qualname in _candidates(name):
        if holder := _in_module(module, qualname):
            yield holder


def _candidates(name: str) -> list[tuple[str, str]]:
    """Every module and name inside it that `name` may stand for."""
    if ":" in name:
        module, _, qualname = name.partition(":")
        return [(module, qualname)]
    first, *rest = parts = name.split(".")
    if first in ("twisted", "snippets"):
        return [(".".join(parts[:cut]), ".".join(parts[cut:])) for cut in range(1, len(parts))]
    short = {module.rpartition(".")[2]: module for module in MODULES}
    if first in short and rest:
        return [(short[first], ".".join(rest))]
    return [(module, name) for module in _that_run_here()]


def _in_module(module: str, qualname: str) -> tuple[Owner, str] | None:
    """Where `qualname` of `module` stands, followed to the class that defines it; None if it is not there."""
    scope: Owner | None = _imported(module)
    *path, attribute = qualname.split(".")
    for part in path:
        owner = _owner(scope, part)
        scope = None if owner is None else vars(owner)[part]
        if not inspect.isclass(scope):
            return None
    owner = _owner(scope, attribute)
    return None if owner is None else (owner, attribute)


def _imported(module: str) -> ModuleType | None:
    """The module of that name; None if there is none."""
    if not all(part.isidentifier() for part in module.split(".")):
        return None
    try:
        return importlib.import_module(module)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
            return None
        raise LensError(f"{module} can't be imported: {type(error).__name__}: {error}") from error


def _that_run_here() -> Iterator[str]:
    """The modules of the book but for those that this system can't run: no epoll here, or no h2 installed."""
    for module in MODULES:
        try:
            importlib.import_module(module)
        except ImportError:
            continue
        yield module


def _owner(scope: Owner | None, attribute: str) -> Owner | None:
    """The class or the module that has `attribute` in its own `__dict__`; None if there is none."""
    owners = scope.__mro__ if inspect.isclass(scope) else [scope]
    return next((owner for owner in owners if attribute in getattr(owner, "__dict__", ())), None)


def _canonical(owner: Owner, attribute: str) -> Place:
    """The place named by the module that defines it, so that a re-export has the same name as the original."""
    if inspect.isclass(owner):
        return Place(f"{owner.__module__}:{owner.__qualname__}.{attribute}", owner, attribute)
    entry = vars(owner)[attribute]
    home, name = sys.modules.get(getattr(entry, "__module__", "")), getattr(entry, "__name__", attribute)
    if home is not None and vars(home).get(name) is entry:
        owner, attribute = home, name
    return Place(f"{owner.__name__}:{attribute}", owner, attribute)


def _not_a_function(name: str, entry: object) -> str:
    if not inspect.isclass(entry):
        return f"{name} is no function written in Python: its type is {type(entry).__name__}"
    methods = [attribute for attribute, value in vars(entry).items() if can_be_recorded(value)]
    return f"{name} is a class: say which of its methods" + (f", as in {name}.{methods[0]}" if methods else "")


def complete(start: str = "") -> list[str]:
    """The short names of all functions in the book's modules that begin with `start`, without regard to case."""
    return sorted({name for name in _all_short_names() if name.lower().startswith(start.lower())})


def _all_short_names() -> list[str]:
    names = []
    for module in _that_run_here():
        for name, value in vars(sys.modules[module]).items():
            if getattr(value, "__module__", None) != module:
                continue
            if inspect.isfunction(value):
                names.append(name)
            elif inspect.isclass(value):
                names += [f"{name}.{attribute}" for attribute, entry in vars(value).items() if can_be_recorded(entry)]
    return names


def _suggestion(name: str) -> str:
    if not FOLDER.is_dir():
        return f"; {NO_NOTES}, or say its module too, as in twisted.web.http:HTTPChannel.lineReceived"
    wanted = name.partition(":")[2] or name
    names = list(dict.fromkeys(_all_short_names()))
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    if not near:
        last = wanted.rpartition(".")[2]
        near = sorted({candidate for candidate in names if candidate.rpartition(".")[2] == last})[:3]
    return f"; did you mean {' or '.join(near)}?" if near else ""
