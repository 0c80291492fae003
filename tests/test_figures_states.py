"""The figure of the states: a card a state, an arrow a step, and what each says."""

from collections import Counter

import pytest

from snippets.lens.errors import LensError
from snippets.lens.figures import CHANNEL_POINTS, CHANNEL_WATCH, states
from snippets.lens.figures.states import TIMES, downwards, title
from snippets.lens.follow.machine import UNSEEN, machine
from tests.pictures import texts
from tests.recorded import GET, STATEFUL, TRACES, traced, traced_later


class TestStates:
    def test_draws_a_card_a_state(self):
        traces = [TRACES[name]() for name in STATEFUL]
        found = machine(traces)
        said = Counter(texts(states(*traces)))
        for name, count in Counter(map(title, found.states)).items():
            assert said[name] == count
        assert said["__first_line"] == len(found.states)

    def test_says_how_often(self):
        assert f"request line {TIMES}2" in texts(states(TRACES["pipelined"]()))

    def test_says_in_which_traces(self):
        names = ["plain", "empty line first", "folded"]
        said = texts(states(*(TRACES[name]() for name in names), names=names))
        assert set(names) <= set(said)
        assert "request line (b)" in said
        assert " ".join(said).count("(a-c)") == 3

    def test_wants_as_many_names_as_traces(self):
        with pytest.raises(LensError, match="2 traces came with 1 name"):
            states(TRACES["plain"](), TRACES["folded"](), names=["a"])

    def test_a_step_that_was_not_recorded_is_called_so(self):
        points = [point for point in CHANNEL_POINTS if not point.endswith("requestDone")]
        trace = traced_later(GET + GET, points=points)
        # The second request waited; that the first was answered is seen only when the second's first line comes.
        assert any(edge.what == UNSEEN for edge in machine([trace]).edges)
        dashed = [line for line in states(trace).figure.axes[0].lines if line.is_dashed()]
        assert len(dashed) == 1
        assert not [line for line in states(TRACES["plain"]()).figure.axes[0].lines if line.is_dashed()]

    def test_without_a_state(self):
        with pytest.raises(LensError, match="no state was recorded"):
            states(TRACES["one byte"]())
        with pytest.raises(LensError, match="no state was recorded"):
            states()

    def test_does_without_the_transport(self):
        watch = {"HTTPChannel": CHANNEL_WATCH["HTTPChannel"][:-1]}
        trace = traced(b"\r\n\r\n" + GET, watch=watch)
        assert {state.closing for state in machine([trace]).states} == {None}
        said = texts(states(trace))
        assert "disconnecting" not in said
        assert "next: nothing, it is closing" in said

    def test_alt_names_states_and_steps(self):
        alt = states(TRACES["plain"]()).alt
        assert "4 states, 4 kinds of step" in alt
        assert "next: the end of the response" in alt
        assert "response finished, 1 time" in alt

    def test_arrows_point_down_unless_they_return(self):
        found = machine([TRACES[name]() for name in STATEFUL])
        order = downwards(found)
        assert sorted(order) == sorted(found.states)
        up = {
            (edge.source.handling, edge.target.handling, edge.what)
            for edge in found.edges
            if edge.source != edge.target and order.index(edge.source) > order.index(edge.target)
        }
        assert up == {(True, False, "response finished")}
