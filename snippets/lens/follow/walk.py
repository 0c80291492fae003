"""What a trace says of a walk down a tree of resources: who was asked for which segment, and what came of it."""

from itertools import takewhile
from typing import NamedTuple

from snippets.lens.errors import LensError
from snippets.lens.event import Event
from snippets.lens.kept import Cut, Items, show
from snippets.lens.trace import Trace

LOOK_UP = "twisted.web.resource:Resource.getChildWithDefault"
TREE_POINTS = (
    "twisted.web.server:Request.process",
    "twisted.web.resource:getChildForRequest",
    LOOK_UP,
    "twisted.web.resource:Resource.getChild",
    "twisted.web.server:Request.render",
)
TREE_WATCH = {"twisted.web.server:Request": ["prepath", "postpath"]}


class Step(NamedTuple):
    """One step: the resource that was asked (its label), for which segment, and what it returned (its label).

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
    steps: tuple[Step, ...]
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
        rows.append(("", "", "", self.root, "[]", listed(self.before)))
        for step in self.steps:
            by = f"{step.by}.getChild" if step.by else "children"
            found = self.raised if step.found is None else step.found
            rows.append((step.asked, repr(step.segment), by, found, listed(step.prepath), listed(step.postpath)))
        wide = [max(len(row[column]) for row in rows) for column in range(5)]
        padded = ["  ".join([*map(str.ljust, row, wide), row[5]]).rstrip() for row in rows]
        return "\n".join(padded)


def listed(segments: tuple[bytes, ...]) -> str:
    """Segments as Python shows a list of them."""
    return repr(list(segments))


def walks(trace: Trace) -> list[Walk]:
    """The walks in a trace, one a request, in the order of the requests.

    Args:
        trace: what was recorded with `record(TREE_POINTS, watch=TREE_WATCH)`; more points do no harm.

    Raises:
        LensError: there is no walk, or not what is needed to read it.
    """
    found: list[Walk] = []
    process: Event | None = None
    inside: list[Event] = []
    for event in trace.events:
        if event.method == "process":
            found += _walk(process, inside)
            process, inside = event, []
        elif process is not None and event.depth > process.depth:
            inside.append(event)
    found += _walk(process, inside)
    if not found:
        raise LensError("no walk was recorded: record(TREE_POINTS, watch=TREE_WATCH), both from snippets.lens.figures")
    return found


def _walk(process: Event | None, inside: list[Event]) -> list[Walk]:
    """The walk in the calls inside that of process; none if no resource was looked for, as for `OPTIONS *`."""
    start = next((number for number, event in enumerate(inside) if event.method == "getChildForRequest"), None)
    if process is None or start is None:
        return []
    outer, looking = inside[start], _inside(inside, start)
    later = inside[start + 1 + len(looking) :]
    rendered = (event for event in later if event.method == "render" and "postpath" in event.point.watched)
    render = next(rendered, None)
    # A resource may change its request while it renders: what counts is what it was given.
    given = render.before if render else process.after
    left = _left(process.point.watched, given)
    places = [place for place, event in enumerate(looking) if event.depth == outer.depth + 1]
    places = [place for place in places if looking[place].method == "getChildWithDefault"]
    segments = [_segment(looking[place].args[1]) for place in places]
    prepath = _listed_as_kept("prepath", process.point.watched, given)
    if prepath.length != len(segments) or list(map(_segment, prepath.items)) != segments[: len(prepath.items)]:
        raise LensError("prepath is not what was asked for: a resource changed it, or is no subclass of Resource")
    steps = []
    for number, place in enumerate(places):
        event, calls = looking[place], _inside(looking, place)
        if not event.raised and not any(call.method == "getChild" or call.name == LOOK_UP for call in (event, *calls)):
            raise LensError(f"{_class_of(event)}.getChildWithDefault finds the child itself: the trace can't say where")
        by = next((_class_of(call) for call in calls if call.method == "getChild"), "")
        found = None if event.raised else show(event.result)
        before, after = tuple(segments[: number + 1]), (*segments[number + 1 :], *left)
        steps.append(Step(show(event.receiver), segments[number], by, found, before, after))
    return [Walk(show(outer.args[0]), tuple(steps), left, show(outer.raised) if outer.raised else "")]


def _left(names: tuple[str, ...], values: tuple) -> tuple[bytes, ...]:
    """What `postpath` was, of the watched attributes `names` and their `values`."""
    postpath = _listed_as_kept("postpath", names, values)
    if len(postpath.items) < postpath.length:
        raise LensError(f"what was left in postpath was not kept whole: {show(postpath)}; send a shorter path")
    return tuple(map(_segment, postpath.items))


def _listed_as_kept(name: str, names: tuple[str, ...], values: tuple) -> Items:
    """The list that the watched attribute `name` was, of `names` and their `values`."""
    kept = values[names.index(name)] if name in names else None
    if not isinstance(kept, Items):
        raise LensError(f"{name} was not watched, or is no list: record(TREE_POINTS, watch=TREE_WATCH)")
    return kept


def _segment(kept: bytes | Cut) -> bytes:
    """A segment as far as it was kept."""
    return kept.head if isinstance(kept, Cut) else kept


def _inside(events: list[Event], place: int) -> list[Event]:
    """The calls made inside the one at `place` among `events`."""
    depth = events[place].depth
    return list(takewhile(lambda event: event.depth > depth, events[place + 1 :]))


def _class_of(event: Event) -> str:
    return event.name.partition(":")[2].rpartition(".")[0]
