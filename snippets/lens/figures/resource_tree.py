"""A tree of live resources, and on it the way that a recorded request took."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.figures.palette import FADED, INK, LANE_COLOURS, LIGHT, WHITE, tint
from snippets.lens.figures.picture import WIDTH, Picture, Sheet, cut, width
from snippets.lens.follow.walk import Lookup, Walk, as_list, walks
from snippets.lens.trace import Trace

MARGIN = 10
ROW = 28  # points from one resource to the next
LABEL = 8  # more, where what is written at the line between them stands between the cards
HIGH = 18  # of a card
PAD = 7
SPINE = 12  # from a card's left edge to the line that its children hang on
TAIL = 12  # of an edge, before and behind what is written on it
HEADING = 22
MOST_ROWS = 40
MOST_LETTERS = 26
STRONG = 0.75  # how much of its colour the card at the end of the way has
LEAST_COLUMN = 70  # for what is left in postpath

ANY = "any other"
UNKNOWN = "what it returns"
LEAF = "isLeaf"
NOT_FOUND = "_UnsafeNoResource"
_TOO_MANY = f"the tree has more than {MOST_ROWS} resources to draw: give resource_tree() a branch of it"


@dataclass
class Node:
    """A card: a live resource, or (`made`) what a getChild returned or would return.

    `by` is the class whose getChild is asked; `itself`: it is the resource above, returned by its own getChild;
    `arrivals` are the numbers of the steps that led here, 0 at the root.
    """

    kind: str
    segment: bytes | None = None
    made: bool = False
    by: str = ""
    leaf: bool = False
    itself: bool = False
    children: list["Node"] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)

    @property
    def edge(self) -> str:
        """What is written on the line to it."""
        return ANY if self.segment is None else cut(repr(self.segment), MOST_LETTERS)

    @property
    def asked(self) -> str:
        """What is written under the line to it."""
        return cut(f"{self.by}.getChild", MOST_LETTERS) if self.by else ""

    @property
    def title(self) -> str:
        """What is written on its card."""
        return cut(self.kind, MOST_LETTERS)

    def rows(self) -> Iterator["Node"]:
        """It and what is below it, from top to bottom."""
        yield self
        for child in self.children:
            yield from child.rows()


def resource_tree(root: object, trace: Trace | None = None) -> Picture:
    """Draw the tree below `root` as it is now, and the walk that `trace` recorded.

    A card is a resource, a line the segment it was put under with putChild. Dashed is what is not in the tree: that a
    class has a getChild of its own, and what a getChild returned to the request. The way walked is strong; at its end
    stands the resource that is rendered, and at the right what was left in postpath after each step.

    Args:
        root: the root resource; followed are its `children` and theirs.
        trace: what `record(TREE_POINTS, watch=TREE_WATCH)` recorded of one request to a site with that root.

    Raises:
        LensError: the trace holds no walk or more than one, or there is too much to draw.
    """
    tree = live(root)
    walk = None
    if trace is not None:
        walk, *more = walks(trace)
        if more:
            raise LensError(f"the trace has the walks of {len(more) + 1} requests: record one request at a time")
        join(tree, walk)
    nodes = list(tree.rows())
    if len(nodes) > MOST_ROWS:
        raise LensError(_TOO_MANY)
    left = _left_edges(tree, MARGIN)
    column = _column(nodes, left, walk)
    top = MARGIN + (HEADING if walk else 0)
    middle = _middles(nodes, top + HIGH / 2)
    sheet = Sheet(max(middle.values()) + HIGH / 2 + MARGIN)
    for node in nodes:
        _draw_children(sheet, node, left, middle)
        _draw_card(sheet, node, left[id(node)], middle[id(node)], walk)
    if walk:
        _draw_postpath(sheet, nodes, column, middle, walk)
    return sheet.finished(_alt(tree, walk))


def live(root: object) -> Node:
    """The tree below a live resource; what stands below itself is not followed again.

    Raises:
        LensError: it has more than MOST_ROWS resources; one that stands at two places counts as two.
    """
    return _live(root, None, (), iter(range(MOST_ROWS)))


def _live(resource: object, segment: bytes | None, above: tuple[object, ...], room: Iterator[int]) -> Node:
    if next(room, None) is None:
        raise LensError(_TOO_MANY)
    # A wrapper, such as EncodingResourceWrapper, has what it wraps as its `original`.
    inner = resource if isinstance(resource, Resource) else getattr(resource, "original", resource)
    node = Node(type(resource).__name__, segment, leaf=bool(getattr(resource, "isLeaf", False)))
    if any(resource is each for each in above):
        node.kind += ", as above"
        return node
    children = getattr(inner, "children", None)
    for name, child in list(children.items()) if isinstance(children, dict) else []:
        node.children.append(_live(child, name, (*above, resource), room))
    by = next((cls for cls in type(inner).__mro__ if "getChild" in vars(cls)), Resource)
    if not node.leaf and by is not Resource:
        node.children.append(Node(UNKNOWN, made=True, by=by.__name__))
    return node


def join(tree: Node, walk: Walk) -> None:
    """Mark in the tree which cards the walk came to, and add what it was given that does not stand in the tree."""
    tree.arrivals.append(0)
    place = tree
    for number, step in enumerate(walk.steps, 1):
        standing = [child for child in place.children if not child.made and child.segment == step.segment]
        if step.by or not standing:
            place.children = [child for child in place.children if child.segment is not None]
            itself = step.found == step.asked
            place.children.append(Node(_kind(step), step.segment, made=bool(step.by), by=step.by, itself=itself))
            standing = place.children[-1:]
        place = standing[0]
        place.arrivals.append(number)
    if walk.left and walk.found is not None:
        place.leaf = True


def _kind(step: Lookup) -> str:
    """What stands on the card of something that a resource returned and that is not in the tree."""
    if step.found is None:
        return "an exception"
    kind = step.found.partition("#")[0]
    kind = "404 page" if kind == NOT_FOUND else kind
    return f"{kind}, itself" if step.found == step.asked else kind


def _left_edges(node: Node, x: float) -> dict[int, float]:
    """The left edge of each card, by the identity of its node; siblings stand under one another."""
    left = {id(node): x}
    below = [child for child in node.children if not child.itself]
    written = [width(child.edge, mono=child.segment is not None) for child in below]
    written += [width(child.asked) for child in below]
    for child in node.children:
        left |= _left_edges(child, x if child.itself else x + SPINE + 2 * TAIL + max(written))
    return left


def _middles(nodes: list[Node], first: float) -> dict[int, float]:
    """The height of the middle of each card, by the identity of its node."""
    middle, y = {}, first - ROW
    for node in nodes:
        y += ROW + (LABEL if node.itself else 0)
        middle[id(node)] = y
    return middle


def _card_width(node: Node) -> float:
    return width(node.title, bold=True) + 2 * PAD + (width(LEAF) + 3 * PAD if node.leaf else 0)


def _own_width(node: Node) -> float:
    """The width of a card, or of what is written at the line above it if that is wider."""
    return max(_card_width(node), SPINE + TAIL + width(_itself(node)) if node.itself else 0)


def _itself(node: Node) -> str:
    return f"{node.edge}, by its own getChild"


def _column(nodes: list[Node], left: dict[int, float], walk: Walk | None) -> float:
    """Where what is left in postpath is written."""
    column = max(left[id(node)] + _own_width(node) for node in nodes) + 2 * MARGIN
    if column > WIDTH - (MARGIN + LEAST_COLUMN if walk else 0):
        raise LensError("the tree is too deep to be drawn: give resource_tree() a branch of it, or a shorter path")
    return column


def _draw_children(sheet: Sheet, node: Node, left: dict[int, float], middle: dict[int, float]) -> None:
    spine = left[id(node)] + SPINE
    top = middle[id(node)] + HIGH / 2
    for child in reversed(node.children):
        y, walked = middle[id(child)], bool(child.arrivals)
        colour = INK if walked else FADED
        style: dict[str, Any] = {
            "colour": colour,
            "line": 2.6 if walked else 0.9,
            "dashed": child.made,
            "layer": 3 if walked else 1,
        }
        head = 8 if walked else 5
        if child.itself:
            sheet.arrow([(spine, top), (spine, y - HIGH / 2)], head=head, **style)
            sheet.text(spine + TAIL - 4, y - (ROW + LABEL) / 2, _itself(child), colour=colour)
            continue
        sheet.arrow([(spine, top), (spine, y), (left[id(child)], y)], head=head, **style)
        start = spine + TAIL - 4
        sheet.text(start, y - 7.5, child.edge, mono=child.segment is not None, colour=colour, bold=walked)
        sheet.text(start, y + 7.5, child.asked, colour=colour)


def _draw_card(sheet: Sheet, node: Node, x: float, y: float, walk: Walk | None) -> None:
    last = walk is not None and len(walk.steps) in node.arrivals
    wide = _card_width(node)
    fill = tint(LANE_COLOURS["resource"], STRONG if last else LIGHT) if node.arrivals else WHITE
    edge = INK if node.arrivals else FADED
    line = 2.0 if last else 1.1
    sheet.box(x, y - HIGH / 2, wide, HIGH, fill, edge=edge, line=line, dashed=node.made, round_by=3, layer=4)
    sheet.text(x + PAD, y, node.title, bold=bool(node.arrivals), colour=INK if node.arrivals else FADED)
    if node.leaf:
        bar = x + wide - width(LEAF) - 2 * PAD
        sheet.line([(bar, y - HIGH / 2), (bar, y + HIGH / 2)], colour=edge, layer=5)
        sheet.text(bar + PAD, y, LEAF)


def _draw_postpath(sheet: Sheet, nodes: list[Node], column: float, middle: dict[int, float], walk: Walk) -> None:
    sheet.text(column, MARGIN + 6, "left in postpath", colour=FADED)
    most = int((WIDTH - MARGIN - column) / width("x", mono=True, bold=True))
    for node in nodes:
        for number in node.arrivals:
            segments = walk.steps[number - 1].postpath if number else walk.before
            text = cut(as_list(segments), most)
            sheet.text(column, middle[id(node)], text, mono=True, bold=number == len(walk.steps))


def _alt(tree: Node, walk: Walk | None) -> str:
    said = f"A tree of resources: {_described(tree)}."
    if walk is None:
        return said
    steps = [
        f"{step.segment!r} to {step.found or 'an exception'}{f', made by {step.by}.getChild' if step.by else ''}"
        for step in walk.steps
    ]
    way = f"The way walked: {'; '.join(steps)}." if steps else "No step is walked: the root is rendered."
    return f"{said} {way} Left in postpath: {as_list(walk.left)}."


def _described(node: Node) -> str:
    """A resource and what stands below it, in brackets."""
    standing = [f"{child.edge} {_described(child)}" for child in node.children if not child.made]
    standing += [f"{ANY} by {child.by}.getChild" for child in node.children if child.made and not child.arrivals]
    leaf = f" ({LEAF})" if node.leaf else ""
    return node.kind + leaf + (f" [{', '.join(standing)}]" if standing else "")
