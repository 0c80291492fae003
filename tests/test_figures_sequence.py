"""The sequence diagram: every call is on it, hangs on its caller, and says what came of it."""

from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from snippets.lens.figures import sequence
from snippets.lens.figures.sequence import rows
from snippets.lens.kept import Label, Raised
from snippets.lens.path import LANES, lane_of
from tests.pictures import texts
from tests.recorded import HTTP, event, made, path_traced


def crosses(picture):
    """How many crosses are drawn: two lines of their width each."""
    return sum(line.get_linewidth() == 1.6 for line in picture.figure.findobj(Line2D)) / 2


class TestSequence:
    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), max_size=25))
    def test_calls_hang_on_the_nearest_call_around_them(self, calls):
        # A trace lists one thread after the other.
        calls = sorted(calls, key=lambda call: call[0])
        events = [event(HTTP + "call", depth, thread=thread) for thread, depth in calls]
        for number, row in enumerate(rows(events)):
            thread, depth = calls[number]
            around = [
                other
                for other in range(number)
                if calls[other][0] == thread
                and calls[other][1] < depth
                and all(calls[between][1] > calls[other][1] for between in range(other + 1, number))
            ]
            assert row.caller == (around[-1] if around else None)
            after = range(number + 1, len(calls))
            end = next((other for other in after if calls[other][0] != thread or calls[other][1] <= depth), len(calls))
            assert row.last == end - 1

    def test_has_the_lanes_that_occur_in_their_order(self):
        trace = path_traced()
        said = texts(sequence(trace))
        occurring = {lane_of(each.name) for each in trace.events}
        assert [text for text in said if text in LANES] == [lane for lane in LANES if lane in occurring]

    def test_names_every_call_and_its_outcome(self):
        said = texts(sequence(path_traced()))
        for wanted in ("lineReceived", "(b'Host: x')", " → True", "getResourceFor"):
            assert wanted in said

    def test_tells_methods_of_one_name_apart(self):
        said = texts(sequence(path_traced()))
        assert {"server.Request.", "http.Request.", "HTTPChannel.", "FileDescriptor."} <= set(said)

    def test_marks_an_exception(self):
        trace = made(event(HTTP + "fine"), event(HTTP + "fall", 0, (), None, Raised("ValueError", "no\nway")))
        picture = sequence(trace)
        assert r" ✗ ValueError: no\nway" in texts(picture)
        assert "fall raised ValueError" in picture.alt
        assert "raised" not in sequence(made(event(HTTP + "fine"))).alt

    def test_an_exception_that_passes_through_calls_of_one_lane_has_one_cross(self):
        gone = Raised("ValueError", "no")
        nested = made(*(event(HTTP + f"Request.{name}", depth, (), None, gone) for depth, name in enumerate("abc")))
        apart = made(*(event(HTTP + f"Request.{name}", 0, (), None, gone) for name in "abc"))
        assert [crosses(sequence(trace)) for trace in (nested, apart)] == [1, 3]

    def test_says_how_many_calls_it_leaves_out(self):
        trace = made(*(event(HTTP + f"call{number}") for number in range(10)))
        assert "… and 7 more calls" in texts(sequence(trace, most=3))
        assert "… and 1 more call" in texts(sequence(trace, most=9))
        assert not any("more call" in text for text in texts(sequence(trace, most=10)))
        assert "10 calls, of which the first 3 are drawn" in sequence(trace, most=3).alt

    def test_writes_what_the_font_lacks_as_an_escape(self, recwarn):
        picture = sequence(made(event("me:call", args=("\u4f60\u597d", Label("Café#1")))))
        assert picture.png
        assert r"('\u4f60\u597d', Café#1)" in texts(picture)
        assert not recwarn.list

    def test_dollars_are_not_formulas(self):
        picture = sequence(made(event("me:call", args=("$x^2$",)), event("me:call", args=("-x^2-",))))
        canvas = FigureCanvasAgg(picture.figure)
        canvas.draw()
        found = {text.get_text(): text for text in picture.figure.findobj(Text)}
        wide = [found[text].get_window_extent(canvas.get_renderer()).width for text in ("('$x^2$')", "('-x^2-')")]
        assert wide[0] == wide[1]

    def test_alt_names_lanes_and_calls(self):
        alt = sequence(path_traced()).alt
        assert "in the lanes reactor, transport, channel, request, site, resource" in alt
        assert "_doReadOrWrite, doRead, _dataReceived, dataReceived, lineReceived" in alt
        assert sequence(made()).alt == "Sequence diagram without a call: nothing was recorded."
