"""Blocks that record steps: beside a recording and counts, inside one another, in threads, and left by an exception."""

import gc
import sys
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager
from itertools import permutations

import pytest
from twisted.web import http

from snippets.lens.errors import LensError
from snippets.lens.film import FUNCTIONS, WATCH
from snippets.lens.lines import lines
from snippets.lens.steps import Steps, steps
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.workshop.bench import GET, _site
from tests import stepped_programs as programs
from tests.test_lines_blocks import traced_by, tracer, watching_tools
from tests.test_steps import here, told

ON_MONITORING = sys.version_info >= (3, 12)


def get() -> None:
    Wire(_site()).send(GET, 16)


@pytest.fixture(scope="module")
def alone():
    with steps(FUNCTIONS, WATCH) as run:
        get()
    return run


@pytest.mark.parametrize("order", [*permutations(("steps", "lines", "record"))], ids="-".join)
def test_a_recording_and_counts_of_the_same_functions_in_any_order(alone, order):
    blocks = {
        "steps": lambda: steps(FUNCTIONS, WATCH),
        "lines": lambda: lines(FUNCTIONS),
        "record": lambda: record(FUNCTIONS, WATCH),
    }
    with ExitStack() as stack:
        made = {name: stack.enter_context(blocks[name]()) for name in order}
        get()
    assert made["steps"].steps == alone.steps
    assert made["steps"].functions == alone.functions
    assert len(made["record"]) == len(alone.calls)
    counts = made["lines"].counts
    assert sum(sum(each.values()) for each in counts.values()) == sum(step.kind == "line" for step in alone.steps)


def test_lines_are_those_that_are_counted(alone):
    with lines(FUNCTIONS) as counted:
        get()
    stepped: dict = {}
    for step in alone.steps:
        if step.kind == "line":
            lines_of = stepped.setdefault(alone.function_of(step).name, {})
            lines_of[step.line] = lines_of.get(step.line, 0) + 1
    assert stepped == {name: dict(each) for name, each in counted.counts.items() if each}


def test_blocks_inside_one_another_record_each_for_itself():
    with steps(here("half")) as outer:
        programs.half(2)
        with steps(here("half")) as inner, steps(here("twice")) as other:
            programs.twice(4)
    assert [step.kind for step in inner.steps] == ["call", "line", "line", "return"] * 2
    assert told(outer)[4:8] == [row.replace("0 ", "1 ", 1) for row in told(inner)[:4]]
    assert [each.name for each in other.functions] == here("twice")


def stepped_itself(depth: int):
    if depth == 0:
        return None
    with steps([f"{__name__}:stepped_itself"]) if depth == 2 else ExitStack() as run:
        stepped_itself(depth - 1)
    return run


def test_of_a_call_that_was_running_before_nothing_is_recorded():
    run = stepped_itself(2)
    assert [change.value for step in run.steps for change in step.changes if change.name == "depth"] == [1, 0]
    assert [step.kind for step in run.steps if step.kind != "line"] == ["call", "call", "return", "return"]


def begins_a_block(stack: ExitStack):
    return stack.enter_context(steps([f"{__name__}:begins_a_block"]))


def test_nor_is_the_end_of_it():
    with ExitStack() as stack:
        run = begins_a_block(stack)
    assert told(run) == []


def test_a_block_that_is_left_while_a_function_runs():
    def leave() -> int:
        stack.close()
        return 4

    with ExitStack() as stack:
        run = stack.enter_context(steps(here("calls")))
        programs.calls(leave)
    assert told(run) == ["0 call calls function=function#1", "0 line 1"]
    assert not run.stopped


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_all_is_put_back_and_nothing_more_recorded_after_an_exception(error):
    tools, before, runs = watching_tools(), sys.gettrace(), []

    def fail() -> None:
        with steps(here("half", "counts")) as run:
            runs.append((run, programs.counts(3)))
            next(runs[0][1])
            raise error

    with pytest.raises(error):
        fail()
    assert (watching_tools(), sys.gettrace()) == (tools, before)
    length = len(runs[0][0])
    programs.half(3)
    next(runs[0][1])
    assert len(runs[0][0]) == length == 4


def test_a_generator_that_outlives_its_block_inside_another_block():
    with lines(here("counts")):
        with steps(here("counts")) as run:
            running = programs.counts(3)
            next(running)
        next(running)
        with steps(here("counts")) as later:
            next(running)
    assert told(run)[-1] == "0 yield 2 -> 0"
    assert told(later)[0] == "0 resume 2 limit=3 got=None number=1"


def test_a_tracer_that_was_there_before_is_put_back():
    with traced_by(tracer):
        with steps(here("half")) as run:
            programs.half(2)
        found = sys.gettrace()
    assert found is tracer
    assert len(run) == 4


def test_only_the_thread_that_entered_the_block_is_recorded():
    with steps(here("half", "fails", "tries")) as run:
        started = threading.Thread(target=in_a_thread)
        started.start()
        started.join()
        programs.half(2)
    assert [row.split()[1] for row in told(run)] == ["call", "line", "line", "return"]


def in_a_thread() -> None:
    programs.half(9)
    running = programs.tries()
    next(running)
    with pytest.raises(KeyError):
        running.throw(KeyError())
    with pytest.raises(KeyError):
        programs.fails("k")


@pytest.mark.skipif(not ON_MONITORING, reason="sys.monitoring came with Python 3.12")
def test_after_the_block_a_tool_has_no_callbacks_left():
    with steps(here("half")):
        (tool,) = [number for number in range(6) if sys.monitoring.get_tool(number) == "snippets.lens.steps"]
        assert sys.monitoring.get_events(tool)
    with tool_of_a_test(tool):
        assert sys.monitoring.get_local_events(tool, programs.half.__code__) == 0
        assert sys.monitoring.get_events(tool) == 0
        names = ("PY_START", "LINE", "PY_RETURN", "PY_YIELD", "PY_RESUME", "PY_THROW", "PY_UNWIND")
        for name in names:
            assert sys.monitoring.register_callback(tool, getattr(sys.monitoring.events, name), None) is None


@contextmanager
def tool_of_a_test(number: int):
    sys.monitoring.use_tool_id(number, "a test")
    try:
        yield
    finally:
        sys.monitoring.free_tool_id(number)


@pytest.mark.skipif(not ON_MONITORING, reason="sys.monitoring came with Python 3.12")
def test_when_all_tools_are_taken_it_says_so():
    with ExitStack() as stack:
        for number in range(6):
            if sys.monitoring.get_tool(number) is None:
                stack.enter_context(tool_of_a_test(number))
        with pytest.raises(LensError, match="end one of them first"), steps(here("half")):
            pytest.fail("a block was entered")


def test_what_goes_on_after_a_block_is_not_told_in_it():
    """Also while a block around it goes on."""
    with steps(here("half")) as outer:
        with steps(here("counts"), limit=100) as inner:
            waiting = programs.counts(3)
            next(waiting)
        before = told(inner)
        assert list(waiting) == [1, 2]
        programs.half(9)
    assert (told(inner), inner.stopped, len(outer)) == (before, False, 4)


def test_a_function_of_one_line_is_told_each_time():
    with steps(here("one_line")) as run:
        for _ in range(3):
            programs.one_line()
    assert [row.partition(" ")[2] for row in told(run)] == ["call one_line", "line 0", "return 0 -> 1"] * 3


class TestWhoRunsWhenTheBlockBegins:
    """A call that has ended gives its frame's place to another one; of 40 that begin or go on, one is there."""

    @pytest.mark.parametrize("kind", [lines, steps])
    def test_calls_that_begin_are_told(self, kind):
        with ExitStack() as stack:
            run = programs.begins(lambda: stack.enter_context(kind(here("begins"))), 0)
            programs.begins(None, 39)
        assert counted(run, "begins") == [40, 40]

    @pytest.mark.parametrize("kind", [lines, steps])
    def test_generators_that_go_on_are_told(self, kind):
        waiting = [programs.waits_or_begins(None) for _ in range(40)]
        assert [next(each) for each in waiting] == [None] * 40
        with ExitStack() as stack:
            with pytest.raises(StopIteration) as ended:
                next(programs.waits_or_begins(lambda: stack.enter_context(kind(here("waits_or_begins")))))
            assert [next(each) for each in waiting] == [None] * 40
        assert counted(ended.value.value, "waits_or_begins") == [40]

    def test_a_generator_that_began_the_block_is_told_when_it_goes_on(self):
        with ExitStack() as stack:
            going = programs.begins_and_goes_on(lambda: stack.enter_context(steps(here("begins_and_goes_on"))))
            run = next(going)
            next(going)
        assert [step.kind for step in run.steps] == ["resume", "line", "yield"]


def counted(run, name: str) -> list[int]:
    """How often each line of a function ran."""
    if isinstance(run, Steps):
        return [*Counter(step.line for step in run.steps if step.kind == "line").values()]
    return [*run.of(here(name)[0]).values()]


def requests_alive() -> int:
    return sum(issubclass(type(each), http.Request) for each in gc.get_objects())


def test_requests_that_are_done_are_not_kept_nor_looked_at():
    wire = Wire(_site())
    gc.collect()
    gc.disable()
    try:
        before = requests_alive()
        with steps(FUNCTIONS, WATCH) as run:
            for _ in range(5):
                wire.send(GET)
            assert requests_alive() == before
    finally:
        gc.enable()
    assert {change.holder for step in run.steps for change in step.changes} >= {f"Request#{n}" for n in range(1, 6)}
