"""Many plays: pages are served meanwhile, whatever is sent is played or refused, and nothing grows."""

import json
from pathlib import Path

import pytest

from snippets.edition import bench_served as bench

pytestmark = pytest.mark.once

needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")


@pytest.fixture(scope="module")
def server():
    with bench.server() as (process, port):
        yield process, port


def test_pages_are_served_while_many_plays_wait(server, monkeypatch):
    """In the reactor's thread plays would be played one after another before the next page is served."""
    monkeypatch.setattr(bench, "GETS", 5)
    idle, busy = bench.beside(server[1], rounds=1)
    assert len(idle) == 5
    assert len(busy) > bench.AT_ONCE


@needs_proc
def test_whatever_is_sent_is_played_or_refused_and_nothing_grows(server):
    after = bench.many(*server, plays=250, warm_up=50)
    assert set(after.codes) == {200, 400}
    assert min(after.codes.values()) > 50
    assert max(after.server, after.process) < 10e6


def test_what_is_fuzzed_is_the_same_each_time_and_seldom_json_alone():
    some = list(bench.fuzzed(50))
    assert some == list(bench.fuzzed(50)) != list(bench.fuzzed(50, seed=1))
    assert len(set(some)) > 45


@needs_proc
def test_the_figures_are_numbers(monkeypatch):
    monkeypatch.setattr(bench, "GETS", 2)
    monkeypatch.setattr(bench, "AT_ONCE", 2)
    figures = bench.measured(plays=4, rounds=1)
    assert json.loads(json.dumps(figures)) == figures
    assert list(figures) == [bench.BESIDE, bench.SECOND, bench.SERVER_GROWS, bench.PROCESS_GROWS, bench.WRONG]
    assert figures[bench.WRONG] == 0
    assert figures[bench.SECOND] > 0
