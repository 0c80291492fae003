"""Records the calls of chosen functions while a block runs, and puts everything back."""

import functools
import inspect
import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from types import CodeType, FunctionType
from typing import NamedTuple

from twisted.python.components import _ProxyDescriptor

from snippets.lens.errors import LensError
from snippets.lens.kept import ATOMS, MISSING, Keeper, Named, Raised, from_json, same, to_json
from snippets.lens.names import Place, can_be_recorded, function_in, listed, locate, locate_class, mangled


class Caller(NamedTuple):
    """The line that made a call; empty if no Python function did, as for the first call in a thread."""

    function: str
    file: str
    line: int


class Point(NamedTuple):
    """A function that was recorded: its full name, where it stands, and the attributes watched at its calls."""

    name: str
    file: str
    line: int
    bound: bool
    watched: tuple[str, ...]

    @property
    def where(self) -> str:
        """File name and line, as in "http.py:2360"; what a proxy looks up elsewhere stands in no file."""
        if not self.line:
            return self.file
        if "ipykernel_" in self.file:  # Jupyter gives each cell a file of its own, whose name is a number
            return f"your cell:{self.line}"
        return f"{self.file.replace(chr(92), '/').rpartition('/')[2]}:{self.line}"


class Event(NamedTuple):
    """One recorded call.

    A call that has not ended is no event yet. `depth` counts the recorded calls around it; `args` begins with the
    object, for a method; `result` is None if the call raised, and then `raised` says what; `before` and `after` are
    the watched attributes, in the order of `point.watched`, empty where nothing was watched. `thread` is 0 for the
    thread that entered `record`; others are numbered as they come.
    """

    point: Point
    depth: int
    caller: Caller
    args: tuple
    result: object
    raised: Raised | None
    before: tuple
    after: tuple
    thread: int

    @property
    def name(self) -> str:
        return self.point.name

    @property
    def method(self) -> str:
        """The last part of the name: what was called, without where it is defined."""
        return self.name.partition(":")[2].rpartition(".")[2]

    @property
    def receiver(self) -> object:
        """The object whose method was called (its label), or None for a plain function."""
        return self.args[0] if self.point.bound and self.args else None

    @property
    def changes(self) -> dict[str, tuple[object, object]]:
        """The watched attributes that the call changed, as far as they were kept: name -> (before, after)."""
        pairs = zip(self.point.watched, self.before, self.after, strict=False)
        return {name: (old, new) for name, old, new in pairs if not same(old, new)}


class Trace:
    """What was recorded. `events` lists the calls, thread by thread, in the order in which they began."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        # What was recorded, end to end: see `_calls`. A tuple a call would be simpler, but the garbage collector looks
        # at every tuple that is kept, so that each call would cost the more the longer the trace.
        self._raw: list = []
        self._active = False
        self._loaded: list[Event] | None = None

    @property
    def events(self) -> list[Event]:
        """The recorded calls, each before the calls made inside it."""
        if self._loaded is not None:
            return self._loaded
        threads: dict[int, list[tuple]] = {}
        for call in self._calls():
            threads.setdefault(call[0][-1], []).append(call)
        ordered = [call for number in sorted(threads) for call in _calls_before_children(threads[number])]
        return [self._event(*call) for call in ordered]

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
        return sum(1 for _ in self._calls()) if self._loaded is None else len(self._loaded)

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
        """The trace as JSON text, one list a call; `Trace.from_json` reads it back."""
        events = self.events
        points = list(dict.fromkeys(event.point for event in events))
        number = {point: index for index, point in enumerate(points)}
        rows = [
            [number[event.point], event.depth, list(event.caller), *map(_json_field, event[3:8]), event.thread]
            for event in events
        ]
        return json.dumps({"format": 1, "points": points, "events": rows}, indent=None, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Trace":
        """The trace that `to_json` wrote.

        Raises:
            LensError: `text` is not such a trace.
        """
        trace = cls()
        try:
            data = json.loads(text)
            if data["format"] != 1:
                raise ValueError(f"its format is {data['format']!r:.20}, not 1")
            trace.points = [_point_from_json(row) for row in data["points"]]
            trace._loaded = [_event_from_json(trace.points, row) for row in data["events"]]
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise LensError(f"this is not a trace written by to_json: {type(error).__name__}: {error}") from error
        return trace

    def __str__(self) -> str:
        from snippets.lens.tree import as_text

        return as_text(self)

    def __rich__(self) -> object:
        from snippets.lens.tree import as_tree

        return as_tree(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from snippets.lens.tree import as_html, as_text

        return {"text/html": as_html(self), "text/plain": as_text(self)}


def _json_field(value: object) -> object:
    if type(value) is tuple:
        return [to_json(item) for item in value]
    return to_json(value)


def _point_from_json(row: list) -> Point:
    name, file, line, bound, watched = row
    _must_be(str, name, file, *watched)
    _must_be(int, line)
    _must_be(bool, bound)
    return Point(name, file, line, bound, tuple(watched))


def _event_from_json(points: list[Point], row: list) -> Event:
    number, depth, (function, file, line), args, result, raised, before, after, thread = row
    _must_be(int, number, depth, line, thread)
    _must_be(str, function, file)
    _must_be(list, args, before, after)
    fault = from_json(raised)
    if min(number, depth, thread) < 0 or not isinstance(fault, Raised | None):
        raise ValueError("a call is not as a recording leaves it")
    return Event(
        points[number],
        depth,
        Caller(function, file, line),
        tuple(map(from_json, args)),
        from_json(result),
        fault,
        tuple(map(from_json, before)),
        tuple(map(from_json, after)),
        thread,
    )


def _must_be(kind: type, *values: object) -> None:
    for value in values:
        if type(value) is not kind:
            raise TypeError(f"{value!r:.40} stands where {kind.__name__} belongs")


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
    patches = _Patches()
    try:
        with _changing:
            _install(places, watched, trace, patches)
        trace._active = True
        yield trace
    finally:
        trace._active = False
        with _changing:
            patches.undo()


_changing = threading.RLock()  # held while functions are replaced or put back
_in_place: "list[_Patches]" = []


class _Patches:
    """What was replaced, so that it can be put back."""

    def __init__(self) -> None:
        self._done: dict[tuple[int, str], tuple[object, object, object]] = {}
        _in_place.append(self)

    def has(self, owner: object, attribute: str) -> bool:
        return (id(owner), attribute) in self._done

    def put(self, owner: object, attribute: str, old: object, new: object) -> None:
        setattr(owner, attribute, new)
        self._done[id(owner), attribute] = (owner, old, new)

    def undo(self) -> None:
        _in_place.remove(self)
        for (key, attribute), (owner, old, new) in self._done.items():
            # If the block itself replaced it, that replacement would be there without the recording too.
            if vars(owner).get(attribute) is new:
                setattr(owner, attribute, old)
            for others in _in_place:
                others._inherit((key, attribute), new, old)

    def _inherit(self, key: tuple[int, str], gone: object, old: object) -> None:
        """Put `old` back in the end, and not `gone`: a recording that began before this one has ended before it."""
        owner, mine, new = self._done.get(key, (None, None, None))
        if owner is not None and mine is gone:
            self._done[key] = (owner, old, new)


def _install(places: list[Place], watched: list[tuple[type, tuple[str, ...]]], trace: Trace, patches: _Patches) -> None:
    keeper, threads = Keeper(), _Threads(itertools.count())
    functions: dict[int, tuple[object, object]] = {}
    for place in places:
        for owner in _with_overriding(place):
            if patches.has(owner, place.attribute):
                continue
            raw = vars(owner)[place.attribute]
            watcher = _watcher(owner, watched, keeper)
            trace.points.append(_point(place, owner, raw, watcher))
            wrap = functools.partial(_wrapped, len(trace.points) - 1, trace, keeper, threads, watcher)
            new = _rewrapped(raw, wrap)
            patches.put(owner, place.attribute, raw, new)
            if inspect.ismodule(owner):
                functions[id(raw)] = (raw, new)
    if functions:
        _replace_copies(functions, patches)


def _with_overriding(place: Place) -> list[object]:
    """The owner, and every subclass of it that overrides the method, and not with something that is none."""
    owners = [place.owner]
    if inspect.isclass(place.owner):
        waiting = list(type.__subclasses__(place.owner))
        while waiting:
            cls = waiting.pop(0)
            if cls not in owners:
                waiting += type.__subclasses__(cls)
                owners += [cls] * can_be_recorded(vars(cls).get(place.attribute))
    return owners


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


def _rewrapped(raw: object, wrap: Callable[[Callable], Callable]) -> object:
    """`raw` with the function inside it recorded, and the same kind of thing as before around it."""
    if isinstance(raw, staticmethod | classmethod):
        return type(raw)(wrap(raw.__func__))
    if isinstance(raw, property):
        return raw.getter(wrap(raw.fget))
    if isinstance(raw, FunctionType):
        return wrap(raw)
    return _Proxied(raw, wrap)


class _Proxied(_ProxyDescriptor):
    """Stands for a descriptor of `proxyForInterface`, which looks its method up in another object."""

    def __init__(self, original: _ProxyDescriptor, wrap: Callable[[Callable], Callable]) -> None:
        super().__init__(original.attributeName, original.originalAttribute)
        self._original = original
        self._wrap = wrap

    def __get__(self, instance: object, owner: type | None = None) -> object:
        found = self._original.__get__(instance, owner)
        if instance is None:
            return self._wrap(found)
        if not callable(found):
            return found
        # The event's first argument is the proxy: that is the object whose method was called.
        return functools.partial(self._wrap(_dropping_first(found)), instance)


def _dropping_first(function: Callable) -> Callable:
    @_hidden
    @functools.wraps(function)
    def called(_: object, /, *args: object, **kwargs: object) -> object:
        return function(*args, **kwargs)

    return called


# The module `warnings` passes over frames of files with such names: a warning that Twisted gives its caller must not
# point here instead.
_HIDDEN = f"{__file__} (as importlib._bootstrap)"


def _hidden(function: FunctionType) -> FunctionType:
    """`function`, whose frames are not taken for those of a caller."""
    function.__code__ = _hidden_code(function.__code__)
    return function


@functools.cache
def _hidden_code(code: CodeType) -> CodeType:
    return code.replace(co_filename=_HIDDEN)


def _replace_copies(functions: dict[int, tuple[object, object]], patches: _Patches) -> None:
    """Replace each function under the names that other modules imported it by."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            old, new = functions.get(id(value), (None, None))
            if old is value and old is not None:
                patches.put(module, name, old, new)


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

    @_hidden
    @functools.wraps(function)
    def recorded(*args: object, **kwargs: object) -> object:
        if not trace._active or (depth := threads.depth) < 0:
            return function(*args, **kwargs)
        try:
            frame = frame_of(1)
            while (code := frame.f_code).co_filename is _HIDDEN:
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
