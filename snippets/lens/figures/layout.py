"""Arranges a graph on a page so that no label meets another: cards in columns, each arrow on a track of its own.

An arrow to the next card goes straight down, its label beside it. Any other leaves its card at the left, runs up or
down beyond the labels, and comes back to the other card's left. Cards that nothing leaves may stand in a second column
at the right, reached in the same way. A card grows until all its arrows and labels have a place beside it.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

CARD = 176  # all sizes in points
CARD_HIGH = 62
LABEL = 82  # the widest line of a label
LINE = 12  # from one line of a label to the next
TRACK = 9  # from one track to the next
APART = 3  # two arrows on one track, at least
GAP = 20  # between cards, at least
LOOP = 11  # how far an arrow from a card to itself goes
ENTRY = 10  # room for an arrow's head at a card's side

Point = tuple[float, float]
Node = TypeVar("Node", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


class Arc(NamedTuple, Generic[Node]):
    """An arrow from one node to another or to itself, and the lines of its label."""

    source: Node
    target: Node
    label: tuple[str, ...]


class Route(NamedTuple, Generic[Node]):
    """Where an arrow runs, and where its label begins: the middle of its first line, at the left or right end."""

    arc: Arc[Node]
    points: tuple[Point, ...]
    label: Point
    align: str


class Place(NamedTuple):
    """Where the card of a node stands: its left and upper edge, and its height."""

    x: float
    y: float
    high: float


class Layout(NamedTuple, Generic[Node]):
    """A finished arrangement."""

    places: dict[Node, Place]
    routes: list[Route[Node]]
    width: float
    height: float


class _Port(NamedTuple, Generic[Node]):
    """A place at the side of a card where an arrow leaves or arrives."""

    arc: Arc[Node]
    leaving: bool

    @property
    def high(self) -> float:
        label = LINE * len(self.arc.label)
        if self.arc.source == self.arc.target:
            return max(label, 14) + 4
        return label + 5 if self.leaving else ENTRY

    @property
    def drop(self) -> float:
        """From the top of its place to the arrow's line: under the label, where there is one."""
        return LINE * len(self.arc.label) + 2 if self.leaving else ENTRY / 2


def arrange(column: Sequence[Node], side: Sequence[Node], arcs: Sequence[Arc[Node]]) -> Layout[Node]:
    """Arrange `column` from top to bottom in this order, and `side` beside it.

    At each node of `side` an arc arrives, and none leaves it.
    """
    return _Arranging(column, side, arcs).result()


def tracks(ends: Mapping[Key, tuple[float, float]]) -> dict[Key, int]:
    """A track for each arrow that runs up or down from one height to another, counted from the cards.

    Arrows on one track don't meet, and the shorter ones are nearer.
    """
    track_of: dict[Key, int] = {}
    for key, heights in sorted(ends.items(), key=lambda item: abs(item[1][0] - item[1][1])):
        top, bottom = sorted(heights)
        met = {
            track
            for other, track in track_of.items()
            if top < max(ends[other]) + APART and min(ends[other]) < bottom + APART
        }
        track_of[key] = next(track for track in range(len(track_of) + 1) if track not in met)
    return track_of


class _Arranging(Generic[Node]):
    def __init__(self, column: Sequence[Node], side: Sequence[Node], arcs: Sequence[Arc[Node]]) -> None:
        self._column, self._side = column, side
        self._row = {node: row for row, node in enumerate(column)}
        self._straight = [arc for arc in arcs if self._steps(arc) == 1]
        self._left = [arc for arc in arcs if self._steps(arc) not in (0, 1, None)]
        self._right = [arc for arc in arcs if self._steps(arc) is None]
        self._loops = [arc for arc in arcs if self._steps(arc) == 0]
        self._leaves: dict[Arc[Node], float] = {}
        self._arrives: dict[Arc[Node], float] = {}
        self._places: dict[Node, Place] = {}

    def _steps(self, arc: Arc[Node]) -> int | None:
        """How many rows further down an arc ends; None where it ends in the side column."""
        return self._row[arc.target] - self._row[arc.source] if arc.target in self._row else None

    def result(self) -> Layout[Node]:
        """From left to right: tracks, labels, the column, its loops and labels, tracks, and the column at the side."""
        high = max(self._place_column(), self._place_side())
        left, right = self._tracks(self._left), self._tracks(self._right)
        first_left = LABEL + 10
        column = first_left + TRACK * (max(left.values()) + 1) if left else 0.0
        edge = column + CARD
        first_right = edge + (LABEL + LOOP + 8 if self._loops or self._right else 0)
        side = first_right + (TRACK * (max(right.values()) + 1) if right else 0)
        for nodes, x in ((self._column, column), (self._side, side)):
            self._places |= {node: self._places[node]._replace(x=x) for node in nodes}
        routes = [self._down(arc) for arc in self._straight]
        for arc, track in left.items():
            routes.append(self._around(arc, column, column - first_left - TRACK * (track + 0.5), column))
        for arc, track in right.items():
            routes.append(self._around(arc, edge, first_right + TRACK * (track + 0.5), side))
        routes += [self._loop(arc, edge) for arc in self._loops]
        return Layout(self._places, routes, side + CARD if self._side else first_right, high)

    def _tracks(self, arcs: list[Arc[Node]]) -> dict[Arc[Node], int]:
        return tracks({arc: (self._leaves[arc], self._arrives[arc]) for arc in arcs})

    def _place_column(self) -> float:
        y = 0.0
        for node in self._column:
            into = [arc for arc in self._straight if arc.target == node]
            y += max([GAP, *(LINE * len(arc.label) + 12 for arc in into)])
            sides = [self._left_ports(node), self._right_ports(node)]
            high = max(CARD_HIGH, *(sum(port.high for port in ports) + 6 for ports in sides))
            self._places[node] = Place(0, y, high)
            for ports in sides:
                self._place_ports(ports, y, high)
            y += high
        return y

    def _place_ports(self, ports: list[_Port[Node]], y: float, high: float) -> None:
        """Put the ports of one side under one another, in the middle of the card."""
        y += (high - sum(port.high for port in ports)) / 2
        for port in ports:
            (self._leaves if port.leaving else self._arrives)[port.arc] = y + port.drop
            y += port.high

    def _left_ports(self, node: Node) -> list[_Port[Node]]:
        """In such an order that arrows of one card don't cross: the longer ones further in the middle."""

        def order(port: _Port[Node]) -> int:
            other = port.arc.target if port.leaving else port.arc.source
            further = self._row[other] - self._row[node]
            return -further if further < 0 else 2 * len(self._row) - further

        leaving = [_Port(arc, True) for arc in self._left if arc.source == node]
        arriving = [_Port(arc, False) for arc in self._left if arc.target == node]
        return sorted(leaving + arriving, key=order)

    def _right_ports(self, node: Node) -> list[_Port[Node]]:
        return [_Port(arc, True) for arc in [*self._right, *self._loops] if arc.source == node]

    def _place_side(self) -> float:
        """Put each card of the side column where its arrows come from, as far as there is room."""
        wanted = {
            node: sum(self._leaves[arc] for arc in into) / len(into)
            for node in self._side
            if (into := [arc for arc in self._right if arc.target == node])
        }
        y = 0.0
        for node in sorted(wanted, key=wanted.__getitem__):
            ports = [_Port(arc, False) for arc in self._right if arc.target == node]
            ports.sort(key=lambda port: self._leaves[port.arc])
            high = max(CARD_HIGH, ENTRY * len(ports) + 6)
            y = max(y + GAP, wanted[node] - high / 2)
            self._places[node] = Place(0, y, high)
            self._place_ports(ports, y, high)
            y += high
        return y

    def _down(self, arc: Arc[Node]) -> Route[Node]:
        above, below = self._places[arc.source], self._places[arc.target]
        x, top = above.x + CARD / 2, above.y + above.high
        label = (x + 6, (top + below.y) / 2 - LINE * (len(arc.label) - 1) / 2 - 1)
        return Route(arc, ((x, top), (x, below.y)), label, "left")

    def _around(self, arc: Arc[Node], start: float, track: float, end: float) -> Route[Node]:
        leaves, arrives = self._leaves[arc], self._arrives[arc]
        bend = ((track, leaves), (track, arrives)) if abs(leaves - arrives) >= 0.01 else ()
        align, outward = ("left", 6) if track > start else ("right", -6)
        label = (start + outward, leaves - LINE * (len(arc.label) - 0.5) - 1)
        return Route(arc, ((start, leaves), *bend, (end, arrives)), label, align)

    def _loop(self, arc: Arc[Node], x: float) -> Route[Node]:
        bottom = self._leaves[arc]
        middle = bottom - LINE * len(arc.label) / 2 - 1
        points = ((x, middle - 5), (x + LOOP, middle - 5), (x + LOOP, middle + 5), (x, middle + 5))
        return Route(arc, points, (x + LOOP + 5, middle - LINE * (len(arc.label) - 1) / 2), "left")
