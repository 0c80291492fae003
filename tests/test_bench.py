"""The benchmark measures what it says, wherever it runs; how much that is, no test says."""

import io
import json

import pytest
from rich.console import Console

from snippets.lens.names import locate
from snippets.lens.wire import Wire
from snippets.workshop import bench

KEYS = [
    "untraced",
    "nothing",
    "everything",
    "hunter",
    "viztracer",
    "hunter_to_everything",
    "viztracer_to_everything",
    "bytes",
    "cost_64",
    "cost_128",
    "cost_spread",
    "start_list",
    "start_trace",
]


@pytest.fixture
def tiny(monkeypatch):
    """Measure as little as can be measured."""
    monkeypatch.setattr(bench, "LONG_ENOUGH", 1)
    monkeypatch.setattr(bench, "WARM_UP", 1)

    def measure() -> dict:
        return bench.measure(rounds=1, gets=20, sizes=(64, 128))

    return measure


def printed(result: dict) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(bench.table(result))
    return console.file.getvalue()


def test_every_figure_is_measured_and_can_be_written_as_json(tiny):
    said = []
    result = bench.measure(rounds=1, gets=20, sizes=(64, 128), progress=said.append)
    assert json.loads(json.dumps(result)) == result
    assert list(result["figures"]) == KEYS
    assert (result["rounds"], result["gets"]) == (1, 20)
    for key, figure in result["figures"].items():
        peer = key.split("_")[0]
        if peer in bench.PEERS and not bench._installed(peer):
            assert figure["value"] is None
        else:
            assert isinstance(figure["value"], float)
            assert figure["unit"] in ("µs", "times", "bytes")
        assert (figure["target"] is not None) == (key in bench.TARGETS)
    assert set(bench.TARGETS) <= set(KEYS)
    assert len(said) == 5


def test_tools_that_are_not_installed_are_left_out_and_named(tiny, monkeypatch):
    installed = bench._installed
    monkeypatch.setattr(bench, "_installed", lambda name: name not in bench.PEERS and installed(name))
    result = tiny()
    assert list(result["figures"]) == KEYS
    for key in ("hunter", "viztracer", "hunter_to_everything", "viztracer_to_everything"):
        assert result["figures"][key]["value"] is None
        assert result["figures"][key]["met"] is None
    rows = printed(result).splitlines()
    for name in bench.PEERS:
        row = next(row for row in rows if f"{name}: not installed (pip install -e '.[bench]')" in row)
        assert "not measured" in row


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(3.0, "met"), (4.0, "met" if bench.TARGETS["everything"][1] == 4 else "not met"), (9.0, "not met")],
)
def test_the_table_has_a_row_for_each_figure_with_its_verdict(value, verdict):
    figures = {"untraced": {"value": 123.4, "unit": "µs"}, "everything": {"value": value, "unit": "times"}}
    figures = {key: figure | bench._verdict(key, figure["value"]) for key, figure in figures.items()}
    result = {"python": "3.x", "twisted": "26.10.0", "rounds": 7, "gets": 2000, "calls_per_get": 32, "figures": figures}
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in printed(result).splitlines() if "│" in row]
    limit = f"at most {bench.TARGETS['everything'][1]:g}"
    assert rows == [
        ["a GET, untraced", "123 µs", "", ""],
        ["recording everything, to untraced", f"{value:.2f} times", limit, verdict],
    ]


def test_a_target_may_be_a_least_value():
    assert bench._verdict("hunter_to_everything", 6.0) == {"target": "at least 6", "met": True}
    assert bench._verdict("hunter_to_everything", 5.9) == {"target": "at least 6", "met": False}


def test_nothing_wraps_and_records_nothing():
    function = "HTTPChannel.lineReceived"
    before = locate(function).raw
    with bench.nothing() as trace:
        assert locate(function).raw is not before
        assert Wire(bench._site()).send(bench.GET).endswith(b"Hello\n")
    assert locate(function).raw is before
    assert len(trace) == 0


def test_everything_is_the_path_with_the_state_of_the_channel():
    with bench.everything() as trace:
        Wire(bench._site()).send(bench.GET)
    assert len(trace) == bench._calls_per_get()
    assert {event.name for event in trace.events} <= {point.name for point in trace.points}
    assert trace.of("HTTPChannel.lineReceived")[0].changes == {"__first_line": (1, 0)}


def test_hunter_takes_down_the_same_calls():
    pytest.importorskip("hunter")
    wire = Wire(bench._site())
    with bench.by_hunter() as taken_down:
        wire.send(bench.GET)
    assert taken_down.getvalue().count("=> ") == bench._calls_per_get()
    assert "=> lineReceived(self=<twisted.web.http.HTTPChannel object" in taken_down.getvalue()
    assert "<= headerReceived: True" in taken_down.getvalue()


def test_the_bytes_of_an_event_are_those_that_its_trace_holds():
    few, many = bench._bytes_per_event(50), bench._bytes_per_event(200)
    assert 40 < many < 1000
    assert few == pytest.approx(many, rel=0.5)
