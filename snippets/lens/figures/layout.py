"""Arranges a graph on a page so that no label meets another: cards in columns, each arrow on a track of its own.

An arrow to the next card goes straight down, its label beside it. Any other leaves its card at the left, runs up or
down beyond the labels, and comes back to the other card's left. Cards that nothing leaves may stand in a second column
at the right, reached in the same way. A card grows until all its arrows and labels have a place beside it.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

CARD = 176  # all sizes in points
CARD_HIGH = 62
LABEL = 82  # the widest line of a label
LINE = 12  # from one line of a label to the next
TRACK = 9  # from one track to the next
GAP = 20  # between cards, at least
LOOP = 11  # how far an arrow from a card to itself goes
ENTRY = 10  # room for an arrow's head at a card's side

Point = tuple[float, float]


class Arc(NamedTuple):
    """An arrow from one node to another or to itself, and the lines of its label."""

    source: Hashable
    target: Hashable
    label: tuple[str, ...]


class Route(NamedTuple):
    """Where an arrow runs, and where its label begins: the middle of its first line, at the left or right end."""

    arc: Arc
    points: tuple[Point, ...]
    label: Point
    align: str


class Card(NamedTuple):
    """Where a node stands: its left and upper edge, and its height."""

    x: float
    y: float
    high: float


class Layout(NamedTuple):
    """A finished arrangement."""

    cards: dict[Hashable, Card]
    routes: list[Route]
    width: float
    height: float


class _Port(NamedTuple):
    """A place at the side of a card where an arrow leaves or arrives."""

    arc: Arc
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


def arrange(column: Sequence[Hashable], side: Sequence[Hashable], arcs: Sequence[Arc]) -> Layout:
    """Arrange `column` from top to bottom in this order, and `side` beside it; no arc may leave a node of `side`."""
    return _Arranging(list(column), list(side), list(arcs)).result()


class _Arranging:
    def __init__(self, column: list[Hashable], side: list[Hashable], arcs: list[Arc]) -> None:
        self._column, self._side, self._arcs = column, side, arcs
        self._row = {node: row for row, node in enumerate(column)}
        self._straight = [arc for arc in arcs if self._steps(arc) == 1]
        self._left = [arc for arc in arcs if arc.target in self._row and self._steps(arc) not in (0, 1)]
        self._right = [arc for arc in arcs if arc.target not in self._row]
        self._loops = [arc for arc in arcs if arc.source == arc.target]
        self._leaves: dict[Arc, float] = {}
        self._arrives: dict[Arc, float] = {}
        self._cards: dict[Hashable, Card] = {}

    def _steps(self, arc: Arc) -> int | None:
        """How many rows further down an arc ends; None where it ends in the side column."""
        return self._row[arc.target] - self._row[arc.source] if arc.target in self._row else None

    def result(self) -> Layout:
        high = self._place_column()
        high = max(high, self._place_side())
        left, right = self._tracks(self._left), self._tracks(self._right)
        x = LABEL + 10 + TRACK * (max(left.values()) + 1) if left else 0.0
        beside = LABEL + LOOP + 8 if self._loops or self._right else 0
        far = x + CARD + beside + (TRACK * (max(right.values()) + 1) if right else 0)
        for nodes, edge in ((self._column, x), (self._side, far)):
            self._cards |= {node: self._cards[node]._replace(x=edge) for node in nodes}
        routes = [
            *map(self._down, self._straight),
            *(self._around(arc, x, x - LABEL - 10 - TRACK * (track + 0.5), x, "right") for arc, track in left.items()),
            *(
                self._around(arc, x + CARD, x + CARD + beside + TRACK * (track + 0.5), far, "left")
                for arc, track in right.items()
            ),
            *(self._loop(arc, x + CARD) for arc in self._loops),
        ]
        return Layout(self._cards, routes, far + CARD if self._side else x + CARD + beside, high)

    def _place_column(self) -> float:
        y = 0.0
        for node in self._column:
            into = [arc for arc in self._straight if arc.target == node]
            y += max([GAP, *(LINE * len(arc.label) + 12 for arc in into)])
            sides = [self._left_ports(node), self._right_ports(node)]
            high = max(CARD_HIGH, *(sum(port.high for port in ports) + 6 for ports in sides))
            self._cards[node] = Card(0, y, high)
            for ports in sides:
                self._place_ports(ports, y, high)
            y += high
        return y

    def _place_ports(self, ports: list[_Port], y: float, high: float) -> None:
        """Put the ports of one side under one another, in the middle of the card."""
        y += (high - sum(port.high for port in ports)) / 2
        for port in ports:
            (self._leaves if port.leaving else self._arrives)[port.arc] = y + port.drop
            y += port.high

    def _left_ports(self, node: Hashable) -> list[_Port]:
        """In such an order that arrows of one card don't cross: the longer ones further in the middle."""

        def order(port: _Port) -> int:
            other = port.arc.target if port.leaving else port.arc.source
            further = self._row[other] - self._row[node]
            return -further if further < 0 else 2 * len(self._row) - further

        leaving = [_Port(arc, True) for arc in self._left if arc.source == node]
        arriving = [_Port(arc, False) for arc in self._left if arc.target == node]
        return sorted(leaving + arriving, key=order)

    def _right_ports(self, node: Hashable) -> list[_Port]:
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
            self._cards[node] = Card(0, y, high)
            self._place_ports(ports, y, high)
            y += high
        return y

    def _tracks(self, arcs: list[Arc]) -> dict[Arc, int]:
        """A track for each arc, counted from the cards; arcs on one track don't meet, and shorter ones are nearer."""

        def ends(arc: Arc) -> tuple[float, float]:
            return tuple(sorted((self._leaves[arc], self._arrives[arc])))

        taken: list[list[tuple[float, float]]] = []
        found: dict[Arc, int] = {}
        for arc in sorted(arcs, key=lambda arc: ends(arc)[1] - ends(arc)[0]):
            top, bottom = ends(arc)
            free = (
                number
                for number, track in enumerate(taken)
                if all(bottom + 3 < start or end + 3 < top for start, end in track)
            )
            number = next(free, len(taken))
            if number == len(taken):
                taken.append([])
            taken[number].append((top, bottom))
            found[arc] = number
        return found

    def _down(self, arc: Arc) -> Route:
        above, below = self._cards[arc.source], self._cards[arc.target]
        x, top = above.x + CARD / 2, above.y + above.high
        label = (x + 6, (top + below.y) / 2 - LINE * (len(arc.label) - 1) / 2 - 1)
        return Route(arc, ((x, top), (x, below.y)), label, "left")

    def _around(self, arc: Arc, start: float, track: float, end: float, align: str) -> Route:
        leaves, arrives = self._leaves[arc], self._arrives[arc]
        points = ((start, leaves), (track, leaves), (track, arrives), (end, arrives))
        if abs(leaves - arrives) < 0.01:
            points = (points[0], points[-1])
        outward = 6 if align == "left" else -6
        return Route(arc, points, (start + outward, leaves - LINE * (len(arc.label) - 0.5) - 1), align)

    def _loop(self, arc: Arc, x: float) -> Route:
        bottom = self._leaves[arc]
        middle = bottom - LINE * len(arc.label) / 2 - 1
        points = ((x, middle - 5), (x + LOOP, middle - 5), (x + LOOP, middle + 5), (x, middle + 5))
        return Route(arc, points, (x + LOOP + 5, middle - LINE * (len(arc.label) - 1) / 2), "left")
