"""Records the calls of chosen functions while a block runs."""

import functools
import inspect
import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from types import CodeType
from typing import Any, NamedTuple, TypeVar

from snippets.lens.errors import LensError
from snippets.lens.event import Caller, Event, Point
from snippets.lens.kept import MISSING, Keeper, Named, Raised, raised, to_json
from snippets.lens.names import Place, function_in, listed, locate, locate_class, mangled
from snippets.lens.patches import HIDDEN, LOCK, Patches, hide, owners_of, replace_copies, rewrap
from snippets.lens.tree import Shown


class Trace(Shown):
    """What was recorded: the calls, and the `points` at which they were recorded."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        # What was recorded, end to end: see `_calls`. A tuple a call would be simpler, but the garbage collector looks
        # at every tuple that is kept, so that each call would cost the more the longer the trace.
        self._raw: list = []
        self._active = False
        # How long `_raw` was, and the events in it then. One tuple: another thread may look at them too.
        self._last_look: tuple[int, list[Event]] = (0, [])

    @property
    def events(self) -> list[Event]:
        """The recorded calls, thread by thread, each before the calls made inside it; the same list until one more
        call has ended."""
        length, events = self._last_look
        if length != len(self._raw):
            length = len(self._raw)
            threads: dict[int, list[_Call]] = {}
            for call in self._calls():
                threads.setdefault(call.site.thread, []).append(call)
            ordered = [call for number in sorted(threads) for call in _calls_before_children(threads[number])]
            events = [self._event(call) for call in ordered]
            self._last_look = length, events
        return events

    def _calls(self) -> "Iterator[_Call]":
        """The calls in the order in which they ended."""
        raw, at = self._raw, 0
        while at < len(raw):
            first, end = at + 2, at + 2 + raw[at + 1]
            yield _Call(raw[at], tuple(raw[first:end]), *raw[end : end + 3])
            at = end + 3

    def _event(self, call: "_Call") -> Event:
        number, depth, code, line, thread = call.site
        raised = call.result if isinstance(call.result, Raised) else None
        result = None if raised else call.result
        caller = Caller(code.co_qualname, code.co_filename, line or code.co_firstlineno) if code else Caller("", "", 0)
        return Event(self.points[number], depth, caller, call.args, result, raised, call.before, call.after, thread)

    def __len__(self) -> int:
        return sum(1 for _ in self._calls())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self.to_json() == other.to_json()

    def of(self, *names: str) -> list[Event]:
        """The events of the functions named; names as `locate` takes them, or a method alone ("lineReceived").

        Raises:
            LensError: a name is not found.
        """
        events = self.events
        known = {name for event in events for name in (event.name, event.method)}
        wanted = {name if name in known or str(name).isidentifier() else locate(name).name for name in names}
        return [event for event in events if event.name in wanted or event.method in wanted]

    def to_json(self) -> str:
        """The trace as JSON text, one list a call."""
        events = self.events
        points = list(dict.fromkeys(event.point for event in events))
        number = {point: index for index, point in enumerate(points)}
        rows = [
            [number[event.point], event.depth, list(event.caller), *map(_json_field, event[3:8]), event.thread]
            for event in events
        ]
        return json.dumps({"format": 1, "points": points, "events": rows}, indent=None, separators=(",", ":"))


def _json_field(value: object) -> object:
    if type(value) is tuple:
        return [to_json(item) for item in value]
    return to_json(value)


class _Site(NamedTuple):
    """What many calls have in common: the number of the point, how deep, and from where it was called."""

    point: int
    depth: int
    code: CodeType | None  # None: no Python function called
    line: int | None
    thread: int


class _Call(NamedTuple):
    """A call as it was recorded; a `Raised` for a result if it raised."""

    site: _Site
    args: tuple
    result: object
    before: tuple
    after: tuple


def _calls_before_children(ended: list[_Call]) -> list[_Call]:
    """Turn the order in which calls ended into the order in which they began.

    A call ends after the calls inside it, which are one deeper: so what is pending one deeper, belongs to it.
    """
    pending: dict[int, list[_Call]] = {}
    for call in ended:
        depth = call.site.depth
        pending.setdefault(depth, []).extend([call, *pending.pop(depth + 1, [])])
    # What is left deeper down belongs to calls that have not ended.
    return [call for depth in sorted(pending) for call in pending[depth]]


@contextmanager
def record(points: Iterable[str], watch: Mapping[str, Iterable[str]] | None = None) -> Iterator[Trace]:
    """Record the calls of some functions while the block runs.

    A method is recorded in its class and in every subclass that overrides it; a function under every name that a
    loaded module has for it. A bound method stored before the block begins is missed: enter it before feeding bytes.
    So is a method of a class made inside the block. Blocks may stand inside one another, and in several threads.
    What is recorded runs as it would without: it can tell only by its tracebacks, and by how deep the stack is.

    Args:
        points: names of functions, as `snippets.lens.names.locate` takes them.
        watch: class name -> attributes to look at before and after each recorded call of one of its methods;
            private names ("__header") as the class itself writes them, dots allowed ("transport.disconnecting").
            An attribute that is not there, or whose getter raises, shows as "-"; what a getter calls is not recorded.

    Yields:
        the `Trace`, which fills while the block runs.

    Raises:
        LensError: a point or a watched class is not found, a point is a setter, or what is to be watched is no name.
            Nothing is recorded then.
    """
    places = [locate(name) for name in listed(points)]
    for place in places:
        if place.part == "fset":
            raise LensError(f"{place.name} can't be recorded: count its lines, or record what calls it")
    watched = watched_classes(watch or {})
    trace = Trace()
    patches = Patches()
    try:
        with LOCK:
            _install(places, watched, trace, patches)
        trace._active = True
        yield trace
    finally:
        trace._active = False
        with LOCK:
            patches.undo()


_Watched = list[tuple[type, tuple[str, ...]]]  # classes, and the attributes to look at in their objects


def watched_classes(watch: Mapping[str, Iterable[str]]) -> _Watched:
    """The classes to watch, and the attributes of each.

    Raises:
        LensError: a class is not found, or what is to be watched is no name.
    """
    if not isinstance(watch, Mapping):
        raise LensError('say what to watch by class, as in watch={"HTTPChannel": ["line_mode"]}')
    watched = [(locate_class(name), listed(attributes)) for name, attributes in watch.items()]
    for cls, attributes in watched:
        for name in attributes:
            if not isinstance(name, str) or not all(part.isidentifier() for part in name.split(".")):
                raise LensError(f"{name!r} is no attribute of {cls.__name__}: say its name, as in 'line_mode'")
    return watched


def _install(places: list[Place], watched: _Watched, trace: Trace, patches: Patches) -> None:
    keeper, threads = Keeper(), _Threads(itertools.count())
    functions: dict[int, tuple[object, object]] = {}
    for place in places:
        for owner in owners_of(place):
            if patches.has(owner, place.attribute):
                continue
            raw = vars(owner)[place.attribute]
            watch = _watch_at(owner, watched, keeper.keep)
            trace.points.append(_point(place, owner, raw, watch.names))
            new = rewrap(raw, functools.partial(_wrap, len(trace.points) - 1, trace, keeper, threads, watch))
            patches.put(owner, place.attribute, raw, new)
            if inspect.ismodule(owner):
                functions[id(raw)] = (raw, new)
    if functions:
        replace_copies(functions, patches)


def _point(place: Place, owner: object, raw: object, watched: tuple[str, ...]) -> Point:
    function = function_in(raw)
    file, line = (function.__code__.co_filename, function.__code__.co_firstlineno) if function else ("(no source)", 0)
    if not inspect.isclass(owner):
        return Point(place.name, file, line, False, watched)
    name = f"{owner.__module__}:{owner.__qualname__}.{place.attribute}"
    return Point(name, file, line, not isinstance(raw, staticmethod), watched)


class _Threads(threading.local):
    """How deep this thread is in recorded calls, and its number; `__init__` runs once in each thread that asks."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self.depth = 0
        self.number = next(numbers)


_ASIDE = -1

_T = TypeVar("_T")


def _aside(threads: _Threads, function: Callable[[Any], _T], argument: object) -> _T:
    """Call `function`, and record nothing that it calls: the depth says so."""
    depth, threads.depth = threads.depth, _ASIDE
    try:
        return function(argument)
    finally:
        threads.depth = depth


class _Watch(NamedTuple):
    """The attributes to look at when a point is called, and what reads them: nothing, from an object that is not of a
    watched class."""

    names: tuple[str, ...]
    read: Callable[[object], tuple]


def _watch_at(owner: object, watched: _Watched, keep: Callable[[object], object]) -> _Watch:
    """What to watch at the calls of the methods of `owner`: its objects may be of each class related to it."""
    related = [(cls, names) for cls, names in watched if _are_related(owner, cls)]
    getters = [(cls, [attrgetter(mangled(cls.__name__, name)) for name in names]) for cls, names in related]
    # Not `isinstance`, which asks the class and the object: a `typing.Protocol` refuses, and a proxy lies.
    inherits = type.__subclasscheck__

    def read(target: object) -> tuple:
        values: list[object] = []
        is_watched = False
        for cls, of_class in getters:
            if not inherits(cls, type(target)):
                values += [MISSING] * len(of_class)
                continue
            is_watched = True
            for getter in of_class:
                # One `attrgetter` for all of them is no faster: four attributes took 0.75 us so, and take 0.67.
                try:
                    values.append(keep(getter(target)))
                except Exception:
                    values.append(MISSING)
        return tuple(values) if is_watched else ()

    return _Watch(tuple(name for _, names in related for name in names), read)


def _are_related(owner: object, cls: type) -> bool:
    return inspect.isclass(owner) and (cls in owner.__mro__ or owner in cls.__mro__)


def _wrap(
    number: int, trace: Trace, keeper: Keeper, threads: _Threads, watch: _Watch, function: Callable
) -> Callable[..., object]:
    """`function`, recording each call while `trace` is active, when it ends."""
    keep, extend, frame_of, aside = keeper.keep, trace._raw.extend, sys._getframe, functools.partial(_aside, threads)
    watches, read = bool(watch.names), watch.read
    sites: dict[int | None, _Site] = {}  # the last one of each line: most calls find theirs

    @functools.wraps(function)
    @hide
    def recorder(*args: object, **kwargs: object) -> object:
        if not trace._active or (depth := threads.depth) < 0:
            return function(*args, **kwargs)
        code: CodeType | None
        line: int | None
        try:
            frame = frame_of(1)
            while (code := frame.f_code).co_filename is HIDDEN:
                frame = frame.f_back  # type: ignore[assignment]
            line = frame.f_lineno
        except (ValueError, AttributeError):  # no Python function called this one
            code, line = None, 0
        thread = threads.number
        site = sites.get(line)
        if site is None or site.depth != depth or site.code is not code or site.thread != thread:
            site = sites[line] = _Site(number, depth, code, line, thread)
        kept = [keep(arg) for arg in args]
        if kwargs:
            kept += [Named(name, keep(value)) for name, value in kwargs.items()]
        watching = watches and args
        before = after = aside(read, args[0]) if watching else ()
        threads.depth = depth + 1
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            threads.depth = depth
            if watching:
                after = aside(read, args[0])
            extend([site, len(kept), *kept, aside(raised, error), before, after])
            raise
        threads.depth = depth
        if watching:
            after = aside(read, args[0])
        extend([site, len(kept), *kept, keep(result), before, after])
        return result

    return recorder
