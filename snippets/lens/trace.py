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
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Caller, Event, Point
from snippets.lens.kept import ATOMS, MISSING, Keeper, Named, Raised, to_json
from snippets.lens.names import Place, function_in, listed, locate, locate_class, mangled
from snippets.lens.patches import HIDDEN, Patches, changing, hidden, owners_of, replace_copies, rewrapped
from snippets.lens.tree import Shown


class Trace(Shown):
    """What was recorded: the calls, and the `points` at which they were recorded."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        # What was recorded, end to end: see `_calls`. A tuple a call would be simpler, but the garbage collector looks
        # at every tuple that is kept, so that each call would cost the more the longer the trace.
        self._raw: list = []
        self._active = False
        self._read: list[Event] = []
        self._read_from = 0  # the length of `_raw` when `_read` was made

    @property
    def events(self) -> list[Event]:
        """The recorded calls, thread by thread, each before the calls made inside it."""
        length = len(self._raw)
        if length != self._read_from:
            threads: dict[int, list[tuple]] = {}
            for call in self._calls():
                threads.setdefault(call[0][-1], []).append(call)
            ordered = [call for number in sorted(threads) for call in _calls_before_children(threads[number])]
            self._read, self._read_from = [self._event(*call) for call in ordered], length
        return self._read

    def _calls(self) -> Iterator[tuple]:
        """Site, arguments, result, and watched attributes before and after, in the order in which the calls ended."""
        raw, at = self._raw, 0
        while at < len(raw):
            first, end = at + 2, at + 2 + raw[at + 1]
            yield raw[at], tuple(raw[first:end]), *raw[end : end + 3]
            at = end + 3

    def _event(self, site: tuple, args: tuple, result: object, before: tuple, after: tuple) -> Event:
        number, depth, code, line, thread = site
        raised = result if isinstance(result, Raised) else None
        caller = Caller(code.co_qualname, code.co_filename, line or code.co_firstlineno) if code else _NOBODY
        return Event(
            self.points[number], depth, caller, args, None if raised else result, raised, before, after, thread
        )

    def __len__(self) -> int:
        return sum(1 for _ in self._calls())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self.to_json() == other.to_json()

    __hash__ = None

    def of(self, *names: str) -> list[Event]:
        """The events of the functions named; names as `locate` takes them, or a method alone ("lineReceived").

        Raises:
            LensError: a name is not found.
        """
        events = self.events
        known = {name for event in events for name in (event.name, event.method)}
        wanted = {name if name in known or name.isidentifier() else locate(name).name for name in names}
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


def _calls_before_children(ended: list[tuple]) -> list[tuple]:
    """Turn the order in which calls ended into the order in which they began.

    A call ends after the calls inside it, which are one deeper: so what is pending one deeper, belongs to it.
    """
    pending: dict[int, list[tuple]] = {}
    for call in ended:
        depth = call[0][1]
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
        LensError: a point or a watched class is not found, or a point is a setter. Nothing is recorded then.
    """
    places = [locate(name) for name in listed(points)]
    for place in places:
        if place.part == "fset":
            raise LensError(f"{place.name} can't be recorded: count its lines, or record what calls it")
    watched = [(locate_class(name), listed(attributes)) for name, attributes in (watch or {}).items()]
    trace = Trace()
    patches = Patches()
    try:
        with changing:
            _install(places, watched, trace, patches)
        trace._active = True
        yield trace
    finally:
        trace._active = False
        with changing:
            patches.undo()


def _install(places: list[Place], watched: list[tuple[type, tuple[str, ...]]], trace: Trace, patches: Patches) -> None:
    keeper, threads = Keeper(), _Threads(itertools.count())
    functions: dict[int, tuple[object, object]] = {}
    for place in places:
        for owner in owners_of(place):
            if patches.has(owner, place.attribute):
                continue
            raw = vars(owner)[place.attribute]
            watcher = _watcher(owner, watched, keeper)
            trace.points.append(_point(place, owner, raw, watcher))
            wrap = functools.partial(_wrapped, len(trace.points) - 1, trace, keeper, threads, watcher)
            new = rewrapped(raw, wrap)
            patches.put(owner, place.attribute, raw, new)
            if inspect.ismodule(owner):
                functions[id(raw)] = (raw, new)
    if functions:
        replace_copies(functions, patches)


def _point(place: Place, owner: object, raw: object, watcher: "_Watcher | None") -> Point:
    function = function_in(raw)
    code = function.__code__ if function else None
    is_class = inspect.isclass(owner)
    name = f"{owner.__module__}:{owner.__qualname__}.{place.attribute}" if is_class else place.name
    return Point(
        name,
        code.co_filename if code else "(no source)",
        code.co_firstlineno if code else 0,
        is_class and not isinstance(raw, staticmethod),
        watcher.names if watcher else (),
    )


class _Threads(threading.local):
    """How deep this thread is in recorded calls, and its number; `__init__` runs once in each thread that asks."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self.depth = 0
        self.number = next(numbers)


_ASIDE = -1


def _aside(threads: _Threads, function: Callable, argument: object) -> object:
    """Call `function`, and record nothing that it calls: the depth says so."""
    depth, threads.depth = threads.depth, _ASIDE
    try:
        return function(argument)
    finally:
        threads.depth = depth


class _Watcher(NamedTuple):
    """Reads the watched attributes of those objects that have any."""

    names: tuple[str, ...]
    has: Callable[[object], bool]
    read: Callable[[object], tuple]


def _watcher(owner: object, watched: list[tuple[type, tuple[str, ...]]], keeper: Keeper) -> _Watcher | None:
    """What to watch at the calls of the methods of `owner`: its objects may be of each class related to it."""
    if not inspect.isclass(owner):
        return None
    chosen = [(cls, names) for cls, names in watched if names and (cls in owner.__mro__ or owner in cls.__mro__)]
    readers = [(_instance_of(cls), len(names), _reader(cls, names, keeper.keep)) for cls, names in chosen]
    names = tuple(name for _, names in chosen for name in names)
    if len(readers) < 2:
        return _Watcher(names, readers[0][0], readers[0][2]) if readers else None

    def has(target: object) -> bool:
        return any(is_one(target) for is_one, _, _ in readers)

    def read(target: object) -> tuple:
        each = [reader(target) if is_one(target) else (MISSING,) * count for is_one, count, reader in readers]
        return tuple(itertools.chain.from_iterable(each))

    return _Watcher(names, has, read)


def _instance_of(cls: type) -> Callable[[object], bool]:
    """`isinstance`, without asking the class or the object: a `typing.Protocol` refuses, and a proxy lies."""
    inherits = type.__subclasscheck__
    return lambda target: inherits(cls, type(target))


def _reader(cls: type, names: tuple[str, ...], keep: Callable[[object], object]) -> Callable[[object], tuple]:
    paths = [mangled(cls.__name__, name) for name in names]
    getters = [attrgetter(path) for path in paths]
    together = attrgetter(*paths)
    single = len(paths) == 1

    def one(getter: Callable[[object], object], target: object) -> object:
        try:
            return keep(getter(target))
        except Exception:
            return MISSING

    def read(target: object) -> tuple:
        try:
            values = (together(target),) if single else together(target)
            return tuple([value if type(value) in ATOMS else keep(value) for value in values])
        except Exception:
            return tuple([one(getter, target) for getter in getters])

    return read


_NOBODY = Caller("", "", 0)


def _wrapped(
    number: int, trace: Trace, keeper: Keeper, threads: _Threads, watcher: _Watcher | None, function: Callable
) -> Callable:
    """`function`, recording each call while `trace` is active, when it ends."""
    keep, extend, frame_of, aside = keeper.keep, trace._raw.extend, sys._getframe, functools.partial(_aside, threads)
    _, has, read = watcher or ((), None, None)
    # What many calls have in common is kept once: the function, and from where and how deep it was called.
    sites: dict[int | None, tuple[int, int, CodeType | None, int | None, int]] = {}

    @hidden
    @functools.wraps(function)
    def recorded(*args: object, **kwargs: object) -> object:
        if not trace._active or (depth := threads.depth) < 0:
            return function(*args, **kwargs)
        try:
            frame = frame_of(1)
            while (code := frame.f_code).co_filename is HIDDEN:
                frame = frame.f_back
            line = frame.f_lineno
        except (ValueError, AttributeError):  # no Python function called this one
            code, line = None, 0
        thread = threads.number
        site = sites.get(line)
        if site is None or site[1] != depth or site[2] is not code or site[4] != thread:
            site = sites[line] = (number, depth, code, line, thread)
        kept = tuple([keep(arg) for arg in args])
        if kwargs:
            kept += tuple([Named(name, keep(value)) for name, value in kwargs.items()])
        watching = has is not None and args and has(args[0])
        before = after = aside(read, args[0]) if watching else ()
        threads.depth = depth + 1
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            threads.depth = depth
            if watching:
                after = aside(read, args[0])
            extend([site, len(kept), *kept, aside(_raised, error), before, after])
            raise
        threads.depth = depth
        if watching:
            after = aside(read, args[0])
        extend([site, len(kept), *kept, keep(result), before, after])
        return result

    return recorded


def _raised(error: BaseException) -> Raised:
    try:
        return Raised(type(error).__name__, str(error)[:200])
    except Exception:
        return Raised(type(error).__name__, "")
