"""The life of a connection: what is drawn is what was recorded, and can be read."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

from snippets.lens.errors import LensError
from snippets.lens.figures import LIFE_POINTS, LIFE_WATCH, life
from snippets.lens.figures.life import FILL, columns
from snippets.lens.follow.life import (
    ABORT,
    ARRIVING,
    AT_WORK,
    CLOSING,
    CONNECTION,
    IDLE,
    KEPT,
    OPEN,
    READING,
    TIMER,
    moments,
)
from snippets.lens.trace import Trace, record
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from tests.pictures import assert_legible, texts
from tests.svgs import both

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20_000


class Page(Resource):
    """Answers at once, or, if it waits, when `finish` is called."""

    isLeaf = True

    def __init__(self, waits=False):
        super().__init__()
        self.waits = waits

    def render(self, request):
        self.request = request
        return NOT_DONE_YET if self.waits else b"hello"

    def finish(self, wire):
        wire.reactor.callLater(0, self.request.finish)
        wire.receive()


def quick(*steps, reading=True) -> Trace:
    """A connection whose client sends bytes, or lets seconds pass."""
    with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
        wire = Wire(Page())
        wire.reading = reading
        for step in steps:
            (wire.send if isinstance(step, bytes) else wire.advance)(step)
    return trace


def of_the_chapter() -> Trace:
    page = Page(waits=True)
    with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
        wire = Wire(page)
        wire.advance(20)
        wire.send(GET * 2)
        wire.advance(80)
        wire.send(POST)
        for seconds in [20, 5, 5]:
            wire.advance(seconds)
            page.finish(wire)
        wire.advance(60)
    return trace


def left_waiting() -> Trace:
    with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
        wire = Wire(Page(waits=True))
        wire.send(GET * 2)
        wire.disconnect()
    return trace


TRACES = {
    "of the chapter": of_the_chapter,
    "silent": lambda: quick(60),
    "one answer": lambda: quick(GET),
    "many": lambda: quick(GET * 12, 1.5, GET, GET, 60),
    "byte by byte": lambda: quick(*(bytes([byte]) for byte in GET)),
    "closes": lambda: quick(GET[:-2] + b"Connection: close\r\n\r\n"),
    "refused": lambda: quick(GET, 3, b"nonsense\r\n\r\n"),
    "refused before a request": lambda: quick(b"x" * 16386),
    "aborted": lambda: quick(GET, 60, 15, reading=False),
    "the client goes": left_waiting,
}


def kinds(trace: Trace, lane: str) -> list[str | None]:
    """The states of a lane, one after another."""
    found = [moment.bars[lane].kind if lane in moment.bars else None for moment in moments(trace)]
    return [kind for number, kind in enumerate(found) if not number or kind != found[number - 1]]


@pytest.mark.parametrize("name", TRACES)
def test_can_be_read(name):
    picture = both(life, TRACES[name]())
    assert_legible(picture)
    assert picture.png.startswith(b"\x89PNG")


def test_the_lanes_of_the_chapters_connection():
    trace = of_the_chapter()
    assert kinds(trace, CONNECTION) == [OPEN, CLOSING, None]
    assert kinds(trace, READING) == [READING, None, READING, None, READING, None]
    assert kinds(trace, KEPT) == [None, KEPT, None, KEPT, None]
    assert kinds(trace, TIMER) == [IDLE, None, IDLE, None, IDLE, None, IDLE, ABORT, None]
    for number in (1, 2, 3):
        assert kinds(trace, f"request {number}") == [None, ARRIVING, AT_WORK, None]


def test_the_times_are_those_of_the_clock():
    found = moments(of_the_chapter())
    assert list(dict.fromkeys(moment.time for moment in found)) == [0, 20, 100, 120, 125, 130, 190]
    assert [moment.time for moment in found if moment.mark == "200"] == [120, 125, 130]
    assert [moment.time for moment in found if moment.restarted] == [20]
    assert [moment.time for moment in found if moment.lane == TIMER] == [190]


def test_what_is_kept_is_what_the_channel_has_in_its_buffer():
    with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
        wire = Wire(Page(waits=True))
        wire.send(GET)
        for size in (1, 30, 500):
            wire.send(b"x" * size)
    assert sum(map(len, wire.channel._dataBuffer)) == 531
    assert moments(trace)[-1].bars[KEPT].text == "531 bytes"


def test_bytes_that_are_parsed_late_came_once():
    trace = of_the_chapter()
    assert [moment.mark for moment in moments(trace) if "came" in moment.said] == ["54 bytes", "20,042 bytes"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("silent", "the timer fired"),
        ("aborted", "the connection was aborted"),
        ("refused", "refused with 400"),
        ("closes", "the connection was lost while closing"),
        ("the client goes", "the connection was lost while open, request 1 unanswered"),
    ],
)
def test_what_ended_it(name, said):
    trace = TRACES[name]()
    assert said in [moment.said for moment in moments(trace)]
    assert said in life(trace).alt
    assert "fired, refused or lost" in texts(life(trace))


def test_one_answer_moment_by_moment():
    assert [moment.said for moment in moments(TRACES["one answer"]())] == [
        "accepted",
        "27 bytes came",
        "request 1 was begun",
        "request 1 was handed over",
        "request 1 was answered with 200",
    ]


def test_an_abort_ends_the_timer():
    (abort,) = (moment for moment in moments(TRACES["aborted"]()) if moment.said == "the connection was aborted")
    assert (abort.lane, [*abort.bars]) == (TIMER, [CONNECTION])


def test_the_request_that_is_refused_is_the_last():
    (refusal,) = (moment for moment in moments(TRACES["refused"]()) if moment.mark == "400")
    assert (refusal.lane, refusal.cross) == ("request 2", True)
    assert not any(lane.startswith("request") for lane in refusal.bars)


def test_a_connection_that_is_closing_does_not_begin_to_read_again():
    with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
        wire = Wire(Page())
        wire.reading = False
        wire.send(GET[:-2] + b"Connection: close\r\n\r\n")
        wire.transport.resumeProducing()
    assert wire.transport not in wire.reactor.getReaders()
    assert kinds(trace, READING) == [READING, None]


def test_one_that_is_open_is_said_to_be():
    assert life(quick(GET, 5)).alt.startswith("One connection with 1 request, still open after 0 s")


@settings(max_examples=30)
@given(st.lists(st.sampled_from([GET, GET[:9], GET[9:], b"\r\n", 0.5, 30, 60]), max_size=12))
def test_moments_stand_side_by_side_in_their_order(steps):
    found = moments(quick(*steps))
    side_by_side = columns(found, 500)
    assert [column.moment for column in side_by_side] == found
    for one, other in pairwise(side_by_side):
        assert (one.band, one.x) < (other.band, other.x)
        if one.band == other.band:
            assert one.x + one.wide + one.after == pytest.approx(other.x)
            assert (one.after > 0) == (one.moment.time != other.moment.time)
    assert all(column.x + column.wide <= 500.01 for column in side_by_side)


def test_every_state_looks_different():
    assert len(set(FILL.values())) == len(FILL)


class TestWhatCannotBeDrawn:
    def test_no_connection_or_two(self):
        with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
            pass
        with pytest.raises(LensError, match="this trace has 0: record"):
            life(trace)
        with record(LIFE_POINTS, watch=LIFE_WATCH) as trace:
            Wire(Page()), Wire(Page())
        with pytest.raises(LensError, match="this trace has 2: record"):
            life(trace)

    def test_without_a_clock_that_can_be_read(self):
        with record(LIFE_POINTS, watch=LIFE_WATCH) as trace, Turns() as hand:
            hand.connect(hand.listen(Site(Page(), reactor=hand.reactor)))
            hand.turn()
        with pytest.raises(LensError, match="needs a clock that can be read"):
            life(trace)

    def test_without_the_watched_attributes(self):
        with record(LIFE_POINTS) as trace:
            Wire(Page())
        with pytest.raises(LensError, match=r"without watching factory\.reactor\.rightNow"):
            life(trace)
