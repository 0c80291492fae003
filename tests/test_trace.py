"""A recording shows what was called, changes nothing, and leaves nothing behind."""

import _thread
import contextlib
import gc
import inspect
import itertools
import json
import sys
import threading
import types
import warnings
import weakref
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incremental import Version
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.interfaces import IProtocol
from twisted.python.components import proxyForInterface
from twisted.python.deprecate import deprecated
from twisted.python.threadpool import ThreadPool
from twisted.web import http, resource, server
from twisted.web.server import NOT_DONE_YET
from zope.interface.verify import verifyClass

from snippets.lens.errors import LensError
from snippets.lens.event import Caller, Event, Point
from snippets.lens.kept import LONGEST, MISSING, Cut, Label, Named, Raised
from snippets.lens.logged import logged
from snippets.lens.names import can_be_recorded
from snippets.lens.path import PATH
from snippets.lens.trace import Trace, record
from snippets.lens.tree import MOST_ROWS, as_html, as_text, as_tree
from snippets.lens.wire import Wire

HERE = __name__
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def here(*names: str) -> list[str]:
    return [f"{HERE}:{name}" for name in names]


def calls(trace: Trace) -> list[tuple]:
    """Depth, name inside this module, arguments after the object, result."""
    return [
        (event.depth, event.name.removeprefix(f"{HERE}:"), event.args[event.point.bound :], event.result)
        for event in trace.events
    ]


class Leave(BaseException):
    """No Exception, as KeyboardInterrupt is none."""


class Page:
    """What is recorded in most of these tests."""

    level = 0
    __secret = 1

    def __init__(self, title=b""):
        self.title = title
        self.parts = []
        self._depth = 0
        self.child = None

    def render(self, request, *, twice=False):
        return self.write(request) if not twice else [self.write(request), self.write(request)]

    def write(self, data):
        self.parts.append(data)
        return len(data)

    def fail(self, error):
        raise error

    def hide(self, value):
        self.__secret = value

    def set(self, name, value):
        setattr(self, name, value)

    def delete(self, name):
        delattr(self, name)

    @staticmethod
    def join(left, right=b""):
        return left + right

    @classmethod
    def of_class(cls, title):
        return cls(title)

    @property
    def length(self):
        """How long the title is."""
        return len(self.title)

    @length.setter
    def length(self, value):
        self.title = b"x" * value

    @deprecated(Version("snippets", 1, 0, 0))
    def old(self):
        return b"old"

    @inlineCallbacks
    def in_steps(self, deferred):
        value = yield deferred
        return value

    def pieces(self, count):
        yield from range(count)

    async def arrive(self):
        return 5

    def __eq__(self, other):
        return self is other

    __hash__ = None

    def recursive(self, depth):
        return 0 if depth == 0 else 1 + self.recursive(depth - 1)


class SubPage(Page):
    def render(self, request, **options):
        return super().render(request, **options)


class SubSubPage(SubPage):
    @staticmethod
    def join(left, right=b""):
        return b"sub"

    def render(self, request, **options):
        return super().render(request, **options)


class Odd(Page):
    """Overrides methods with what is no method."""

    render = None
    write = len
    hide = dict
    length = 5
    fail = types.SimpleNamespace()


def plain(value):
    return value


class TestCalls:
    def test_what_is_recorded_of_a_call(self):
        with record(here("Page.render", "Page.write")) as trace:
            page = Page()
            page.render(b"x")
        assert calls(trace) == [(0, "Page.render", (b"x",), 1), (1, "Page.write", (b"x",), 1)]
        render, write = trace.events
        assert render.receiver == write.receiver == "Page#1"
        assert render.method == "render"
        assert render.point.where == f"{Path(__file__).name}:{Page.render.__code__.co_firstlineno}"
        assert (render.caller.file, write.caller.file) == (__file__, __file__)
        assert render.caller.function == "TestCalls.test_what_is_recorded_of_a_call"
        assert write.caller.function == "Page.render"
        assert render.caller.line < write.caller.line or write.caller.line == Page.render.__code__.co_firstlineno + 1

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


class TestOverriding:
    def test_subclasses_made_before_are_recorded_with_what_they_call_above(self):
        with record(here("Page.render")) as trace:
            SubSubPage().render(b"x")
        assert [(event.depth, event.name) for event in trace.events] == [
            (0, f"{HERE}:SubSubPage.render"),
            (1, f"{HERE}:SubPage.render"),
            (2, f"{HERE}:Page.render"),
        ]

    def test_points_that_overlap_record_a_call_once(self):
        with record(here("Page.render", "SubPage.render", "Page.render", "SubSubPage.render")) as trace:
            SubSubPage().render(b"x")
        assert [event.depth for event in trace.events] == [0, 1, 2]

    def test_what_overrides_a_method_and_is_none_is_left_alone(self):
        before = dict(vars(Odd))
        with record(here("Page.render", "Page.write", "Page.hide", "Page.length", "Page.fail")) as trace:
            odd = Odd()
            assert odd.render is None
            assert odd.write(b"abc") == 3
            assert odd.hide(a=1) == {"a": 1}
            assert odd.length == 5
            assert odd.fail is before["fail"]
        assert trace.events == []
        assert dict(vars(Odd)) == before

    def test_a_twisted_subclass(self):
        class Site(server.Site):
            def getResourceFor(self, request):
                return super().getResourceFor(request)

        with record(["Site.getResourceFor"]) as trace:
            Wire(Site(resource.Resource(), reactor=Wire(resource.Resource()).reactor)).send(GET)
        assert [event.depth for event in trace.events] == [0, 1]


class TestCopies:
    def test_a_function_is_recorded_by_every_name_that_a_module_has_for_it(self, monkeypatch):
        other, another = types.ModuleType("other_module"), types.ModuleType("another_module")
        other.plain = another.called_otherwise = plain
        monkeypatch.setitem(sys.modules, "other_module", other)
        monkeypatch.setitem(sys.modules, "another_module", another)
        with record(here("plain")) as trace:
            assert (plain(1), other.plain(2), another.called_otherwise(3)) == (1, 2, 3)
        assert [event.args for event in trace.events] == [(1,), (2,), (3,)]
        assert {event.name for event in trace.events} == {f"{HERE}:plain"}
        assert other.plain is another.called_otherwise is plain

    def test_what_twisted_imports_from_one_module_into_another(self):
        with record(["server.datetimeToString"]) as trace:
            Wire(resource.Resource()).send(GET)
            assert http.datetimeToString(0) == server.datetimeToString(0)
        assert {event.name for event in trace.events} == {"twisted.web.http:datetimeToString"}
        assert len(trace.events) == 3
        assert server.datetimeToString is http.datetimeToString

    def test_odd_things_among_the_modules_are_no_obstacle(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "nothing_here", None)
        monkeypatch.setitem(sys.modules, "a_number", 5)
        with record(here("plain")) as trace:
            plain(1)
        assert len(trace) == 1


class Proxy(proxyForInterface(IProtocol, "_behind")):
    """Has the methods of a protocol."""


class OtherProxy(Proxy):
    def dataReceived(self, data):
        return Proxy.dataReceived(self, data)


class Behind:
    """What stands behind the proxy."""

    factory = None

    def __init__(self):
        self.got = []

    def dataReceived(self, data):
        self.got.append(data)
        return len(data)

    def connectionLost(self, reason):
        raise Leave(reason)


class TestProxies:
    def test_the_proxy_in_front_of_the_channel(self):
        points = ["_GenericHTTPChannelProtocol.makeConnection", "_GenericHTTPChannelProtocol.connectionMade"]
        with record(points) as trace:
            Wire(resource.Resource()).send(GET)
        assert [(event.method, event.receiver) for event in trace.events] == [
            ("makeConnection", "_GenericHTTPChannelProtocol#1")
        ]
        assert trace.events[0].args[1] == "Server#1"
        assert trace.of("_GenericHTTPChannelProtocol.makeConnection") == trace.events
        assert trace.events[0].point.where == "(no source)"

    def test_calls_results_and_exceptions(self):
        with record(here("Proxy.dataReceived", "Proxy.connectionLost")) as trace:
            proxy = Proxy(Behind())
            assert proxy.dataReceived(b"abc") == 3
            assert proxy.dataReceived(data=b"ab") == 2
            with pytest.raises(Leave):
                proxy.connectionLost("why")
        assert [(event.args, event.result) for event in trace.events] == [
            (("Proxy#1", b"abc"), 3),
            (("Proxy#1", Named("data", b"ab")), 2),
            (("Proxy#1", "why"), None),
        ]
        assert trace.events[2].raised == Raised("Leave", "why")
        assert all(event.caller.file == __file__ for event in trace.events)

    def test_a_call_by_way_of_the_class(self):
        with record(here("OtherProxy.dataReceived", "Proxy.dataReceived")) as trace:
            assert OtherProxy(Behind()).dataReceived(b"abc") == 3
        assert [(event.depth, event.args) for event in trace.events] == [
            (0, ("OtherProxy#1", b"abc")),
            (1, ("OtherProxy#1", b"abc")),
        ]

    def test_attributes_go_through(self):
        with record(here("Proxy.dataReceived")):
            behind = Behind()
            proxy = Proxy(behind)
            proxy.dataReceived = len
            assert behind.dataReceived is len
            assert proxy.dataReceived(b"abc") == 3
            del proxy.dataReceived
            assert proxy.dataReceived(b"ab") == 2
        assert behind.got == [b"ab"]

    def test_a_method_keeps_the_object_that_it_was_looked_up_in(self):
        """`_GenericHTTPChannelProtocol` puts another channel behind itself when HTTP/2 was agreed on."""
        with record(here("Proxy.dataReceived")):
            first, second = Behind(), Behind()
            proxy = Proxy(first)
            method = proxy.dataReceived
            proxy._behind = second
            method(b"x")
        assert (first.got, second.got) == ([b"x"], [])


class TestKinds:
    def test_a_static_method(self):
        with record(here("Page.join")) as trace:
            assert Page.join(b"a", b"b") == Page().join(b"a", right=b"b") == b"ab"
            assert SubSubPage.join(b"a") == b"sub"
        assert [event.args for event in trace.events] == [(b"a", b"b"), (b"a", Named("right", b"b")), (b"a",)]
        assert [event.receiver for event in trace.events] == [None, None, None]
        assert isinstance(vars(Page)["join"], staticmethod)

    def test_a_class_method(self):
        with record(here("Page.of_class")) as trace:
            assert type(SubPage.of_class(b"t")) is SubPage
            assert Page(b"").of_class(b"t").title == b"t"
        assert [event.args for event in trace.events] == [("SubPage", b"t"), ("Page", b"t")]
        assert str(trace).startswith("SubPage.of_class(b't')")

    def test_a_property(self):
        with record(here("Page.length")) as trace:
            page = Page(b"title")
            assert page.length == 5
            page.length = 3
            assert page.length == 3
            assert Page.length.__doc__ == "How long the title is."
        assert [(event.method, event.result) for event in trace.events] == [("length", 5), ("length", 3)]
        assert trace.events[0].point.where == f"{Path(__file__).name}:{Page.length.fget.__code__.co_firstlineno}"

    def test_a_subclass_of_property_stays_one(self, monkeypatch):
        class Special(property):
            note = "special"

        monkeypatch.setattr(Page, "special", Special(lambda self: 7), raising=False)
        with record(here("Page.special")) as trace:
            assert type(vars(Page)["special"]) is Special
            assert Page().special == 7
        assert len(trace) == 1

    def test_a_setter_is_refused(self):
        with pytest.raises(LensError, match="can't be recorded"), record(here("Page.length.setter")):
            pytest.fail("the block was entered")

    def test_a_deprecated_function_still_warns_its_caller(self):
        """The warning names the line that called, as it does without: trial and readers look at it."""
        found = []
        for points in ([], here("Page.old")):
            with record(points) as trace, warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                assert Page().old() == b"old"
            found.append([(str(each.message), each.filename, each.lineno) for each in caught])
        assert found[0] == found[1]
        assert found[0][0][1] == __file__
        assert len(trace) == 1
        assert trace.events[0].point.line == Page.old.__wrapped__.__code__.co_firstlineno

    def test_a_warning_from_inside_two_recordings(self):
        with record(here("Page.old")), record(here("Page.old")), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Page().old()
        assert [each.filename for each in caught] == [__file__]

    def test_inline_callbacks(self):
        with record(here("Page.in_steps")) as trace:
            waited = Deferred()
            result = Page().in_steps(waited)
            waited.callback(3)
        assert result.result == 3
        assert [(event.args[1], event.result) for event in trace.events] == [("Deferred#1", "Deferred#2")]
        assert trace.events[0].point.line == Page.in_steps.__wrapped__.__code__.co_firstlineno

    def test_a_generator_and_a_coroutine_are_recorded_when_they_are_made(self):
        with record(here("Page.pieces", "Page.arrive")) as trace:
            assert list(Page().pieces(2)) == [0, 1]
            coming = Page().arrive()
            with pytest.raises(StopIteration):
                coming.send(None)
        assert [event.result for event in trace.events] == ["generator#1", "coroutine#1"]

    def test_what_is_recorded_reads_as_before(self):
        signature = inspect.signature(Page.render)
        with record(here("Page.render")):
            assert inspect.signature(Page.render) == signature
            assert (Page.render.__name__, Page.render.__qualname__) == ("render", "Page.render")
            assert Page.render.__doc__ is None

    def test_interfaces_are_still_provided(self):
        points = [name for name in of_class(server.Request) if can_be_recorded_by(name)]
        with record(points):
            assert verifyClass(server.iweb.IRequest, server.Request)


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


class Watched(Page):
    @property
    def broken(self):
        raise ValueError

    @property
    def noisy(self):
        return self.write(b"looked") and self.length

    def touch(self, value=None):
        self.level = value
        return value


class HTTPish:
    """Its private names are its own."""

    def __init__(self):
        self.__header = b""
        self.inner = Behind()

    def feed(self, data):
        self.__header += data
        self.inner.factory = True


class _Underscored:
    def __init__(self):
        self.__value = 1

    def bump(self):
        self.__value += 1


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
        ],
        ids=["unknown", "twice", "no class", "text"],
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
        assert {event.caller.file for event in [*outer.events, *inner.events]} == {__file__}
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


OWNERS = (
    "twisted.web.http",
    "twisted.web.server",
    "twisted.web.resource",
    "twisted.protocols.basic",
    "twisted.internet.tcp",
    "twisted.internet.abstract",
)


def of_class(cls: type) -> list[str]:
    return [f"{cls.__module__}:{cls.__qualname__}.{name}" for name in vars(cls)]


def can_be_recorded_by(name: str) -> bool:
    owner, _, attribute = name.partition(":")[2].rpartition(".")
    scope = sys.modules[name.partition(":")[0]]
    return can_be_recorded(vars(getattr(scope, owner) if owner else scope)[attribute])


def every_function() -> list[str]:
    """All functions, methods and properties of the modules that a request passes through."""
    names = []
    for module_name in OWNERS:
        for name, value in vars(sys.modules[module_name]).items():
            if inspect.isfunction(value):
                names.append(f"{module_name}:{name}")
            elif inspect.isclass(value) and value.__module__ == module_name:
                names += of_class(value)
    return [name for name in names if can_be_recorded_by(name)]


EVERY = every_function()


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


class Site(resource.Resource):
    """Answers at once, in two parts, later, never, or with an error."""

    isLeaf = True

    def render_GET(self, request):
        last = request.postpath[-1:] or [b""]
        if last == [b"error"]:
            raise ZeroDivisionError("in the page")
        if last == [b"parts"]:
            request.write(b"one")
            request.write(b"two")
            request.finish()
            return NOT_DONE_YET
        if last == [b"never"]:
            return NOT_DONE_YET
        return b"answer to " + request.uri

    def render_POST(self, request):
        return repr((request.args, request.content.read())).encode()


def conversation(data: bytes, sizes: list[int]) -> tuple:
    """All that a client and a log see of a conversation."""
    with logged() as failures:
        outcome: object = None
        wire = Wire(Site(), timeout=30)
        answers = []
        try:
            answers.append(wire.send(data, sizes))
            answers.append(wire.advance(31))
            wire.disconnect()
        except Exception as error:
            outcome = (type(error).__name__, str(error))
    return answers, wire.closed, outcome, [(failure.type.__name__, str(failure.value)) for failure in failures]


LINES = [
    b"GET / HTTP/1.1\r\n",
    b"GET /a%2Fb/error?x=1 HTTP/1.1\r\n",
    b"GET /parts HTTP/1.0\r\n",
    b"GET /never HTTP/1.1\r\n",
    b"HEAD / HTTP/1.1\r\n",
    b"POST /form HTTP/1.1\r\n",
    b"BREW /pot HTTP/1.1\r\n",
    b"Host: x\r\n",
    b"Connection: close\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: x\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Type: application/x-www-form-urlencoded\r\n",
    b"Expect: 100-continue\r\n",
    b" folded\r\n",
    b"no colon\r\n",
    b"\r\n",
    b"a=b",
    b"3\r\nabc\r\n0\r\n\r\n",
    GET,
]
conversations = st.lists(st.sampled_from(LINES) | st.binary(max_size=20), max_size=12).map(b"".join)


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

    @settings(max_examples=60)
    @given(data=conversations, sizes=st.lists(st.integers(1, 30), max_size=20))
    def test_a_conversation_goes_as_it_goes_without(self, data, sizes):
        alone = conversation(data, sizes)
        with record(EVERY, {"HTTPChannel": ["__header", "requests"], "http.Request": ["content", "args"]}):
            recorded = conversation(data, sizes)
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


class Tree:
    """Calls that call others as a plan says, and write down when they begin."""

    def __init__(self):
        self.begun = []
        self.depth = 0

    def run(self, plan):
        name, raises, children = plan
        recorded = name in "ab"
        if recorded:
            self.begun.append((self.depth, name))
        self.depth += recorded
        try:
            for child in children:
                try:
                    self.call(child)
                except Leave:
                    if len(child[2]) % 2:  # some are passed on
                        raise
            if raises:
                raise Leave
        finally:
            self.depth -= recorded
        return name

    def call(self, plan):
        return getattr(self, plan[0])(plan)

    def a(self, plan):
        return self.run(plan)

    def b(self, plan):
        return self.run(plan)

    def c(self, plan):
        """Not recorded."""
        return self.run(plan)


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
        found = [
            [(event.depth, event.method) for event in trace.events if event.thread == thread]
            for thread in sorted(threads)
        ]
        assert Counter(map(tuple, found)) == Counter(tuple(tree.begun) for tree in trees if tree.begun)
        assert threads == set(range(1, len(threads) + 1))


class TestJson:
    @settings(max_examples=25)
    @given(conversations)
    def test_a_conversation_is_strict_json_a_list_a_call(self, data):
        with record(EVERY[::3], {"HTTPChannel": ["__header", "requests"]}) as trace:
            conversation(data, [])
        loaded = json.loads(trace.to_json(), parse_constant=pytest.fail)
        names = [loaded["points"][row[0]][0] for row in loaded["events"]]
        assert names == [event.name for event in trace.events]
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


def places(value: object) -> Iterator[tuple[object, object]]:
    """Every place in a JSON value: what holds it, and its key there."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield value, key
        yield from places(inner)


class TestShowing:
    def test_a_request_that_is_a_script_is_harmless_in_html(self):
        with record(["HTTPChannel.lineReceived", "http.Request.requestReceived"], {"HTTPChannel": ["_path"]}) as trace:
            Wire(Site()).send(b"GET /<script>alert(1)</script>&amp; HTTP/1.1\r\nHost: <b>\r\n\r\n")
        page = as_html(trace.events)
        assert "<script" not in page
        assert "<b>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in page

    def test_names_and_errors_are_harmless_too(self):
        hostile = type("<i>Bad</i>\n\x1b[31m", (Exception,), {})
        with record(here("Page.fail", "plain")) as trace:
            with pytest.raises(hostile):
                Page().fail(hostile("<u>\n\x1b[31m"))
            plain(hostile("x"))
        page = as_html(trace.events)
        for tag in ("<i>", "<u>", "\x1b", "\n"):
            assert tag not in page
        assert "\x1b" not in str(trace)
        assert len(str(trace).splitlines()) == 2

    def test_a_tree_in_text(self):
        with record(here("Page.render", "Page.write", "Page.fail"), {f"{HERE}:Page": ["parts"]}) as trace:
            page = Page()
            page.render(b"x")
            with pytest.raises(ValueError, match="no"):
                page.fail(ValueError("no"))
        where = [event.point.where for event in trace.events]
        assert str(trace).splitlines() == [
            f"Page#1.render(b'x')  -> 1  {where[0]}",
            "parts: [] -> [b'x']",
            f"└── Page#1.write(b'x')  -> 1  {where[1]}",
            "    parts: [] -> [b'x']",
            f"Page#1.fail(ValueError)  raised ValueError: no  {where[2]}",
        ]

    def test_a_change_from_one_to_true_is_shown(self):
        with record(here("Watched.touch"), {f"{HERE}:Watched": ["level"]}) as trace:
            page = Watched()
            page.level = 1
            page.touch(True)
        assert "level: 1 -> True" in str(trace)
        assert "level: 1 -&gt; True" in as_html(trace.events)

    def test_what_is_left_out_is_counted(self):
        with record(here("plain")) as trace:
            for _ in range(MOST_ROWS + 3):
                plain(1)
        assert str(trace).splitlines()[-1] == "... and 3 more calls"
        assert as_html(trace.events).count("<tr>") == MOST_ROWS + 2
        assert "... and 3 more calls" in as_html(trace.events)

    def test_as_many_as_are_shown_are_all(self):
        with record(here("plain")) as trace:
            for _ in range(MOST_ROWS):
                plain(1)
        assert "more calls" not in str(trace) + as_html(trace.events)

    def test_nothing(self):
        with record([]) as trace:
            pass
        assert str(trace) == "nothing was recorded"
        assert "nothing was recorded" in as_html(trace.events)

    def test_in_jupyter_and_in_a_terminal(self):
        with record(here("plain")) as trace:
            plain(1)
        bundle = trace._repr_mimebundle_()
        assert bundle == {"text/html": as_html(trace.events), "text/plain": str(trace)}
        assert type(trace.__rich__()) is type(as_tree(trace.events))

    def test_text_is_text_in_jupyter_too(self, monkeypatch):
        """rich takes a kernel's shell for a place to display things in."""

        class ZMQInteractiveShell:
            pass

        with record(here("plain")) as trace:
            plain(1)
        alone = str(trace)
        monkeypatch.setattr("builtins.get_ipython", ZMQInteractiveShell, raising=False)
        assert str(trace) == alone

    def test_calls_whose_caller_had_not_ended_are_shown(self):
        traces = []

        class Looking(Page):
            def write(self, data):
                super().write(data)
                traces.append(as_text(trace.events, 200))

        with record(here("Page.render", "Page.write")) as trace:
            Looking().render(b"x")
        assert len(traces[0].splitlines()) == 1
        assert "write(b'x')" in traces[0]
        assert len(as_text(trace.events, 200).splitlines()) == 3

    def test_depths_beyond_what_a_tree_has(self):
        point = Point("m:C.call", "c.py", 1, True, ())
        events = [
            Event(point, depth, Caller("f", "g.py", 1), (Label("C#1"),), None, None, (), (), thread)
            for thread, depth in [(0, 5), (0, 0), (0, 3), (1, 2)]
        ]
        assert [line.index("C#1") for line in as_text(events).splitlines()] == [0, 0, 4, 0]


def test_one_recording_has_one_set_of_labels():
    with record(here("plain", "Page.write"), {f"{HERE}:Page": ["child"]}) as trace:
        page = Page()
        page.child = page
        plain(page)
        page.write(b"")
    assert {event.args[0] for event in trace.events} == {"Page#1"}
    assert trace.events[1].before == ("Page#1",)
