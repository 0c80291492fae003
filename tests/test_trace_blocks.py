"""A recording changes nothing, and leaves nothing behind."""

import contextlib
import gc
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.lens.errors import LensError
from snippets.lens.path import PATH
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from tests import traced
from tests.traced import (
    EVERY,
    GET,
    HERE,
    LINES,
    Behind,
    Leave,
    Page,
    Proxy,
    Site,
    conversation,
    conversations,
    here,
    plain,
)


def contents() -> list[tuple[object, dict[str, object]]]:
    """What each module of Twisted, this module, and each class in one of them holds."""
    modules = [each for name, each in list(sys.modules.items()) if name.startswith(("twisted.", HERE))]
    classes = [value for each in modules for value in vars(each).values() if isinstance(value, type)]
    own = [cls for cls in classes if str(cls.__module__).startswith(("twisted.", HERE))]
    return [(owner, held_by(owner)) for owner in {id(each): each for each in [*modules, *own]}.values()]


def held_by(owner: object) -> dict[str, object]:
    """The entries of its `__dict__`, but for those that Python, or `warnings`, writes there as it goes."""
    return {name: value for name, value in vars(owner).items() if name not in ("__warningregistry__", "_abc_impl")}


def assert_unchanged(before: list[tuple[object, dict[str, object]]]) -> None:
    for owner, old in before:
        new = held_by(owner)
        assert [*new] == [*old], owner
        changed = [name for name in old if old[name] is not new[name]]
        assert not changed, owner


class TestBlocks:
    def test_blocks_inside_one_another_record_each_for_itself(self):
        with record(here("Page.render", "Page.write", "plain")) as outer:
            Page().render(b"1")
            with record(here("Page.write", "plain")) as inner:
                Page().render(b"2")
                plain(3)
            Page().render(b"4")
        assert [event.args[1] for event in outer.events if event.method == "write"] == [b"1", b"2", b"4"]
        assert [(event.depth, event.method) for event in inner.events] == [(0, "write"), (0, "plain")]
        assert [event.depth for event in outer.events] == [0, 1, 0, 1, 0, 0, 1]
        files = {event.caller.file for event in [*outer.events, *inner.events]}
        assert files == {__file__, traced.__file__}, "a recording is no caller"
        assert outer.events[3].caller.function == "Page.render"
        assert outer.events[0].point == next(event.point for event in outer.events)

    def test_blocks_inside_one_another_on_proxies_and_properties(self):
        points = here("Proxy.dataReceived", "Page.length", "Page.join", "Page.of_class")
        with record(points) as outer, record(points) as inner:
            Proxy(Behind()).dataReceived(b"x")
            assert Page.of_class(b"abc").length == 3
            Page.join(b"")
        assert [(event.method, event.caller) for event in outer.events] == [
            (event.method, event.caller) for event in inner.events
        ]
        assert len(outer) == 4
        assert {event.caller.file for event in outer.events} == {__file__}

    @pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)], ids=str)
    def test_blocks_that_end_in_any_order_put_everything_back(self, order):
        points = here("Page.write", "plain", "Page.length", "Proxy.dataReceived")
        before = contents()
        blocks = [record(points) for _ in range(3)]
        traces = [block.__enter__() for block in blocks]
        for ended, number in enumerate(order):
            Page().write(b"x")
            plain(1)
            blocks[number].__exit__(None, None, None)
            assert [len(traces[each]) for each in order[ended:]] == [2 * (ended + 1)] * (3 - ended)
        Page().write(b"x")
        assert [len(traces[number]) for number in order] == [2, 4, 6]
        assert_unchanged(before)

    @pytest.mark.parametrize("error", [ValueError, Leave, KeyboardInterrupt, GeneratorExit])
    def test_a_block_left_by_an_exception(self, error):
        before = contents()
        page, traces = Page(), []

        def record_and_fail() -> None:
            with record(here("Page.write")) as trace:
                traces.append(trace)
                page.write(b"x")
                raise error

        with pytest.raises(error):
            record_and_fail()
        assert_unchanged(before)
        page.write(b"y")
        assert [event.args[1] for event in traces[0].events] == [b"x"]

    def test_a_block_in_a_generator_that_is_never_finished(self):
        before = contents()

        def recording() -> Iterator[Trace]:
            with record(here("Page.write")) as trace:
                yield trace

        running = recording()
        next(running)
        del running
        gc.collect()
        assert_unchanged(before)

    @pytest.mark.parametrize(
        ("points", "said"),
        [
            (["HTTPChannel.lineReceived", "HTTPChannel.lineRecieved"], "did you mean HTTPChannel.lineReceived"),
            (["HTTPChannel.lineReceived", "Request.process"], "more than one module"),
            (["HTTPChannel.lineReceived", "HTTPChannel"], "is a class"),
            (["HTTPChannel.lineReceived", "HTTPChannel.MAX_LENGTH"], "its type is int"),
            (["HTTPChannel.lineReceived", "Request.__str__"], "its type is wrapper_descriptor"),
            (["HTTPChannel.lineReceived", None], "as text"),
            ("HTTPChannel.lineReceived", "names come in a list"),
        ],
        ids=["misspelt", "twice", "class", "constant", "in C", "nothing", "text"],
    )
    def test_a_point_that_is_not_found_leaves_all_as_it_was(self, points, said):
        before = contents()
        with pytest.raises(LensError, match=said) as refusal, record(points):
            pytest.fail("the block was entered")
        assert "\n" not in str(refusal.value)
        assert_unchanged(before)

    def test_what_the_block_replaces_stays(self):
        original = vars(Page)["write"], vars(Page)["hide"], vars(Page)["set"]
        try:
            with record(here("Page.write", "Page.hide", "Page.set")) as trace:
                Page.write = len
                del Page.hide
                kept = Page.set
                Page.set = None
                Page.set = kept
                Page().set("title", b"t")
            assert vars(Page)["write"] is len
            assert "hide" not in vars(Page)
            assert vars(Page)["set"] is original[2], "put back in the block, so put back after it"
        finally:
            Page.write, Page.hide, Page.set = original
        assert [event.method for event in trace.events] == ["set"]

    def test_a_method_taken_from_the_block_still_works(self):
        with record(here("Page.write")) as trace:
            write = Page.write
        assert write(Page(), b"abc") == 3
        assert len(trace) == 0


class TestNothingChanges:
    @settings(max_examples=25)
    @given(points=st.lists(st.sampled_from(EVERY), max_size=40), raises=st.booleans(), data=conversations)
    def test_everything_is_put_back(self, points, raises, data):
        conversation(data, [])  # zope writes in a class when it first looks at it
        before = contents()
        with contextlib.suppress(Leave), record(points, {"HTTPChannel": ["__header", "transport.disconnecting"]}):
            conversation(data, [])
            if raises:
                raise Leave
        assert_unchanged(before)

    def test_everything_is_put_back_when_everything_was_recorded(self):
        conversation(GET, [])  # zope writes in a class when it first looks at it
        before = contents()
        with record(EVERY) as trace:
            conversation(GET, [1] * 10)
        assert len(trace) > 50
        assert len({event.name for event in trace.events}) > 30
        assert_unchanged(before)

    # Several in one recording: to begin one takes longer than a conversation.
    @settings(max_examples=20)
    @given(st.lists(st.tuples(conversations, st.lists(st.integers(1, 30), max_size=20)), min_size=1, max_size=6))
    def test_conversations_go_as_they_go_without(self, several):
        alone = [conversation(data, sizes) for data, sizes in several]
        with record(EVERY, {"HTTPChannel": ["__header", "requests"], "http.Request": ["content", "args"]}):
            recorded = [conversation(data, sizes) for data, sizes in several]
        assert recorded == alone

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_conversations_of_every_kind_go_as_they_go_without(self, size):
        for line in LINES[:7]:
            data = line + b"Host: x\r\nContent-Length: 3\r\n\r\na=b"
            alone = conversation(data, [size] * len(data))
            with record(EVERY):
                assert conversation(data, [size] * len(data)) == alone

    def test_the_path_of_a_request_is_recorded(self):
        with record([step.name for step in PATH]) as trace:
            Wire(Site()).send(GET)
        missing = {step.short for step in PATH} - {event.name.partition(":")[2] for event in trace.events}
        assert missing == {"Resource.getChildWithDefault"}, "the root of this site is a leaf"
