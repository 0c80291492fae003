"""Blocks that count lines: inside one another, in threads, beside a recording or a tracer, and left by an exception."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from snippets.lens.errors import LensError
from snippets.lens.lines import Lines, lines
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from tests import counted_programs as programs
from tests.counted_pages import HERE, OtherPage, Page, counts

OWN = __name__
ON_MONITORING = sys.version_info >= (3, 12)


@pytest.mark.parametrize("order", ["record first", "lines first"])
def test_a_recording_of_the_same_functions(order):
    names = ["HTTPChannel.lineReceived", f"{HERE}:Page.render_GET", f"{HERE}:Page.twice"]
    with lines(names) as alone:
        page = Page()
        Wire(page).send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert page.twice
    with ExitStack() as stack:
        if order == "record first":
            trace, run = stack.enter_context(record(names)), stack.enter_context(lines(names))
        else:
            run, trace = stack.enter_context(lines(names)), stack.enter_context(record(names))
        page = Page()
        Wire(page).send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert page.twice
    assert run.counts == alone.counts
    assert [len(trace.of(name)) for name in names] == [3, 1, 1]


def test_blocks_inside_one_another_count_each_for_itself():
    names = [f"{HERE}:Page.render_GET"]
    page = Page()
    with lines(names) as outer:
        page.render_GET(None)
        with lines(names) as inner, lines([f"{HERE}:OtherPage.render_GET"]) as other:
            page.render_GET(None)
            OtherPage().render_GET(None)
        page.render_GET(None)
    assert counts(outer, "Page.render_GET") == [3, 3]
    assert counts(inner, "Page.render_GET") == [1, 1]
    assert counts(other, "OtherPage.render_GET") == [1]


def test_a_block_inside_a_counted_function():
    with lines([f"{OWN}:counts_itself"]) as outer:
        inner = counts_itself(2)
    # A `with` is visited once more when it ends.
    assert list(outer.of(f"{OWN}:counts_itself").values()) == [3, 1, 4, 2, 2]
    assert list(inner.of(f"{OWN}:counts_itself").values()) == [2, 1, 2, 1, 1], (
        "of the call that was running before, nothing is counted"
    )


def counts_itself(depth: int) -> Lines | None:
    if depth == 0:
        return None
    with lines([f"{OWN}:counts_itself"]) if depth == 2 else ExitStack() as run:
        counts_itself(depth - 1)
    return run


def test_a_block_that_outlives_the_function_that_began_it():
    """Later calls may have their frame where that of the first one was."""
    with ExitStack() as stack:
        run = begins_a_block(stack)
        for _ in range(3):
            begins_a_block(None)
    assert list(run.of(f"{OWN}:begins_a_block").values()) == [3, 3]


def begins_a_block(stack: ExitStack | None) -> Lines | None:
    if stack is None:
        return None
    return stack.enter_context(lines([f"{OWN}:begins_a_block"]))


def test_a_generator_that_waited_before_the_block_is_counted_in_it():
    waiting = programs.generator(2)
    next(waiting)
    with lines(["tests.counted_programs:generator"]) as run:
        assert list(waiting) == [1]
    assert list(run.of("tests.counted_programs:generator").values()) == [2, 1, 2]


def test_only_the_thread_that_entered_the_block_is_counted():
    name = "tests.counted_programs:recursion"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(programs.recursion, 1).result()
        with lines([name]) as run:
            pool.submit(programs.recursion, 9).result()
            started = threading.Thread(target=programs.recursion, args=[9])
            started.start()
            started.join()
            programs.recursion(0)
    assert list(run.of(name).values()) == [1, 1]


def test_blocks_in_two_threads_count_each_its_own():
    name, barrier = "tests.counted_programs:recursion", threading.Barrier(2)

    def count(depth: int) -> list[int]:
        with lines([name]) as run:
            barrier.wait(10)
            programs.recursion(depth)
            barrier.wait(10)
        return list(run.of(name).values())

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(count, [3, 4])) == [[4, 1, 3, 3], [5, 1, 4, 4]]


def test_a_block_left_by_an_exception_has_its_counts():
    page, runs = Page(), []

    def count_and_fail() -> None:
        with lines([f"{HERE}:Page.render_GET"]) as run:
            runs.append(run)
            page.render_GET(None)
            raise KeyError

    with pytest.raises(KeyError):
        count_and_fail()
    page.render_GET(None)
    assert counts(runs[0], "Page.render_GET") == [1, 1]


def test_after_the_block_nothing_is_counted_and_nothing_is_left():
    page = Page()
    tools = watching_tools()
    before = sys.gettrace()
    with lines([f"{HERE}:Page.render_GET"]) as run:
        page.render_GET(None)
    page.render_GET(None)
    assert counts(run, "Page.render_GET") == [1, 1]
    assert watching_tools() == tools
    assert sys.gettrace() is before


def watching_tools() -> list[str | None]:
    return [sys.monitoring.get_tool(number) for number in range(6)] if ON_MONITORING else []


def tracer(frame, event, arg):
    return None


@contextmanager
def traced_by(function):
    before = sys.gettrace()
    sys.settrace(function)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("raising", [False, True])
def test_a_tracer_that_was_there_before_is_put_back(raising):
    with traced_by(tracer):
        try:
            with lines([f"{HERE}:Page.render_GET"]) as run:
                Page().render_GET(None)
                if raising:
                    raise KeyError
        except KeyError:
            pass
        found = sys.gettrace()
    assert found is tracer
    assert counts(run, "Page.render_GET") == [1, 1]


def test_a_tracer_that_the_block_sets_stays():
    with traced_by(sys.gettrace()):
        with lines([f"{HERE}:Page.render_GET"]):
            sys.settrace(tracer)
        found = sys.gettrace()
    assert found is tracer


@pytest.mark.skipif(not ON_MONITORING, reason="sys.monitoring came with Python 3.12")
def test_after_the_block_a_tool_has_no_callbacks_left():
    with lines([f"{HERE}:Page.render_GET"]):
        (tool,) = [number for number in range(6) if sys.monitoring.get_tool(number) == "snippets.lens.lines"]
    sys.monitoring.use_tool_id(tool, "a test")
    events = sys.monitoring.events
    try:
        assert sys.monitoring.get_local_events(tool, Page.render_GET.__code__) == 0
        for event in (events.PY_START, events.LINE):
            assert sys.monitoring.register_callback(tool, event, None) is None
    finally:
        sys.monitoring.free_tool_id(tool)


@pytest.mark.skipif(not ON_MONITORING, reason="sys.monitoring came with Python 3.12")
def test_when_all_tools_are_taken_it_says_so():
    taken = [number for number in range(6) if sys.monitoring.get_tool(number) is None]
    for number in taken:
        sys.monitoring.use_tool_id(number, "a test")
    try:
        with pytest.raises(LensError, match="end one of them first"), lines([f"{HERE}:Page.render_GET"]):
            pytest.fail("a block was entered")
    finally:
        for number in taken:
            sys.monitoring.free_tool_id(number)
