"""Which call took which byte of a connection, read from a trace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.lens.errors import LensError
from snippets.lens.figures import CHANNEL_POINTS, CHANNEL_WATCH
from snippets.lens.figures.ribbon import cells
from snippets.lens.follow.channel import (
    BODY,
    EARLY,
    END,
    FOLDED,
    HEADER,
    KEPT_BACK,
    REQUEST_LINE,
    UNPARSED,
    is_channel,
    received,
)
from snippets.lens.path import PATH
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from snippets.workshop.scenarios import SCENARIOS, scenario
from snippets.workshop.scenarios.conversation import play
from tests.recorded import FOLDED_GET, GET, POST, TRACES, Hello, kinds, traced


def scenario_trace(name: str) -> Trace:
    with record(CHANNEL_POINTS, watch=CHANNEL_WATCH) as trace:
        play(scenario(name), Wire)
    return trace


class TestReceived:
    """Which call took which byte."""

    def test_a_plain_request(self):
        assert kinds(received(TRACES["plain"]())) == [
            (REQUEST_LINE, b"GET /hello HTTP/1.1\r\n"),
            (HEADER, b"Host: x\r\n"),
            (END, b"\r\n"),
        ]

    def test_an_empty_line_first(self):
        assert kinds(received(TRACES["empty line first"]()))[:2] == [
            (EARLY, b"\r\n"),
            (REQUEST_LINE, b"GET /hello HTTP/1.1\r\n"),
        ]

    def test_a_second_empty_line_is_a_request_line_and_refused(self):
        trace = TRACES["two empty lines"]()
        assert kinds(received(trace)) == [(EARLY, b"\r\n"), (REQUEST_LINE, b"\r\n"), (UNPARSED, GET)]
        assert [byte.refused for byte in received(trace).bytes] == [False] * 2 + [True] * 2 + [False] * len(GET)

    def test_a_folded_header(self):
        assert (FOLDED, b"\ttext/plain\r\n") in kinds(received(TRACES["folded"]()))

    def test_a_body_and_what_comes_after_it(self):
        found = kinds(received(traced(POST + GET)))
        assert (BODY, b"hello") in found
        assert found[-3:] == kinds(received(TRACES["plain"]()))
        waited = bytes(byte.value for byte in received(traced(POST + GET)).bytes if byte.waited)
        assert waited == GET

    def test_what_waits_for_an_answer(self):
        trace = TRACES["pipelined, not answered"]()
        assert kinds(received(trace))[-1] == (KEPT_BACK, GET)
        assert all(byte.waited for byte in received(trace).bytes[len(GET) :])

    def test_what_has_waited_is_then_parsed(self):
        trace = TRACES["pipelined, answered later"]()
        assert kinds(received(trace)) == kinds(received(TRACES["plain"]())) * 2
        assert [bool(byte.waited) for byte in received(trace).bytes] == [False] * len(GET) + [True] * len(GET)

    @pytest.mark.parametrize("name", [each.name for each in SCENARIOS if each.name != "timeout-silent"])
    def test_every_scenario_agrees_with_its_calls(self, name):
        trace = scenario_trace(name)
        found = received(trace)
        runs: dict[int, list] = {}
        for byte in found.bytes:
            runs.setdefault(byte.run, []).append(byte.value)
        lines = [each.args[1] for each in trace.events if is_channel(each, "lineReceived")]
        taken = list(runs.values())
        for line in lines:
            whole = len(line) if isinstance(line, bytes) else line.length
            head = line if isinstance(line, bytes) else line.head
            run = next(run for run in taken if len(run) == whole + 2 and bytes(run[: len(head)]) == head)
            taken.remove(run)
        shown = cells(found)
        assert sum(cell.length for cell in shown) == len(found.bytes)
        assert [cell.start + cell.length for cell in shown[:-1]] == [cell.start for cell in shown[1:]]

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from([GET, POST, FOLDED_GET, b"\r\n"]), min_size=1), st.lists(st.integers(1, 40)))
    def test_how_bytes_are_cut_changes_nothing_in_what_they_are_taken_for(self, messages, sizes):
        data = b"".join(messages)
        whole, cut = received(traced(data)), received(traced(data, sizes))
        assert all(byte.value in (None, sent) for byte, sent in zip(cut.bytes, data, strict=False))
        assert [byte.kind for byte in cut.bytes] == [byte.kind for byte in whole.bytes[: len(cut.bytes)]]
        assert {byte.kind for byte in whole.bytes[len(cut.bytes) :]} <= {UNPARSED}

    def test_recording_more_calls_changes_nothing(self):
        points = [*CHANNEL_POINTS, *(step.name for step in PATH)]
        assert received(traced(POST + GET, points=points)) == received(traced(POST + GET))

    def test_pieces_end_where_they_were_cut(self):
        assert received(traced(GET, [5, 3])).cuts == [5, 8]
        assert received(traced(GET)).cuts == []

    def test_without_a_received_byte(self):
        with pytest.raises(LensError, match="CHANNEL_POINTS"):
            received(traced(GET, points=["Site.getResourceFor"], watch={}))

    def test_without_the_watched_attributes(self):
        with pytest.raises(LensError, match="without watching __first_line, __header"):
            received(traced(GET, watch={}))

    def test_without_the_call_that_ends_a_body(self):
        points = [point for point in CHANNEL_POINTS if not point.endswith("_finishRequestBody")]
        with pytest.raises(LensError, match="_finishRequestBody"):
            received(traced(POST, points=points))

    def test_without_the_calls_that_take_a_body(self):
        points = [point for point in CHANNEL_POINTS if not point.endswith("rawDataReceived")]
        for size in (None, len(POST)):
            with pytest.raises(LensError, match="without a call in this trace"):
                received(traced(POST + GET, size, points=points))

    def test_from_the_middle_of_a_line(self):
        wire = Wire(Hello())
        wire.send(GET[:10])
        with record(CHANNEL_POINTS, watch=CHANNEL_WATCH) as trace:
            wire.send(GET[10:] + GET)
        with pytest.raises(LensError, match="before the first byte"):
            received(trace)

    def test_of_two_connections(self):
        with record(CHANNEL_POINTS, watch=CHANNEL_WATCH) as trace:
            # Both are kept, or the second could have the label of the first.
            wires = [Wire(Hello()), Wire(Hello())]
            for wire in wires:
                wire.send(GET)
        with pytest.raises(LensError, match="2 connections"):
            received(trace)
