"""A function is recorded wherever it is reached, whatever kind of thing it is."""

import inspect
import sys
import types
import warnings

import pytest
from twisted.internet.defer import Deferred
from twisted.web import http, resource, server
from zope.interface.verify import verifyClass

from snippets.lens.errors import LensError
from snippets.lens.kept import Named, Raised
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from tests.traced import (
    GET,
    HERE,
    Behind,
    Leave,
    Odd,
    OtherProxy,
    Page,
    Proxy,
    SubPage,
    SubSubPage,
    can_be_recorded_by,
    here,
    of_class,
    plain,
)


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
        assert trace.events[0].point.where == f"traced.py:{Page.length.fget.__code__.co_firstlineno}"

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
        warned = []
        for points in ([], here("Page.old")):
            with record(points) as trace, warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                assert Page().old() == b"old"
            warned.append([(str(each.message), each.filename, each.lineno) for each in caught])
        assert warned[0] == warned[1]
        assert warned[0][0][1] == __file__
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
