"""Figures: what they say agrees with what was recorded, and it can be read."""

import base64
import io
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from types import SimpleNamespace

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from PIL import Image
from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.event import Caller, Event, Point
from snippets.lens.figures import CHANNEL_POINTS, CHANNEL_WATCH, Picture, path_map, ribbon, sequence, states
from snippets.lens.figures.labels import short_names
from snippets.lens.figures.layout import CARD, LABEL, LINE, Arc, Layout, Route, arrange
from snippets.lens.figures.palette import FADED, GROUND, INK, LANE_COLOURS, LIGHT, PALE, WHITE, contrast, ink_on, tint
from snippets.lens.figures.ribbon import CELL, COLUMNS, FILLS, MOST, STRIP, cells, placed
from snippets.lens.figures.sequence import rows
from snippets.lens.figures.states import TIMES, downwards, title
from snippets.lens.follow.channel import (
    BODY,
    EARLY,
    END,
    FOLDED,
    HEADER,
    KEPT_BACK,
    REQUEST_LINE,
    UNPARSED,
    is_channel,
    received,
)
from snippets.lens.follow.machine import UNSEEN, State, machine
from snippets.lens.follow.stream import Byte
from snippets.lens.kept import Cut, Label, Raised
from snippets.lens.path import CHAPTERS, LANES, PATH, lane_of
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from snippets.workshop.scenarios import SCENARIOS, scenario
from snippets.workshop.scenarios.conversation import play
from snippets.workshop.scenarios.demo_site import Later
from tests.pictures import assert_legible, texts

GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
FOLDED_GET = b"GET /hello HTTP/1.1\r\nAccept: text/html,\r\n\ttext/plain\r\n\r\n"


class Hello(Resource):
    isLeaf = True

    def render_GET(self, request):
        return b"hi"

    render_POST = render_GET


def traced(data: bytes, size=None, resource=None, points=CHANNEL_POINTS, watch=CHANNEL_WATCH) -> Trace:
    """The trace of `data` sent to a new connection."""
    with record(points, watch=watch) as trace:
        Wire(resource or Hello()).send(data, size)
    return trace


def traced_later(data: bytes, size=None, answers: int = 99, points=CHANNEL_POINTS) -> Trace:
    """The same for a resource that answers after all was sent; `answers` of the requests are answered."""
    resource = Later([])
    wire = Wire(resource)
    with record(points, watch=CHANNEL_WATCH) as trace:
        wire.send(data, size)
        while resource.waiting and answers:
            resource.waiting.pop(0).finish()
            wire.receive()
            answers -= 1
    return trace


def path_traced(data: bytes = GET, size=None) -> Trace:
    return traced(data, size, points=[step.name for step in PATH], watch={})


def event(name: str, depth: int = 0, args: tuple = (), result=None, raised=None, thread: int = 0) -> Event:
    point = Point(name, "file.py", 1, False, ())
    return Event(point, depth, Caller("f", "file.py", 1), args, result, raised, (), (), thread)


def made(*events: Event) -> Trace:
    """A trace of calls that never were."""
    return SimpleNamespace(events=list(events))


def scenario_trace(name: str) -> Trace:
    with record(CHANNEL_POINTS, watch=CHANNEL_WATCH) as trace:
        play(scenario(name), Wire)
    return trace


TRACES = {
    "plain": lambda: traced(GET),
    "empty line first": lambda: traced(b"\r\n" + GET),
    "two empty lines": lambda: traced(b"\r\n\r\n" + GET),
    "folded": lambda: traced(FOLDED_GET, size=20),
    "bad request line": lambda: traced(b"GET /hello\r\nHost: x\r\n\r\n"),
    "no colon": lambda: traced(b"GET /hello HTTP/1.1\r\nHost x\r\nA: b\r\n\r\n"),
    "pipelined": lambda: traced(GET + GET),
    "pipelined, answered later": lambda: traced_later(GET + GET, size=40),
    "pipelined, not answered": lambda: traced_later(GET + GET, answers=0),
    "body": lambda: traced(POST + GET, size=30),
    "byte by byte": lambda: traced(FOLDED_GET, size=1),
    "one byte": lambda: traced(b"G"),
    "long body": lambda: traced(b"POST / HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" + b"x" * 4500, size=700),
    "many lines": lambda: traced(b"GET / HTTP/1.1\r\n" + b"a: b\r\n c\r\n" * 240 + b"\r\n"),
    "not ASCII": lambda: traced(b"GET /\x00\xff\t$a$ HTTP/1.1\r\n\r\n"),
}
STATEFUL = [name for name in TRACES if name != "one byte"]
HTTP = "twisted.web.http:HTTPChannel."
LONG_NAME = "twisted.web.http:HTTPChannel.aMethodWithANameSoLongThatNobodyWouldThinkOfIt"
SEQUENCES = {
    "path": path_traced,
    "path, byte by byte": lambda: path_traced(size=1),
    "nothing": made,
    "one call": lambda: made(event(HTTP + "lineReceived", args=(b"x",))),
    "sixty calls": lambda: made(*(event(step.name, depth % 9) for depth, step in enumerate((PATH * 3)[:60]))),
    "long": lambda: made(
        *(event(LONG_NAME, depth, (b"x" * 200, Cut(b"y" * 200, 9999)), "r" * 200) for depth in range(12)),
        event("twisted.web.server:Site.fall", 0, (), None, Raised("ValueError", "$a$ line\n" * 20)),
    ),
    "two threads": lambda: made(event(HTTP + "one"), event(HTTP + "two", 1), event("me:three", 1, thread=1)),
}
FIGURES = {
    **{f"ribbon: {name}": lambda make=make: ribbon(make()) for name, make in TRACES.items()},
    **{f"states: {name}": lambda name=name: states(TRACES[name]()) for name in STATEFUL},
    "states: all": lambda: states(*(TRACES[name]() for name in STATEFUL), names=STATEFUL),
    **{f"sequence: {name}": lambda make=make: sequence(make()) for name, make in SEQUENCES.items()},
    **{f"map: {chapter}": lambda chapter=chapter: path_map(chapter) for chapter in [None, *CHAPTERS]},
}


class TestEveryFigure:
    @pytest.mark.parametrize("name", FIGURES)
    def test_can_be_read_and_has_an_alt_text(self, name):
        picture = FIGURES[name]()
        assert_legible(picture)
        assert 40 < len(picture.alt) < 1200
        assert picture.alt.endswith(".")
        assert picture.alt.isprintable()

    def test_the_check_finds_what_overlaps_or_is_cut(self):
        picture = path_map()
        axes = picture.figure.axes[0]
        extra = axes.text(*axes.texts[0].get_position(), "over it")
        with pytest.raises(AssertionError, match="overlap"):
            assert_legible(picture)
        extra.set_position((-20, 60))
        with pytest.raises(AssertionError):
            assert_legible(picture)
        extra.set(position=(400, 90), size=5)
        with pytest.raises(AssertionError):
            assert_legible(picture)


class TestPicture:
    def test_the_same_input_gives_the_same_bytes(self):
        trace = path_traced()
        assert sequence(trace).png == sequence(trace).png

    def test_is_an_opaque_png_on_white_without_the_name_of_a_program(self):
        image = Image.open(io.BytesIO(ribbon(TRACES["plain"]()).png))
        assert image.format == "PNG"
        assert "transparency" not in image.info
        assert "Software" not in image.info
        assert image.convert("RGBA").getpixel((image.width - 1, 0)) == (255, 255, 255, 255)

    def test_shows_itself_in_jupyter_with_its_alt_text(self):
        picture = path_map("05_http_channel")
        data, metadata = picture._repr_mimebundle_()
        assert base64.b64decode(data["image/png"]) == picture.png
        assert data["text/plain"] == metadata["image/png"]["alt"] == picture.alt == repr(picture)

    def test_saves_what_it_shows(self, tmp_path):
        picture = path_map()
        picture.save(tmp_path / "map.png")
        assert (tmp_path / "map.png").read_bytes() == picture.png

    def test_the_readers_matplotlib_settings_change_nothing(self):
        trace = TRACES["body"]()
        before = [ribbon(trace).png, path_map().png]
        settings = {
            "font.size": 30,
            "font.family": "serif",
            "text.color": "red",
            "text.antialiased": False,
            "lines.solid_capstyle": "round",
            "patch.antialiased": False,
            "text.hinting": "none",
            "path.simplify_threshold": 1.0,
            "figure.dpi": 20,
        }
        with matplotlib.rc_context(settings):
            assert [ribbon(trace).png, path_map().png] == before
            assert matplotlib.rcParams["font.size"] == 30

    def test_depends_on_no_hash_seed_and_needs_no_pyplot(self):
        code = (
            "import hashlib, sys; from tests.test_figures import *;"
            "made = [ribbon(TRACES['body']()), states(TRACES['body'](), TRACES['folded'](), names='ab'),"
            "sequence(path_traced()), path_map('10_render')];"
            "print(hashlib.sha256(b''.join(each.png for each in made)).hexdigest(), 'matplotlib.pyplot' in sys.modules)"
        )
        said = {
            subprocess.run(
                [sys.executable, "-c", code],
                env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in "12"
        }
        assert len(said) == 1
        assert said.pop().endswith(" False\n")


class TestPalette:
    def test_contrast_is_that_of_wcag(self):
        assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
        assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)

    def test_text_stands_out(self):
        backgrounds = [WHITE, GROUND, *(tint(colour, PALE) for colour in LANE_COLOURS.values())]
        assert min(contrast(FADED, ground) for ground in backgrounds) >= 4.5
        strong = [*LANE_COLOURS.values(), *(fill.colour for fill in FILLS.values())]
        assert min(contrast(ink_on(ground), ground) for ground in strong) >= 4.5
        assert min(contrast(INK, tint(colour, LIGHT)) for colour in LANE_COLOURS.values()) >= 4.5

    def test_every_lane_has_a_colour_of_its_own(self):
        assert list(LANE_COLOURS) == list(LANES)
        assert len(set(LANE_COLOURS.values())) == len(LANES)

    def test_what_has_one_colour_differs_in_its_hatch(self):
        assert len(set(FILLS.values())) == len(FILLS)


class TestShortNames:
    def test_takes_as_many_parts_as_tell_names_apart(self):
        names = [
            "a.http:Request.write",
            "a.server:Request.write",
            "a.tcp:Server.write",
            "a.tcp:Server.read",
            "a.b:get",
        ]
        assert list(short_names(names).values()) == [
            "http.Request.write",
            "server.Request.write",
            "Server.write",
            "read",
            "get",
        ]

    def test_can_begin_with_the_class(self):
        assert short_names(["a.tcp:Server.read", "a.b:get"], classes=True) == {
            "a.tcp:Server.read": "Server.read",
            "a.b:get": "get",
        }


class TestReceived:
    """Which call took which byte."""

    def kinds(self, trace: Trace) -> list[tuple[str, bytes]]:
        """What was received as runs: what it was taken for, and the bytes."""
        found: dict[tuple, bytearray] = {}
        for byte in received(trace).bytes:
            found.setdefault((byte.run, byte.kind), bytearray()).append(byte.value)
        return [(kind, bytes(data)) for (_, kind), data in found.items()]

    def test_a_plain_request(self):
        assert self.kinds(TRACES["plain"]()) == [
            (REQUEST_LINE, b"GET /hello HTTP/1.1\r\n"),
            (HEADER, b"Host: x\r\n"),
            (END, b"\r\n"),
        ]

    def test_an_empty_line_first(self):
        assert self.kinds(TRACES["empty line first"]())[:2] == [
            (EARLY, b"\r\n"),
            (REQUEST_LINE, b"GET /hello HTTP/1.1\r\n"),
        ]

    def test_a_second_empty_line_is_a_request_line_and_refused(self):
        trace = TRACES["two empty lines"]()
        assert self.kinds(trace) == [(EARLY, b"\r\n"), (REQUEST_LINE, b"\r\n"), (UNPARSED, GET)]
        assert [byte.refused for byte in received(trace).bytes] == [False] * 2 + [True] * 2 + [False] * len(GET)

    def test_a_folded_header(self):
        assert (FOLDED, b"\ttext/plain\r\n") in self.kinds(TRACES["folded"]())

    def test_a_body_and_what_comes_after_it(self):
        found = self.kinds(traced(POST + GET))
        assert (BODY, b"hello") in found
        assert found[-3:] == self.kinds(TRACES["plain"]())
        waited = bytes(byte.value for byte in received(traced(POST + GET)).bytes if byte.waited)
        assert waited == GET

    def test_what_waits_for_an_answer(self):
        trace = TRACES["pipelined, not answered"]()
        assert self.kinds(trace)[-1] == (KEPT_BACK, GET)
        assert all(byte.waited for byte in received(trace).bytes[len(GET) :])

    def test_what_has_waited_is_then_parsed(self):
        trace = TRACES["pipelined, answered later"]()
        assert self.kinds(trace) == self.kinds(TRACES["plain"]()) * 2
        assert [bool(byte.waited) for byte in received(trace).bytes] == [False] * len(GET) + [True] * len(GET)

    @pytest.mark.parametrize("name", [each.name for each in SCENARIOS if each.name != "timeout-silent"])
    def test_every_scenario_agrees_with_its_calls(self, name):
        trace = scenario_trace(name)
        found = received(trace)
        runs: dict[int, list] = {}
        for byte in found.bytes:
            runs.setdefault(byte.run, []).append(byte.value)
        lines = [each.args[1] for each in trace.events if is_channel(each, "lineReceived")]
        taken = list(runs.values())
        for line in lines:
            whole = len(line) if isinstance(line, bytes) else line.length
            head = line if isinstance(line, bytes) else line.head
            run = next(run for run in taken if len(run) == whole + 2 and bytes(run[: len(head)]) == head)
            taken.remove(run)
        shown = cells(found.bytes, found.cuts)
        assert sum(cell.count for cell in shown) == len(found.bytes)
        assert [cell.start + cell.count for cell in shown[:-1]] == [cell.start for cell in shown[1:]]

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from([GET, POST, FOLDED_GET, b"\r\n"]), min_size=1), st.lists(st.integers(1, 40)))
    def test_how_bytes_are_cut_changes_nothing_in_what_they_are_taken_for(self, messages, sizes):
        data = b"".join(messages)
        whole, cut = received(traced(data)), received(traced(data, sizes))
        assert all(byte.value in (None, sent) for byte, sent in zip(cut.bytes, data, strict=False))
        assert [byte.kind for byte in cut.bytes] == [byte.kind for byte in whole.bytes[: len(cut.bytes)]]
        assert {byte.kind for byte in whole.bytes[len(cut.bytes) :]} <= {UNPARSED}

    def test_recording_more_calls_changes_nothing(self):
        points = [*CHANNEL_POINTS, *(step.name for step in PATH)]
        assert received(traced(POST + GET, points=points)) == received(traced(POST + GET))

    def test_pieces_end_where_they_were_cut(self):
        assert received(traced(GET, [5, 3])).cuts == [5, 8]
        assert received(traced(GET)).cuts == []

    def test_without_a_received_byte(self):
        with pytest.raises(LensError, match="CHANNEL_POINTS"):
            received(traced(GET, points=["Site.getResourceFor"], watch={}))

    def test_without_the_watched_attributes(self):
        with pytest.raises(LensError, match="without watching __first_line, __header"):
            received(traced(GET, watch={}))

    def test_without_the_call_that_ends_a_body(self):
        points = [point for point in CHANNEL_POINTS if not point.endswith("_finishRequestBody")]
        with pytest.raises(LensError, match="_finishRequestBody"):
            received(traced(POST, points=points))

    def test_without_the_calls_that_take_a_body(self):
        points = [point for point in CHANNEL_POINTS if not point.endswith("rawDataReceived")]
        for size in (None, len(POST)):
            with pytest.raises(LensError, match="without a call in this trace"):
                received(traced(POST + GET, size, points=points))

    def test_from_the_middle_of_a_line(self):
        wire = Wire(Hello())
        wire.send(GET[:10])
        with record(CHANNEL_POINTS, watch=CHANNEL_WATCH) as trace:
            wire.send(GET[10:] + GET)
        with pytest.raises(LensError, match="before the first byte"):
            received(trace)

    def test_of_two_connections(self):
        with record(CHANNEL_POINTS, watch=CHANNEL_WATCH) as trace:
            # Both are kept, or the second could have the label of the first.
            wires = [Wire(Hello()), Wire(Hello())]
            for wire in wires:
                wire.send(GET)
        with pytest.raises(LensError, match="2 connections"):
            received(trace)


class TestRibbon:
    def strips(self, picture: Picture) -> Counter:
        """How many columns each colour and hatch takes."""
        found: Counter = Counter()
        for patch in picture.figure.findobj(Rectangle):
            columns = patch.get_width() / CELL
            if patch.get_height() == STRIP and abs(columns - round(columns)) < 1e-6:
                colour = matplotlib.colors.to_hex(patch.get_facecolor()).upper()
                found[colour, patch.get_hatch() or ""] += round(columns)
        return found

    @pytest.mark.parametrize("name", [name for name in TRACES if name not in ("long body", "many lines")])
    def test_every_byte_has_a_cell_of_its_colour(self, name):
        trace = TRACES[name]()
        kinds = Counter(byte.kind for byte in received(trace).bytes)
        assert self.strips(ribbon(trace)) == {tuple(FILLS[kind]): count for kind, count in kinds.items()}

    def test_cells_show_the_bytes(self):
        said = texts(ribbon(traced(b"GET /\x00\xff\t$a$ HTTP/1.1\r\n\r\n")))
        shown = [r"\r", r"\n", r"\t"]
        assert "".join(text for text in said if len(text) == 1 or text in shown) == (
            "0" + r"GET/··\t$a$HTTP/1.1\r\n\r\n"
        )

    def test_every_cut_has_a_mark(self):
        for size, cuts in ((None, 0), (40, 1), (1, len(FOLDED_GET) - 1)):
            marks = ribbon(traced(FOLDED_GET, size)).figure.findobj(Polygon)
            triangles = [mark for mark in marks if not isinstance(mark, Rectangle)]
            assert len(triangles) == cuts + bool(cuts), "one a cut, and one in the legend"

    @pytest.mark.parametrize("name", TRACES)
    def test_the_legend_has_what_occurs(self, name):
        trace = TRACES[name]()
        found = received(trace)
        said = texts(ribbon(trace))
        assert {kind for kind in FILLS if kind in said} == {byte.kind for byte in found.bytes}
        assert ("a piece ends here" in said) == bool(found.cuts)
        assert ("answered with 400 Bad Request" in said) == any(byte.refused for byte in found.bytes)

    def test_long_stretches_are_left_out_and_counted(self):
        picture = ribbon(TRACES["long body"]())
        left_out = [int(text.split()[1].replace(",", "")) for text in texts(picture) if text.startswith("… ")]
        found = received(TRACES["long body"]())
        shown = cells(found.bytes, found.cuts)
        assert left_out == [cell.count for cell in shown if cell.count > 1]
        assert sum(left_out) > 3000
        assert sum(cell.columns for cell in shown) <= MOST

    def test_what_is_left_out_is_the_middle(self):
        shown = cells([Byte(65, BODY, 0)] * 3000, [1, 1500])
        counts = [cell.count for cell in shown]
        gap = next(number for number, count in enumerate(counts) if count > 1)
        assert abs(gap - len(counts[gap + 1 :])) <= 1
        assert shown[gap].text == f"… {3000 - len(counts) + 1:,} bytes, 1 cut …"

    def test_very_many_lines_are_left_out_together(self):
        found = received(TRACES["many lines"]())
        shown = cells(found.bytes, found.cuts)
        assert [cell.byte for cell in shown if cell.count > 1] == [None]
        assert sum(cell.columns for cell in shown) <= MOST

    def test_rows_are_filled_and_not_overfilled(self):
        found = received(TRACES["long body"]())
        stretches = placed(cells(found.bytes, found.cuts))
        for one, other in pairwise(stretches):
            end = one.column + one.cell.columns
            assert end <= COLUMNS
            assert (other.row, other.column) in ((one.row, end), (one.row + 1, 0))

    def test_alt_counts_the_bytes(self):
        alt = ribbon(TRACES["two empty lines"]()).alt
        assert "36 bytes, received in 1 piece." in alt
        assert f"{EARLY} 2; {REQUEST_LINE} 2; {UNPARSED} 32." in alt
        assert "2 bytes were answered with 400 Bad Request" in alt
        assert "pieces end after byte 20, 40" in ribbon(TRACES["folded"]()).alt


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


class TestPathMap:
    def bold(self, picture: Picture) -> list[str]:
        named = short_names((step.name for step in PATH), classes=True).values()
        found = [text for text in picture.figure.findobj(Text) if text.get_text() in named]
        return sorted(text.get_text() for text in found if "Bold" in text.get_fontproperties().get_file())

    def test_has_every_step(self):
        named = short_names((step.name for step in PATH), classes=True)
        said = texts(path_map())
        assert [said.count(name) for name in named.values()] == [1] * len(PATH)

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_marks_the_steps_of_a_chapter(self, chapter):
        named = short_names((step.name for step in PATH), classes=True)
        picture = path_map(chapter)
        marked = sorted(named[step.name] for step in PATH if step.is_of(chapter))
        assert self.bold(picture) == marked
        assert all(name in picture.alt for name in marked)
        assert "read in this chapter" in texts(picture)

    def test_marks_nothing_without_a_chapter(self):
        assert self.bold(path_map()) == []
        assert "read in this chapter" not in texts(path_map())

    def test_an_unknown_chapter_is_answered_with_the_list(self):
        with pytest.raises(LensError, match=f"'05'; the chapters are {', '.join(CHAPTERS)}"):
            path_map("05")


NEXT_LINE = State(1, False, 1, False, 0)
NEXT_HEADER = State(0, False, 1, False, 0)
HELD = State(0, True, 1, False, 0)
ANSWERING = State(1, False, 0, True, 0)


class TestStates:
    def steps(self, *traces: Trace) -> dict[tuple[State, State, str], int]:
        return {tuple(edge): counts.total() for edge, counts in machine(traces).edges.items()}

    def test_a_plain_request(self):
        assert self.steps(TRACES["plain"]()) == {
            (NEXT_LINE, NEXT_HEADER, REQUEST_LINE): 1,
            (NEXT_HEADER, HELD, HEADER): 1,
            (HELD, ANSWERING, END): 1,
            (ANSWERING, NEXT_LINE, "response finished"): 1,
        }

    def test_an_answer_that_comes_later_takes_the_same_steps(self):
        assert self.steps(traced_later(GET)) == self.steps(TRACES["plain"]())

    def test_an_empty_line_first_and_a_second_one(self):
        eaten = State(2, False, 1, False, 0)
        assert self.steps(TRACES["two empty lines"]()) == {
            (NEXT_LINE, eaten, EARLY): 1,
            (eaten, State(0, False, 1, False, 1, True), f"{REQUEST_LINE}: 400 Bad Request"): 1,
        }

    def test_a_header_without_a_colon_is_refused_at_the_next_line(self):
        found = self.steps(TRACES["no colon"]())
        assert found[HELD, State(0, True, 1, False, 1, True), f"{HEADER}: 400 Bad Request"] == 1

    def test_a_folded_header_changes_nothing(self):
        assert self.steps(TRACES["folded"]())[HELD, HELD, FOLDED] == 1

    def test_a_body(self):
        found = self.steps(TRACES["body"]())
        body = State(0, False, 0, False, 0)
        assert found[HELD, body, END] == 1
        assert found[body, ANSWERING, "end of the body"] == 1

    def test_bytes_kept_back(self):
        assert self.steps(TRACES["pipelined, not answered"]())[ANSWERING, ANSWERING, "bytes kept back"] == 1

    @pytest.mark.parametrize("name", STATEFUL)
    def test_has_only_states_that_were_recorded(self, name):
        trace = TRACES[name]()
        recorded = set()
        for each in trace.events:
            for values in (each.before, each.after):
                known = dict(zip(each.point.watched, values, strict=True))
                recorded.add(
                    State(
                        known["__first_line"],
                        known["__header"] != b"",
                        known["line_mode"],
                        known["_handlingRequest"],
                        known["transport.disconnecting"],
                    )
                )
        found = machine([trace])
        assert {state._replace(refused=False) for state in found.states} <= recorded
        assert {state for edge in found.edges for state in edge[:2]} <= set(found.states)

    def test_draws_a_card_a_state(self):
        traces = [TRACES[name]() for name in STATEFUL]
        found = machine(traces)
        said = Counter(texts(states(*traces)))
        for name, count in Counter(map(title, found.states)).items():
            assert said[name] == count
        assert said["__first_line"] == len(found.states)

    def test_says_how_often(self):
        assert f"request line {TIMES}2" in texts(states(TRACES["pipelined"]()))

    def test_says_in_which_traces(self):
        names = ["plain", "empty line first", "folded"]
        said = texts(states(*(TRACES[name]() for name in names), names=names))
        assert set(names) <= set(said)
        assert "request line (b)" in said
        assert " ".join(said).count("(a-c)") == 3

    def test_wants_as_many_names_as_traces(self):
        with pytest.raises(LensError, match="2 traces came with 1 name"):
            states(TRACES["plain"](), TRACES["folded"](), names=["a"])

    def test_a_step_that_was_not_recorded_is_called_so(self):
        points = [point for point in CHANNEL_POINTS if not point.endswith("requestDone")]
        trace = traced_later(GET + GET, points=points)
        # The second request waited; that the first was answered is seen only when the second's first line comes.
        assert any(edge.what == UNSEEN for edge in machine([trace]).edges)
        dashed = [line for line in states(trace).figure.axes[0].lines if line.is_dashed()]
        assert len(dashed) == 1
        assert not [line for line in states(TRACES["plain"]()).figure.axes[0].lines if line.is_dashed()]

    def test_without_a_state(self):
        with pytest.raises(LensError, match="no state was recorded"):
            states(TRACES["one byte"]())
        with pytest.raises(LensError, match="no state was recorded"):
            states()

    def test_does_without_the_transport(self):
        watch = {"HTTPChannel": CHANNEL_WATCH["HTTPChannel"][:-1]}
        trace = traced(b"\r\n\r\n" + GET, watch=watch)
        assert {state.closing for state in machine([trace]).states} == {None}
        said = texts(states(trace))
        assert "disconnecting" not in said
        assert "next: nothing, it is closing" in said

    def test_alt_names_states_and_steps(self):
        alt = states(TRACES["plain"]()).alt
        assert "4 states, 4 kinds of step" in alt
        assert "next: the end of the response" in alt
        assert "response finished, 1 time" in alt

    def test_arrows_point_down_unless_they_return(self):
        found = machine([TRACES[name]() for name in STATEFUL])
        order = downwards(found)
        assert sorted(order) == sorted(found.states)
        up = {
            (edge.source, edge.target, edge.what)
            for edge in found.edges
            if edge.source != edge.target and order.index(edge.source) > order.index(edge.target)
        }
        assert up == {(ANSWERING, NEXT_LINE, "response finished")}


@st.composite
def graphs(draw) -> tuple[list[int], list[str], list[Arc]]:
    column = list(range(draw(st.integers(1, 7))))
    side = [f"side {number}" for number in range(draw(st.integers(0, 3)))]
    pairs = st.tuples(st.sampled_from(column), st.sampled_from(column + side), st.integers(1, 4))
    arcs = draw(st.lists(pairs, max_size=14, unique_by=lambda pair: pair[:2]))
    arcs += [(0, node, 1) for node in side if not any(arc[1] == node for arc in arcs)]
    return column, side, [Arc(source, target, ("x",) * lines) for source, target, lines in arcs]


def label_box(route: Route) -> tuple[float, float, float, float]:
    x, y = route.label
    left = x if route.align == "left" else x - LABEL
    return left, y - 5, left + LABEL, y + LINE * (len(route.arc.label) - 1) + 5


def stretches(route: Route) -> list[tuple[float, float, float, float]]:
    return [
        (min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in pairwise(route.points) if (a, b) != (c, d)
    ]


def meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


class TestLayout:
    def boxes(self, found: Layout) -> list[tuple]:
        cards = [(card.x, card.y, card.x + CARD, card.y + card.high) for card in found.cards.values()]
        return cards + [label_box(route) for route in found.routes]

    @settings(max_examples=150)
    @given(graphs())
    def test_nothing_meets_a_label_or_a_card(self, graph):
        column, side, arcs = graph
        found = arrange(column, side, arcs)
        assert sorted(map(repr, found.cards)) == sorted(map(repr, column + side))
        assert Counter(route.arc for route in found.routes) == Counter(arcs)
        boxes = self.boxes(found)
        for number, box in enumerate(boxes):
            assert not any(meet(box, other) for other in boxes[:number])
            assert not any(meet(box, line) for route in found.routes for line in stretches(route))

    @settings(max_examples=100)
    @given(graphs())
    def test_arrows_begin_and_end_at_their_cards(self, graph):
        found = arrange(*graph)
        for route in found.routes:
            for (x, y), node in ((route.points[0], route.arc.source), (route.points[-1], route.arc.target)):
                card = found.cards[node]
                assert card.x <= x <= card.x + CARD
                assert card.y <= y <= card.y + card.high

    @settings(max_examples=100)
    @given(graphs())
    def test_no_two_arrows_run_over_each_other(self, graph):
        found = arrange(*graph)
        upright = [(line, route.arc) for route in found.routes for line in stretches(route) if line[0] == line[2]]
        for number, (line, _) in enumerate(upright):
            for other, _ in upright[:number]:
                assert line[0] != other[0] or line[3] < other[1] or other[3] < line[1]

    @settings(max_examples=100)
    @given(graphs())
    def test_all_is_on_the_page(self, graph):
        found = arrange(*graph)
        lines = [line for route in found.routes for line in stretches(route)]
        for x0, y0, x1, y1 in [*self.boxes(found), *lines]:
            assert x0 >= 0
            assert y0 >= 0
            assert x1 <= found.width
            assert y1 <= found.height

    @settings(max_examples=300)
    @given(graphs())
    def test_arrows_at_one_side_of_a_card_do_not_cross(self, graph):
        column, _, _ = graph
        left = [route for route in arrange(*graph).routes if route.align == "right" and route.arc.target in column]
        for one in left:
            for other in left:
                if {one.arc.source, one.arc.target} & {other.arc.source, other.arc.target}:
                    for x0, y0, x1, y1 in stretches(one):
                        for u0, v0, u1, v1 in stretches(other):
                            flat_meets_upright = y0 == y1 and u0 == u1 and x0 < u0 < x1 and v0 < y0 < v1
                            assert not flat_meets_upright
