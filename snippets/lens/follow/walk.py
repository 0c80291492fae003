"""What a trace says of a walk down a tree of resources: who was asked for which segment, and what came of it."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.follow.stream import calls_inside, head, watched, with_inside
from snippets.lens.kept import Items, show
from snippets.lens.trace import Trace

_WITH_DEFAULT = "twisted.web.resource:Resource.getChildWithDefault"
TREE_POINTS = (
    "twisted.web.server:Request.process",
    "twisted.web.resource:getChildForRequest",
    _WITH_DEFAULT,
    "twisted.web.resource:Resource.getChild",
    "twisted.web.server:Request.render",
)
TREE_WATCH = {"twisted.web.server:Request": ["prepath", "postpath"]}
_ADVICE = "record(TREE_POINTS, watch=TREE_WATCH), both from snippets.lens.figures"


class Lookup(NamedTuple):
    """One step of a walk: the resource that was asked (its label), for which segment, and what it returned (its label).

    `by` is the class whose getChild was called, "" if none was; `found` is None if the call raised.
    """

    asked: str
    segment: bytes
    by: str
    found: str | None
    prepath: tuple[bytes, ...]
    postpath: tuple[bytes, ...]


class Walk(NamedTuple):
    """The walk of one request: where it began (a label), its steps, and what was left in `postpath` at the end."""

    root: str
    steps: tuple[Lookup, ...]
    left: tuple[bytes, ...]
    raised: str

    @property
    def found(self) -> str | None:
        """The resource that the request is handed to, by its label; None if a call raised."""
        if self.raised:
            return None
        return self.steps[-1].found if self.steps else self.root

    @property
    def before(self) -> tuple[bytes, ...]:
        """`postpath` before the first step."""
        return (*(step.segment for step in self.steps), *self.left)

    def __str__(self) -> str:
        """The walk as a table: a row a step."""
        rows = [("asked", "for", "by", "returned", "prepath", "postpath")]
        rows.append(("", "", "", self.root, "[]", as_list(self.before)))
        for step in self.steps:
            by = f"{step.by}.getChild" if step.by else "children"
            returned = self.raised if step.found is None else step.found
            rows.append((step.asked, repr(step.segment), by, returned, as_list(step.prepath), as_list(step.postpath)))
        wide = [max(len(row[column]) for row in rows) for column in range(5)]
        padded = ["  ".join([*map(str.ljust, row, wide), row[5]]).rstrip() for row in rows]
        return "\n".join(padded)


def as_list(segments: tuple[bytes, ...]) -> str:
    """Segments as Python shows a list of them."""
    return repr(list(segments))


def walks(trace: Trace) -> list[Walk]:
    """The walks in a trace, one a request, in the order of the requests.

    Args:
        trace: what was recorded with `record(TREE_POINTS, watch=TREE_WATCH)`; more points do no harm.

    Raises:
        LensError: there is no walk, or not what is needed to read it.
    """
    in_order = []
    for process, inside in with_inside(trace.events):
        if process.method == "process":
            # A request class may call the process of its base, and an answer may begin the next request.
            calls = list(takewhile(lambda call: call.method != "process", inside))
            search = next((place for place, call in enumerate(calls) if call.method == "getChildForRequest"), None)
            if search is not None:  # for `OPTIONS *` no resource is looked for
                in_order.append(_walk(process, calls, search))
    if not in_order:
        raise LensError(f"no walk was recorded: {_ADVICE}")
    return in_order


def _walk(process: Event, calls: Sequence[Event], place: int) -> Walk:
    """The walk among the `calls` that a request's process made: the call at `place` looks for the resource."""
    search, inside = calls[place], calls_inside(calls, place)
    prepath, left = _lists_given(process, calls[place + 1 + len(inside) :])
    lookups = [
        (call, lookup)
        for call, lookup in with_inside(inside)
        if call.depth == search.depth + 1 and call.method == "getChildWithDefault"
    ]
    segments = tuple(head(call.args[1]) for call, _ in lookups)
    if prepath.length != len(segments) or tuple(map(head, prepath.items)) != segments[: len(prepath.items)]:
        raise LensError("prepath is not what was asked for: a resource changed it, or is no subclass of Resource")
    steps = tuple(
        _step(call, lookup, segments[:number], segments[number:] + left)
        for number, (call, lookup) in enumerate(lookups, 1)
    )
    return Walk(show(search.args[0]), steps, left, show(search.raised) if search.raised else "")


def _lists_given(process: Event, later: Iterable[Event]) -> tuple[Items, tuple[bytes, ...]]:
    """`prepath`, and what was left in `postpath`, as the resource that was found was given them."""
    names = TREE_WATCH["twisted.web.server:Request"]
    # A resource may change its request while it renders: what counts is what it was given.
    render = next((call for call in later if call.method == "render" and "postpath" in call.point.watched), None)
    values = watched(render, names, _ADVICE) if render else watched(process, names, _ADVICE, after=True)
    prepath, postpath = (values[name] for name in names)
    if not isinstance(prepath, Items) or not isinstance(postpath, Items):
        raise LensError("prepath or postpath is no list: give the request the lists that Request.process makes")
    if len(postpath.items) < postpath.length:
        raise LensError(f"what was left in postpath was not kept whole: {show(postpath)}; send a shorter path")
    return prepath, tuple(map(head, postpath.items))


def _step(call: Event, inside: Sequence[Event], prepath: tuple[bytes, ...], postpath: tuple[bytes, ...]) -> Lookup:
    """What one call of getChildWithDefault came to, and what the paths were after it."""
    asked = next((each for each in inside if each.method == "getChild"), None)
    if not call.raised and asked is None and _WITH_DEFAULT not in [each.name for each in (call, *inside)]:
        raise LensError(f"{_class_of(call)}.getChildWithDefault finds the child itself: the trace can't say where")
    by = _class_of(asked) if asked else ""
    returned = None if call.raised else show(call.result)
    return Lookup(show(call.receiver), prepath[-1], by, returned, prepath, postpath)


def _class_of(event: Event) -> str:
    return event.name.partition(":")[2].rpartition(".")[0]
