"""Code whose steps are counted: it is ended after as many as there may be; where they can't be counted that is said."""

import sys
import threading
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.lens.errors import LensError
from snippets.practice import counted
from snippets.practice.counted import Counted, Ended

pytestmark = pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="steps are counted from Python 3.12 on")


def test_what_ends_in_time_returns_what_it_returns():
    counts = Counted("no.py", steps=1000)
    names = {}
    exec(compile("def add(): return sum(n for n in range(100))", "no.py", "exec"), names)
    assert counts.run(names["add"]) == 4950
    assert 100 <= counts.steps < 1000
    assert counts.ended is None


@given(st.integers(5, 2000))
@settings(deadline=None)
def test_a_loop_of_the_file_makes_as_many_rounds_as_there_are_steps(most):
    names = {}
    exec(compile("def loop():\n    while True: done.append(0)", "looping.py", "exec"), names)
    names["done"] = []
    counts = Counted("looping.py", steps=most)
    with pytest.raises(Ended):
        counts.run(names["loop"])
    assert most - 2 <= len(names["done"]) + 1 <= most
    assert counts.ended == {"ended": "cpu", "number": 0, "trace": 'File "looping.py", line 2'}


def others(steps):
    """So many steps, and a few, that are none of the file's own."""
    for _ in range(steps):
        pass


class TestStepsOfOtherCode:
    def of_a_file(self, line, **limits):
        names = {"others": others, "done": []}
        exec(compile(f"def call():\n    {line}\n    done.append(0)", "calling.py", "exec"), names)
        return Counted("calling.py", **limits), names

    def test_may_be_many_times_as_many(self):
        counts, names = self.of_a_file("others(5000)", steps=1000)
        counts.run(names["call"])
        assert (names["done"], counts.ended) == ([0], None)
        assert counts.steps < 10

    @pytest.mark.parametrize("limits", [{"steps": 1000}, {"seconds": 0.0}], ids=["by their number", "by the time"])
    def test_end_the_file_at_its_own_next_step(self, limits):
        counts, names = self.of_a_file("for n in range(9): others(30_000); done.append(n)", **limits)
        with pytest.raises(Ended):
            counts.run(names["call"])
        assert names["done"] == [0]
        assert counts.ended["trace"] == 'File "calling.py", line 2'

    def test_without_end_are_ended_themselves(self):
        counts, names = self.of_a_file("others(10**9)", steps=1000)
        with pytest.raises(Ended):
            counts.run(names["call"])
        assert (names["done"], counts.ended["trace"]) == ([], 'File "calling.py", line 2')


def test_other_threads_are_not_ended():
    done, go = [], threading.Event()

    def other():
        go.wait()
        for _ in range(300_000):
            pass
        done.append(True)

    thread = threading.Thread(target=other, daemon=True)
    thread.start()
    code = compile("def loop():\n    go()\n    while True: pass", "looping.py", "exec")
    names = {"go": go.set}
    exec(code, names)
    with pytest.raises(Ended):
        Counted("looping.py", steps=200_000).run(names["loop"])
    thread.join()
    assert done == [True]


def test_where_steps_can_t_be_counted_that_is_said():
    with mock.patch.object(counted, "sys", mock.Mock(spec=["_getframe"])), pytest.raises(LensError, match=r"3\.12"):
        Counted("a.py").run(int)
    tools = [number for number in range(6) if sys.monitoring.get_tool(number) is None]
    for number in tools:
        sys.monitoring.use_tool_id(number, "test")
    try:
        with pytest.raises(LensError, match="six tools"):
            Counted("a.py").run(int)
    finally:
        for number in tools:
            sys.monitoring.free_tool_id(number)
