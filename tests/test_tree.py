"""A recording as a tree: in text, and in HTML that is harmless."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from snippets.lens.event import Caller, Event, Point
from snippets.lens.kept import Label
from snippets.lens.trace import record
from snippets.lens.tree import MOST_ROWS, as_html, as_text
from snippets.lens.wire import Wire
from tests.traced import HERE, Page, Site, Watched, here, plain


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
            f"  Page#1.write(b'x')  -> 1  {where[1]}",
            "  parts: [] -> [b'x']",
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
        console = Console(width=30, file=io.StringIO())
        console.print(trace)
        assert console.file.getvalue().splitlines() == as_text(trace.events, 30).splitlines()

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

    def test_each_call_hangs_on_the_one_that_made_it(self):
        point = Point("m:C.call", "c.py", 1, True, ())
        calls = [(0, "A"), (1, "B"), (2, "C"), (0, "D"), (1, "E")]
        events = [
            Event(point, depth, Caller("f", "g.py", 1), (Label(name),), None, None, (), (), 0) for depth, name in calls
        ]
        assert [line[: line.index(".call")] for line in as_text(events).splitlines()] == [
            "A",
            "  B",
            "    C",
            "D",
            "  E",
        ]

    def test_depths_beyond_what_a_tree_has(self):
        point = Point("m:C.call", "c.py", 1, True, ())
        events = [
            Event(point, depth, Caller("f", "g.py", 1), (Label("C#1"),), None, None, (), (), thread)
            for thread, depth in [(0, 5), (0, 0), (0, 3), (1, 2)]
        ]
        assert [line.index("C#1") for line in as_text(events).splitlines()] == [0, 0, 2, 0]

    @given(st.integers(20, 120), st.integers(0, 9), st.binary(max_size=150), st.binary(max_size=150))
    def test_no_line_is_wider_than_it_may_be_and_a_short_one_is_whole(self, width, depth, argument, result):
        point = Point("m:C.call", "c.py", 1, True, ())
        event = Event(point, depth, Caller("f", "g.py", 1), (Label("C#1"), argument), result, None, (), (), 0)
        (line,) = as_text([event], width).splitlines()
        assert len(line) <= width
        whole = f"C#1.call({argument!r})  -> {result!r}  c.py:1"
        if len(whole) <= width and len(repr(result)) + 5 <= width // 3 and len(repr(argument)) <= 60:
            assert line == whole

    def test_in_a_narrow_terminal_arguments_are_cut_first(self):
        point = Point("m:Channel.lineReceived", "http.py", 2360, True, ())
        event = Event(point, 0, Caller("f", "g.py", 1), (Label("Channel#1"), b"x" * 55), True, None, (), (), 0)
        assert as_text([event], 80) == (
            "Channel#1.lineReceived(b'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…)  -> True  http.py:2360"
        )
