"""A recording shows what was called, by whom, inside what, and in which thread."""

import _thread
import contextlib
import itertools
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.python.threadpool import ThreadPool
from twisted.web import resource

from snippets.lens.errors import LensError
from snippets.lens.event import Caller
from snippets.lens.kept import Named, Raised
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from tests import traced
from tests.traced import GET, HERE, Leave, Page, SubPage, Tree, here, plain


def calls(trace: Trace) -> list[tuple]:
    """Depth, name inside this module, arguments after the object, result."""
    return [
        (event.depth, event.name.removeprefix(f"{HERE}:"), event.args[event.point.bound :], event.result)
        for event in trace.events
    ]


class TestCalls:
    def test_what_is_recorded_of_a_call(self):
        with record(here("Page.render", "Page.write")) as trace:
            page = Page()
            page.render(b"x")
        assert calls(trace) == [(0, "Page.render", (b"x",), 1), (1, "Page.write", (b"x",), 1)]
        render, write = trace.events
        assert render.receiver == write.receiver == "Page#1"
        assert render.method == "render"
        assert render.point.where == f"traced.py:{Page.render.__code__.co_firstlineno}"
        assert (render.caller.file, write.caller.file) == (__file__, traced.__file__)
        assert render.caller.function == "TestCalls.test_what_is_recorded_of_a_call"
        assert write.caller.function == "Page.render"
        assert write.caller.line == Page.render.__code__.co_firstlineno + 1

    def test_arguments_by_name(self):
        with record(here("Page.render", "plain")) as trace:
            Page().render(request=b"x", twice=True)
            assert plain(value=3) == 3
            assert Page.render(self=Page(), request=b"y") == 1
        assert [event.args for event in trace.events] == [
            ("Page#1", Named("request", b"x"), Named("twice", True)),
            (Named("value", 3),),
            (Named("self", "Page#2"), Named("request", b"y")),
        ]

    @pytest.mark.parametrize(
        "error",
        [ValueError("no"), KeyError(), Leave("left"), KeyboardInterrupt(), SystemExit(2), GeneratorExit()],
        ids=repr,
    )
    def test_a_call_that_raises(self, error):
        with record(here("Page.fail", "Page.write")) as trace:
            page = Page()
            with pytest.raises(type(error)) as raised:
                page.fail(error)
            page.write(b"after")
        assert raised.value is error
        failed, after = trace.events
        assert failed.raised == Raised(type(error).__name__, str(error))
        assert failed.result is None
        assert (failed.depth, after.depth) == (0, 0)

    def test_an_exception_that_passes_through_several_calls(self):
        class Failing(Page):
            def write(self, data):
                raise Leave

        with record(here("Page.render", "Page.write")) as trace:
            with pytest.raises(Leave):
                Failing().render(b"")
            plain(Page().render(b"x"))
        assert [(event.depth, event.method, event.raised is not None) for event in trace.events] == [
            (0, "render", True),
            (1, "write", True),
            (0, "render", False),
            (1, "write", False),
        ]

    def test_an_exception_that_can_t_be_told(self):
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError

        with record(here("Page.fail")) as trace, pytest.raises(Mute):
            Page().fail(Mute())
        assert trace.events[0].raised == Raised("Mute", "")

    def test_what_an_exception_calls_to_tell_itself_is_not_recorded(self):
        class Telling(Exception):
            def __str__(self):
                return str(Page().write(b"told"))

        with record(here("Page.fail", "Page.write")) as trace, pytest.raises(Telling):
            Page().fail(Telling())
        assert [event.method for event in trace.events] == ["fail"]
        assert trace.events[0].raised.text == "4"

    def test_a_constructor_and_special_methods(self):
        with record(here("Page.__init__", "Page.__eq__")) as trace:
            page = Page(b"t")
            assert page == page
            assert page != Page(b"u")
        assert [(event.method, event.args) for event in trace.events] == [
            ("__init__", ("Page#1", b"t")),
            ("__eq__", ("Page#1", "Page#1")),
            ("__init__", ("Page#2", b"u")),
            ("__eq__", ("Page#1", "Page#2")),
        ]

    def test_recursion(self):
        with record(here("Page.recursive")) as trace:
            assert Page().recursive(3) == 3
        assert [event.depth for event in trace.events] == [0, 1, 2, 3]
        assert [event.result for event in trace.events] == [3, 2, 1, 0]

    def test_a_method_stored_before_the_block_is_missed_and_one_stored_inside_passes_through_after(self):
        page = Page()
        early = page.write
        with record(here("Page.write")) as trace:
            early(b"1")
            late = page.write
            late(b"2")
        late(b"3")
        assert page.parts == [b"1", b"2", b"3"]
        assert [event.args[1] for event in trace.events] == [b"2"]

    def test_of_takes_names_as_the_points_do_and_methods_alone(self):
        with record(["HTTPChannel.lineReceived", *here("SubPage.render", "Page.render")]) as trace:
            Wire(resource.Resource()).send(GET)
            SubPage().render(b"x")
        assert len(trace.of("HTTPChannel.lineReceived")) == len(trace.of("lineReceived")) == 3
        assert len(trace.of("twisted.web.http:HTTPChannel.lineReceived")) == 3
        assert [event.depth for event in trace.of("render")] == [0, 1]
        assert [event.depth for event in trace.of(f"{HERE}:Page.render")] == [1]
        assert len(trace.of("lineReceived", "render")) == 5
        assert trace.of("HTTPChannel.rawDataReceived") == []
        with pytest.raises(LensError, match="did you mean"):
            trace.of("HTTPChannel.lineRecieved")

    def test_what_was_recorded_is_found_by_its_full_name_wherever_its_class_is(self):
        class Local(Page):
            def write(self, data):
                return super().write(data)

        with record(here("Page.write")) as trace:
            Local().write(b"")
        name = trace.events[0].name
        assert "<locals>" in name
        assert [event.name for event in trace.of(name)] == [name]

    def test_callers_on_the_same_line_of_two_files(self):
        """Their code is equal, but for the file."""
        with record(here("plain")) as trace:
            for file in ("one.py", "two.py", "one.py"):
                exec(compile("plain(1)", file, "exec"), {"plain": plain})
        assert [event.caller for event in trace.events] == [
            Caller("<module>", file, 1) for file in ("one.py", "two.py", "one.py")
        ]

    def test_length_counts_the_calls(self):
        with record(here("Page.recursive")) as trace:
            Page().recursive(4)
            assert len(trace) == 5
        assert len(trace) == len(trace.events) == 5


class TestEvents:
    def test_the_same_list_until_another_call_has_ended(self):
        with record(here("Page.render", "Page.write")) as trace:
            page = Page()
            looks = [trace.events, trace.events]
            page.write(b"1")
            looks += [trace.events, trace.events]
            page.render(b"2")
        assert [len(look) for look in looks] == [0, 0, 1, 1]
        assert looks[2] is looks[3]
        assert [event.args[1] for event in trace.events] == [b"1", b"2", b"2"]
        assert trace.events is trace.events

    def test_a_look_from_inside_a_call_is_no_last_look(self):
        """The call that looks has not ended yet."""
        seen = []

        class Looking(Page):
            def write(self, data):
                seen.append([event.args[1] for event in trace.events])
                return super().write(data)

        with record(here("Page.write")) as trace:
            for data in (b"1", b"2"):
                Looking().write(data)
        assert seen == [[], [b"1", b"1"]]
        assert len(trace.events) == 4

    def test_looks_from_several_threads_while_calls_are_recorded(self):
        """No look may hide a call that had ended before it."""
        shortfalls = []

        def work(page):
            for number in range(1, 101):
                page.write(b"")
                mine = sum(1 for event in trace.events if event.thread and event.receiver == str(label[page.title]))
                shortfalls.append(number - mine)

        label = {b"1": "Page#1", b"2": "Page#2", b"3": "Page#3"}
        pages = [Page(title) for title in label]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            with record(here("Page.write", "plain")) as trace, ThreadPoolExecutor(3) as pool:
                for page in pages:
                    plain(page)
                list(pool.map(work, pages))
        finally:
            sys.setswitchinterval(interval)
        assert set(shortfalls) == {0}
        assert len(trace.events) == len(trace) == 303


class TestThreads:
    def test_calls_interleaved_in_two_threads_are_told_apart(self):
        barrier = threading.Barrier(2)

        class Meeting(Page):
            def write(self, data):
                barrier.wait(10)
                super().write(data)
                barrier.wait(10)

        with record(here("Page.render", "Page.write")) as trace, ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda data: Meeting().render(data), [b"one", b"two"]):
                pass
        assert [event.thread for event in trace.events] == [1, 1, 1, 2, 2, 2]
        assert [event.depth for event in trace.events] == [0, 1, 2, 0, 1, 2]
        for thread in (1, 2):
            mine = [event for event in trace.events if event.thread == thread]
            assert [event.method for event in mine] == ["render", "write", "write"]
            assert len({event.args[1] for event in mine}) == 1
            assert len({event.receiver for event in mine}) == 1

    def test_a_thread_pool_of_twisted(self):
        """As `deferToThread` runs it, without a reactor."""
        pool = ThreadPool(1, 1)
        done = threading.Event()
        with record(here("Page.render", "Page.write")) as trace:
            page = Page()
            page.render(b"here")
            pool.start()
            pool.callInThreadWithCallback(lambda success, result: done.set(), page.render, b"there")
            assert done.wait(10)
        pool.stop()
        assert [(event.thread, event.depth, event.args[1]) for event in trace.events] == [
            (0, 0, b"here"),
            (0, 1, b"here"),
            (1, 0, b"there"),
            (1, 1, b"there"),
        ]
        assert "\n" in str(trace)

    def test_a_function_that_a_thread_begins_with_has_no_caller(self):
        done = threading.Event()
        with record(here("plain")) as trace:
            calls_to_make = itertools.chain(map(plain, [5]), itertools.starmap(done.set, [()]))
            _thread.start_new_thread(list, (calls_to_make,))
            assert done.wait(10)
        assert trace.events[0].caller == Caller("", "", 0)
        assert trace.events[0].args == (5,)

    def test_a_call_that_has_not_ended_when_the_block_ends_is_no_event_before_it_has(self):
        entered, leave = threading.Event(), threading.Event()

        class Waiting(Page):
            def write(self, data):
                super().write(data)
                entered.set()
                leave.wait(10)

        with record(here("Page.write")) as trace:
            Page().write(b"first")
            thread = threading.Thread(target=Waiting().write, args=[b"second"])
            thread.start()
            assert entered.wait(10)
        assert [(event.depth, event.args[1]) for event in trace.events] == [(0, b"first"), (1, b"second")]
        assert str(trace).splitlines()[1].startswith("Test"), "it belongs to no call of the first thread"
        leave.set()
        thread.join()
        assert [event.depth for event in trace.events] == [0, 0, 1]


plans = st.recursive(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.just([])),
    lambda inner: st.tuples(st.sampled_from("abc"), st.booleans(), st.lists(inner, max_size=4)),
    max_leaves=30,
)


class TestOrder:
    @given(st.lists(plans, max_size=3))
    def test_events_come_in_the_order_in_which_the_calls_began(self, forest):
        tree = Tree()
        with record(here("Tree.a", "Tree.b")) as trace:
            for plan in forest:
                with contextlib.suppress(Leave):
                    tree.call(plan)
        assert [(event.depth, event.method) for event in trace.events] == tree.begun

    @settings(max_examples=30)
    @given(st.lists(plans, min_size=2, max_size=4))
    def test_and_so_they_do_in_each_thread(self, forest):
        trees = [Tree() for _ in forest]

        def run(pair) -> None:
            tree, plan = pair
            with contextlib.suppress(Leave):
                tree.call(plan)
            barrier.wait(10)

        barrier = threading.Barrier(len(forest))
        with record(here("Tree.a", "Tree.b")) as trace, ThreadPoolExecutor(len(forest)) as pool:
            list(pool.map(run, zip(trees, forest, strict=True)))
        threads = {event.thread for event in trace.events}
        recorded = [
            [(event.depth, event.method) for event in trace.events if event.thread == thread]
            for thread in sorted(threads)
        ]
        assert Counter(map(tuple, recorded)) == Counter(tuple(tree.begun) for tree in trees if tree.begun)
        assert threads == set(range(1, len(threads) + 1))
