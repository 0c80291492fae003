"""Short names of functions that stay different from one another."""

from collections import Counter
from collections.abc import Callable, Iterable


def _method(name: str) -> str:
    return name.partition(":")[2].rpartition(".")[2]


def _qualname(name: str) -> str:
    return name.partition(":")[2]


def _with_module(name: str) -> str:
    module, _, qualname = name.partition(":")
    return f"{module.rpartition('.')[2]}.{qualname}"


def short_names(names: Iterable[str], classes: bool = False) -> dict[str, str]:
    """Full name ("module:Class.method") -> the shortest form that no other of the names has.

    The forms are the method alone (not if `classes`), with its class, and with class and module.
    """
    wanted = list(dict.fromkeys(names))
    forms: tuple[Callable[[str], str], ...] = (_method, _qualname, _with_module)[classes:]
    taken = [(form, Counter(map(form, wanted))) for form in forms]
    return {
        name: next((form(name) for form, count in taken if count[form(name)] == 1), _with_module(name))
        for name in wanted
    }
