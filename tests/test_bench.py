"""The benchmark measures what it says, wherever it runs; how much that is, no test says."""

import json
import re
from pathlib import Path

import pytest

from snippets.lens.names import locate
from snippets.lens.wire import Wire
from snippets.workshop import bench
from snippets.workshop.commands import print_bench
from tests.sandboxed import refused

pytestmark = pytest.mark.once

PROC = Path("/proc/self/status").exists()
FIGURES = [
    "a GET, untraced, in µs",
    "wrapped, recording nothing",
    "recording everything",
    "hunter, the same functions",
    "viztracer, every Python function",
    "hunter, to recording everything",
    "viztracer, to recording everything",
    "bytes held by an event",
    "µs for an event, in a trace of 64",
    "µs for an event, in a trace of 1,280",
    "the largest of these, to the smallest",
    "start-up: python -m snippets, to importing click and rich",
    'start-up: trace hello_site "GET /hello", to importing twisted.web.server, click and rich',
    "MB that big_file grows by, while a slow client takes from 1 GiB",
    "steps of a GET, the order alone",
    "steps of a GET, with 25 attributes and local variables",
    "28 checks of exercises by one process that is warm, in s",
    "30 students times 28 answers, graded by 2 workers, in s",
    "memory of the grader with its workers, in MB",
    "memory of a sandbox, in MB",
    "a page while 50 plays wait, to one while none does, medians",
    "s of CPU that serve takes to begin with pages that are there, more than importing Twisted.web",
    "MB that the server of the pages grows by in 10,000 fuzzed plays",
    "MB that the process which plays grows by meanwhile",
    "plays of these that were neither played nor refused",
]
CLASS, SERVED = FIGURES[-8:-5], FIGURES[-3:]


@pytest.fixture
def tiny(monkeypatch):
    """Measure as little as can be measured."""
    monkeypatch.setattr(bench, "LONG_ENOUGH", 1)
    monkeypatch.setattr(bench, "WARM_UP", 1)
    monkeypatch.setattr(bench, "TAKEN", 1_000_000)

    def measure(**options) -> dict:
        return bench.measure(rounds=1, gets=20, sizes=(64, 1280), students=1, plays=5, **options)

    return measure


def test_every_figure_is_measured_and_can_be_written_as_json(tiny):
    said = []
    result = tiny(progress=said.append)
    assert json.loads(json.dumps(result)) == result
    # A tool that is installed is named with its release.
    assert [re.sub(r" \d+\.[\d.]+,", ",", figure) for figure in result["figures"]] == FIGURES
    assert set(bench.TARGETS) <= set(FIGURES)
    assert (result["rounds"], result["gets"]) == (1, 20)
    for figure, value in result["figures"].items():
        peer = figure.split()[0].strip(",")
        peerless = peer in bench.PEERS and not bench._installed(peer)
        unmeasured = peerless or (figure in (bench.SLOW, *SERVED) and not PROC) or (figure in CLASS and refused())
        assert isinstance(value, float) != bool(unmeasured)
    assert len(said) == 10


def test_tools_that_are_not_installed_are_left_out_and_named(tiny, monkeypatch, capsys):
    installed = bench._installed
    monkeypatch.setattr(bench, "_installed", lambda name: name not in bench.PEERS and installed(name))
    # What is slow to measure, and has no tool to be compared with.
    monkeypatch.setattr(bench, "_start_up_ratio", lambda *args: 1.0)
    monkeypatch.setattr(bench.bench_class, "graded", lambda students: dict.fromkeys(CLASS, 1.0))
    monkeypatch.setattr(bench, "_served", lambda plays, rounds: dict.fromkeys(FIGURES[-5:], 1.0))
    result = tiny()
    assert list(result["figures"]) == FIGURES
    assert [figure for figure, value in result["figures"].items() if value is None and figure != bench.SLOW] == FIGURES[
        3:7
    ]
    monkeypatch.setenv("COLUMNS", "200")
    print_bench(result)
    table = capsys.readouterr().out
    assert [rows(table)[figure] for figure in FIGURES[3:7]] == [
        ["-", "", "not measured"],
        ["-", "", "not measured"],
        ["-", "at least 6", "not measured"],
        ["-", "", "not measured"],
    ]
    assert "pip install -e '.[bench]'" in table


def rows(table: str) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in row.split("│")[1:-1]] for row in table.splitlines() if "│" in row]
    return {first: rest for first, *rest in cells}


@pytest.mark.skipif(not PROC, reason="memory is read from /proc")
def test_a_gigabyte_is_no_more_to_a_server_than_its_buffers(monkeypatch):
    monkeypatch.setattr(bench, "TAKEN", 5_000_000)
    assert bench.met(bench.SLOW, bench._megabytes_grown())


LIMIT = bench.TARGETS[bench.EVERYTHING][1]


@pytest.mark.parametrize(
    ("figure", "value", "shown"),
    [
        (bench.UNTRACED, 123.4, ["123", "", ""]),
        (bench.UNTRACED, 99.94, ["99.94", "", ""]),
        (bench.EVERYTHING, LIMIT, [f"{LIMIT:.2f}", f"at most {LIMIT:g}", "met"]),
        (bench.EVERYTHING, LIMIT + 0.01, [f"{LIMIT + 0.01:.2f}", f"at most {LIMIT:g}", "not met"]),
        ("hunter, to recording everything", 6.0, ["6.00", "at least 6", "met"]),
        ("hunter, to recording everything", 5.99, ["5.99", "at least 6", "not met"]),
        (bench.NOTHING, None, ["-", "", "not measured"]),
    ],
)
def test_the_table_says_what_is_measured_against_its_target(monkeypatch, capsys, figure, value, shown):
    monkeypatch.setenv("COLUMNS", "200")
    head = {"python": "3.x", "twisted": "26.10.0", "rounds": 7, "gets": 2000, "calls_per_get": 32}
    print_bench({**head, "figures": {figure: value}})
    table = capsys.readouterr().out
    assert rows(table) == {figure: shown}
    words = " ".join(table.split())
    assert all(said in words for said in ("Python 3.x, Twisted 26", "2000 keep-alive GETs", "32 calls", "7 rounds"))


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
