"""The layout of a graph: no label, card or arrow meets another, whatever the graph."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.lens.figures.layout import CARD, LABEL, LINE, Arc, Layout, Route, arrange


@st.composite
def graphs(draw) -> tuple[list[int], list[str], list[Arc]]:
    column = list(range(draw(st.integers(1, 7))))
    side = [f"side {number}" for number in range(draw(st.integers(0, 3)))]
    pairs = st.tuples(st.sampled_from(column), st.sampled_from(column + side), st.integers(1, 4))
    arcs = draw(st.lists(pairs, max_size=14, unique_by=lambda pair: pair[:2]))
    arcs += [(0, node, 1) for node in side if not any(arc[1] == node for arc in arcs)]
    return column, side, [Arc(source, target, ("x",) * lines) for source, target, lines in arcs]


def label_box(route: Route) -> tuple[float, float, float, float]:
    x, y = route.label
    left = x if route.align == "left" else x - LABEL
    return left, y - 5, left + LABEL, y + LINE * (len(route.arc.label) - 1) + 5


def stretches(route: Route) -> list[tuple[float, float, float, float]]:
    return [
        (min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in pairwise(route.points) if (a, b) != (c, d)
    ]


def meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


class TestLayout:
    def boxes(self, found: Layout) -> list[tuple]:
        cards = [(card.x, card.y, card.x + CARD, card.y + card.high) for card in found.places.values()]
        return cards + [label_box(route) for route in found.routes]

    @settings(max_examples=150)
    @given(graphs())
    def test_nothing_meets_a_label_or_a_card(self, graph):
        column, side, arcs = graph
        found = arrange(column, side, arcs)
        assert sorted(map(repr, found.places)) == sorted(map(repr, column + side))
        assert Counter(route.arc for route in found.routes) == Counter(arcs)
        boxes = self.boxes(found)
        for number, box in enumerate(boxes):
            assert not any(meet(box, other) for other in boxes[:number])
            assert not any(meet(box, line) for route in found.routes for line in stretches(route))

    @settings(max_examples=100)
    @given(graphs())
    def test_arrows_begin_and_end_at_their_cards(self, graph):
        found = arrange(*graph)
        for route in found.routes:
            for (x, y), node in ((route.points[0], route.arc.source), (route.points[-1], route.arc.target)):
                card = found.places[node]
                assert card.x <= x <= card.x + CARD
                assert card.y <= y <= card.y + card.high

    @settings(max_examples=100)
    @given(graphs())
    def test_no_two_arrows_run_over_each_other(self, graph):
        found = arrange(*graph)
        upright = [(line, route.arc) for route in found.routes for line in stretches(route) if line[0] == line[2]]
        for number, (line, _) in enumerate(upright):
            for other, _ in upright[:number]:
                assert line[0] != other[0] or line[3] < other[1] or other[3] < line[1]

    @settings(max_examples=100)
    @given(graphs())
    def test_all_is_on_the_page(self, graph):
        found = arrange(*graph)
        lines = [line for route in found.routes for line in stretches(route)]
        for x0, y0, x1, y1 in [*self.boxes(found), *lines]:
            assert x0 >= 0
            assert y0 >= 0
            assert x1 <= found.width
            assert y1 <= found.height

    @settings(max_examples=300)
    @given(graphs())
    def test_arrows_at_one_side_of_a_card_do_not_cross(self, graph):
        column, _, _ = graph
        left = [route for route in arrange(*graph).routes if route.align == "right" and route.arc.target in column]
        for one in left:
            for other in left:
                if {one.arc.source, one.arc.target} & {other.arc.source, other.arc.target}:
                    for x0, y0, x1, y1 in stretches(one):
                        for u0, v0, u1, v1 in stretches(other):
                            flat_meets_upright = y0 == y1 and u0 == u1 and x0 < u0 < x1 and v0 < y0 < v1
                            assert not flat_meets_upright
