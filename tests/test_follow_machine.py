"""The state machine that traces show: its states and steps are those that were recorded."""

import pytest

from snippets.lens.follow.channel import EARLY, END, FOLDED, HEADER, REQUEST_LINE
from snippets.lens.follow.machine import State, machine
from snippets.lens.trace import Trace
from tests.recorded import GET, STATEFUL, TRACES, traced_later

NEXT_LINE = State(1, False, 1, False, 0)
NEXT_HEADER = State(0, False, 1, False, 0)
HELD = State(0, True, 1, False, 0)
ANSWERING = State(1, False, 0, True, 0)


class TestMachine:
    def steps(self, *traces: Trace) -> dict[tuple[State, State, str], int]:
        return {tuple(edge): counts.total() for edge, counts in machine(traces).edges.items()}

    def test_a_plain_request(self):
        assert self.steps(TRACES["plain"]()) == {
            (NEXT_LINE, NEXT_HEADER, REQUEST_LINE): 1,
            (NEXT_HEADER, HELD, HEADER): 1,
            (HELD, ANSWERING, END): 1,
            (ANSWERING, NEXT_LINE, "response finished"): 1,
        }

    def test_an_answer_that_comes_later_takes_the_same_steps(self):
        assert self.steps(traced_later(GET)) == self.steps(TRACES["plain"]())

    def test_an_empty_line_first_and_a_second_one(self):
        eaten = State(2, False, 1, False, 0)
        assert self.steps(TRACES["two empty lines"]()) == {
            (NEXT_LINE, eaten, EARLY): 1,
            (eaten, State(0, False, 1, False, 1, True), f"{REQUEST_LINE}: 400 Bad Request"): 1,
        }

    def test_a_header_without_a_colon_is_refused_at_the_next_line(self):
        found = self.steps(TRACES["no colon"]())
        assert found[HELD, State(0, True, 1, False, 1, True), f"{HEADER}: 400 Bad Request"] == 1

    def test_a_folded_header_changes_nothing(self):
        assert self.steps(TRACES["folded"]())[HELD, HELD, FOLDED] == 1

    def test_a_body(self):
        found = self.steps(TRACES["body"]())
        body = State(0, False, 0, False, 0)
        assert found[HELD, body, END] == 1
        assert found[body, ANSWERING, "end of the body"] == 1

    def test_bytes_kept_back(self):
        assert self.steps(TRACES["pipelined, not answered"]())[ANSWERING, ANSWERING, "bytes kept back"] == 1

    @pytest.mark.parametrize("name", STATEFUL)
    def test_has_only_states_that_were_recorded(self, name):
        trace = TRACES[name]()
        recorded = set()
        for each in trace.events:
            for values in (each.before, each.after):
                known = dict(zip(each.point.watched, values, strict=True))
                recorded.add(
                    State(
                        known["__first_line"],
                        known["__header"] != b"",
                        known["line_mode"],
                        known["_handlingRequest"],
                        known["transport.disconnecting"],
                    )
                )
        found = machine([trace])
        assert {state._replace(refused=False) for state in found.states} <= recorded
        assert {state for edge in found.edges for state in edge[:2]} <= set(found.states)
