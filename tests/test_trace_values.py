"""A recording keeps arguments, results and watched attributes as they were, and can be written as JSON."""

import gc
import json
import sys
import weakref

import pytest
from hypothesis import given, settings
from twisted.web import resource

from snippets.lens.errors import LensError
from snippets.lens.kept import LONGEST, MISSING, Cut, Label
from snippets.lens.trace import record
from snippets.lens.tree import as_text
from snippets.lens.wire import Wire
from tests.traced import (
    EVERY,
    GET,
    HERE,
    Behind,
    HTTPish,
    Leave,
    Page,
    Watched,
    _Underscored,
    conversation,
    conversations,
    here,
    plain,
)


class TestWatching:
    def test_an_attribute_before_and_after(self):
        with record(here("Watched.touch"), {f"{HERE}:Watched": ["level", "title"]}) as trace:
            Watched().touch(5)
        event = trace.events[0]
        assert (event.point.watched, event.before, event.after) == (("level", "title"), (0, b""), (5, b""))
        assert event.changes == {"level": (0, 5)}

    @pytest.mark.parametrize(
        ("old", "new", "changed"),
        [
            (1, True, True),
            (0, 0.0, True),
            (None, MISSING, False),
            (5, 5, False),
            ([1], [True], True),
            ([1], [1], False),
            (float("nan"), float("nan"), False),
            ([b"a"], [b"a", b"b"], True),
            (b"x" * 500, b"x" * 501, True),
        ],
        ids=repr,
    )
    def test_what_is_a_change(self, old, new, changed):
        new = old if new is MISSING else new
        with record(here("Watched.touch"), {f"{HERE}:Watched": ["level"]}) as trace:
            page = Watched()
            page.level = old
            page.touch(new)
        assert bool(trace.events[0].changes) is changed

    def test_a_list_that_grows_shows_what_it_was(self):
        with record(here("Page.write"), {f"{HERE}:Page": ["parts"]}) as trace:
            Page().write(b"x")
        assert "parts: [] -> [b'x']" in str(trace)

    def test_after_a_call_that_raised(self):
        class Failing(Watched):
            def touch(self, value=None):
                super().touch(value)
                raise Leave

        with record(here("Watched.touch"), {f"{HERE}:Watched": ["level"]}) as trace, pytest.raises(Leave):
            Failing().touch(3)
        assert [event.changes for event in trace.events] == [{"level": (0, 3)}] * 2

    def test_an_attribute_that_is_not_there_or_whose_getter_raises(self):
        watch = {f"{HERE}:Page": ["title", "broken", "nowhere", "child.title", "_depth"]}
        with record(here("Page.__init__", "Page.write"), watch) as trace:
            Watched(b"t").write(b"x")
        made, written = trace.events
        assert made.before == (MISSING,) * 5
        assert made.after == (b"t", MISSING, MISSING, MISSING, 0)
        assert written.before == written.after == made.after
        assert "title: - -> b't'" in str(trace)
        assert list(made.changes) == ["title", "_depth"]

    def test_an_attribute_that_is_deleted(self):
        with record(here("Page.delete"), {f"{HERE}:Page": ["title"]}) as trace:
            Page(b"t").delete("title")
        assert trace.events[0].changes == {"title": (b"t", MISSING)}

    def test_private_and_dotted_names(self):
        watch = {f"{HERE}:HTTPish": ["__header", "inner.factory", "__class__.__name__", "__header.__class__"]}
        with record(here("HTTPish.feed"), watch) as trace:
            HTTPish().feed(b"x")
        assert trace.events[0].before == (b"", None, "HTTPish", "bytes")
        assert trace.events[0].after == (b"x", True, "HTTPish", "bytes")
        with record(here("_Underscored.bump"), {f"{HERE}:_Underscored": ["__value"]}) as trace:
            _Underscored().bump()
        assert trace.events[0].changes == {"__value": (1, 2)}

    def test_the_channel_s_private_state(self):
        with record(["HTTPChannel.lineReceived"], {"HTTPChannel": ["__header", "_receivedHeaderCount"]}) as trace:
            Wire(resource.Resource()).send(GET)
        assert [event.changes.get("__header") for event in trace.events] == [None, (b"", b"Host: x"), (b"Host: x", b"")]

    def test_what_a_getter_calls_is_not_recorded(self):
        with record(here("Page.write", "Page.length", "Watched.touch"), {f"{HERE}:Watched": ["noisy"]}) as trace:
            Watched(b"abc").touch()
        assert [event.method for event in trace.events] == ["touch"]
        assert trace.events[0].before == (3,)

    def test_a_property_that_is_recorded_and_watched(self):
        with record(here("Page.length"), {f"{HERE}:Page": ["length"]}) as trace:
            assert Page(b"abc").length == 3
        assert [(event.before, event.after) for event in trace.events] == [((3,), (3,))]

    def test_a_getter_that_interrupts_stops_no_recording(self):
        class Interrupting(Page):
            @property
            def level(self):
                raise KeyboardInterrupt

        with record(here("Page.write"), {f"{HERE}:Page": ["level"]}) as trace:
            with pytest.raises(KeyboardInterrupt):
                Interrupting().write(b"x")
            Page().write(b"y")
        assert [event.args[1] for event in trace.events] == [b"y"]

    def test_two_classes_are_watched_each_by_its_own_names(self):
        watch = {f"{HERE}:Page": ["title"], f"{HERE}:Watched": ["level"], f"{HERE}:HTTPish": ["inner"]}
        with record(here("Page.write", "Watched.touch", "HTTPish.feed"), watch) as trace:
            Page(b"p").write(b"x")
            Watched(b"w").write(b"x")
            Watched(b"w").touch(1)
            HTTPish().feed(b"x")
        assert [(event.point.watched, event.after) for event in trace.events] == [
            (("title", "level"), (b"p", MISSING)),
            (("title", "level"), (b"w", 0)),
            (("title", "level"), (b"w", 1)),
            (("inner",), ("Behind#1",)),
        ]

    def test_a_method_above_the_watched_class_is_watched_for_its_objects_only(self):
        with record(here("Page.write"), {f"{HERE}:Watched": ["level"]}) as trace:
            Page().write(b"x")
            Watched().write(b"x")
        assert [event.before for event in trace.events] == [(), (0,)]
        assert [event.changes for event in trace.events] == [{}, {}]

    def test_nothing_to_watch(self):
        with record(here("Page.write", "plain", "Page.join"), {f"{HERE}:Page": []}) as trace:
            Page().write(b"x")
            plain(Page.join(b""))
        assert [event.before for event in trace.events] == [(), (), ()]

    @pytest.mark.parametrize(
        ("watch", "said"),
        [
            ({"HTTPChanel": ["x"]}, "no class called"),
            ({"Request": ["x"]}, "more than one module"),
            ({"HTTPChannel.lineReceived": ["x"]}, "no class called"),
            ({"HTTPChannel": "length"}, "names come in a list"),
            ({"HTTPChannel": ["length", "line mode"]}, "'line mode' is no attribute of HTTPChannel: say its name"),
            ({"HTTPChannel": [""]}, "'' is no attribute of HTTPChannel"),
            ({"HTTPChannel": ["transport."]}, "'transport.' is no attribute of HTTPChannel"),
            ({"HTTPChannel": [None]}, "None is no attribute of HTTPChannel"),
            (["HTTPChannel"], "say what to watch by class, as in watch="),
            ("HTTPChannel", "say what to watch by class, as in watch="),
        ],
        ids=["unknown", "twice", "no class", "text", "space", "empty", "dot", "None", "list", "name"],
    )
    def test_what_can_t_be_watched_is_refused(self, watch, said):
        with pytest.raises(LensError, match=said), record(["HTTPChannel.lineReceived"], watch):
            pytest.fail("the block was entered")


class TestKeeping:
    def test_arguments_changed_after_the_call(self):
        with record(here("plain")) as trace:
            buffer, items, table = bytearray(b"GET"), [b"a"], {b"k": b"v"}
            assert plain(buffer) is buffer
            plain(items)
            plain(table)
            buffer += b" /"
            items.append(b"b")
            table.clear()
        assert [str(line) for line in as_text(trace.events).splitlines()] == [
            f"plain({shown})  -> {shown}  {trace.events[0].point.where}"
            for shown in ("b'GET'", "[b'a']", "{b'k': b'v'}")
        ]

    def test_long_bytes_are_cut(self):
        with record(here("plain")) as trace:
            plain(b"x" * 10_000)
        assert trace.events[0].args == (Cut(b"x" * LONGEST, 10_000),)

    def test_objects_die_while_they_are_recorded(self):
        with record(here("Page.render", "Page.fail", "plain"), {f"{HERE}:Page": ["child", "parts"]}) as trace:
            page, request = Page(), Behind()
            page.child = Page()
            plain(value=request)
            plain([request])
            with pytest.raises(LookupError):
                page.fail(LookupError(request))
            gone = [weakref.ref(each) for each in (page, request, page.child)]
            del page, request
            gc.collect()
            assert [each() for each in gone] == [None, None, None]
        assert len(trace) == 3

    def test_a_label_stays_with_its_object(self):
        with record(here("plain")) as trace:
            for _ in range(200):
                plain(Page())
        assert len({event.args[0] for event in trace.events}) == 200
        assert all(event.args[0] == event.result for event in trace.events)

    def test_objects_that_can_t_be_looked_at(self):
        class Hostile:
            __slots__ = ()

            def refuse(self, *args):
                raise RuntimeError("looked at")

            __repr__ = __str__ = __eq__ = __hash__ = __bool__ = __getattribute__ = refuse

            def call(self, other):
                return other

        monkey = sys.modules[HERE]
        monkey.Hostile = Hostile
        Hostile.__qualname__ = "Hostile"
        try:
            with record(here("Hostile.call"), {f"{HERE}:Hostile": ["x", "y.z"]}) as trace:
                Hostile.call(Hostile(), Hostile())
        finally:
            del monkey.Hostile
        assert trace.events[0].args == ("Hostile", "Hostile")
        assert trace.events[0].before == (MISSING, MISSING)


class TestJson:
    @settings(max_examples=25)
    @given(conversations)
    def test_a_conversation_is_strict_json_a_list_a_call(self, data):
        with record(EVERY[::3], {"HTTPChannel": ["__header", "requests"]}) as trace:
            conversation(data, [])
        loaded = json.loads(trace.to_json(), parse_constant=pytest.fail)
        names = [loaded["points"][row[0]][0] for row in loaded["events"]]
        assert names == [event.name for event in trace.events]
        assert loaded["format"] == 1
        assert [row[1] for row in loaded["events"]] == [event.depth for event in trace.events]
        assert [row[2] for row in loaded["events"]] == [list(event.caller) for event in trace.events]

    def test_traces_that_differ_are_not_equal(self):
        traces = []
        for value in (1, True, 2, 1):
            with record(here("plain")) as trace:
                plain(value)
            traces.append(trace)
        assert [traces[0] == each for each in traces] == [True, False, False, True]
        assert traces[0] != 5

    def test_odd_values(self):
        values = [10**5000, float("nan"), float("inf"), "\ud800", b"\xff\x00", {1: {2: 3}}, (), Label, None]
        with record(here("plain")) as trace:
            for value in values:
                plain(value)
        written = [row[3][0] for row in json.loads(trace.to_json(), parse_constant=pytest.fail)["events"]]
        assert written[0] == {"int": hex(10**5000)}
        assert written[1:5] == [{"float": "nan"}, {"float": "inf"}, "\ud800", {"bytes": "\xff\0"}]
        assert written[6:] == [{"items": [], "kind": "tuple", "length": 0}, {"object": "Label"}, None]


def test_one_recording_has_one_set_of_labels():
    with record(here("plain", "Page.write"), {f"{HERE}:Page": ["child"]}) as trace:
        page = Page()
        page.child = page
        plain(page)
        page.write(b"")
    assert {event.args[0] for event in trace.events} == {"Page#1"}
    assert trace.events[1].before == ("Page#1",)
