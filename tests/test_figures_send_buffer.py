"""The figure of a send buffer: what is drawn is what was recorded, and can be read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from snippets.lens.errors import LensError
from snippets.lens.figures import BUFFER_POINTS, BUFFER_WATCH, send_buffer
from snippets.lens.figures.marks import Line
from snippets.lens.figures.palette import INK, WHITE
from snippets.lens.figures.send_buffer import FULL as LIMIT
from snippets.lens.figures.send_buffer import MOST_NUMBERS, _numbers
from snippets.lens.follow.buffer import PAUSE, RESUME, Level, levels
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from snippets.producers.big_file import root
from tests.pictures import assert_legible, texts
from tests.plots import Scales, curves, middle, signs
from tests.svgs import both

FULL = 65536


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def slowly(site: Resource, path: str, portion: int = 20_000, turns: int = 1000) -> tuple[Trace, list[int]]:
    """A page, read in portions; and how much waited in the transport after each turn."""
    waiting = []
    with record(BUFFER_POINTS, watch=BUFFER_WATCH) as trace:
        wire = Wire(site)
        take_all = wire.socket.send

        def take_some(data):
            sent = take_all(data[:portion])
            wire.reading = False
            return sent

        wire.socket.send = take_some
        wire.send(get(path))
        for _ in range(turns):
            transport = wire.transport
            waiting.append(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)
            if not wire.reactor.getWriters():
                break
            wire.reading = True
            wire.advance(1)
    return trace, waiting


@pytest.fixture(scope="module")
def file() -> tuple[Trace, list[int]]:
    return slowly(root(300_000), "/file")


def at_the_end_of_each_turn(run: list[Level]) -> dict[int, int]:
    return {level.turn: level.waiting for level in run}


@pytest.mark.parametrize("path", ["/file", "/pull", "/loop"])
def test_what_is_followed_is_what_waits_in_the_transport(path):
    trace, waiting = slowly(root(300_000), path)
    followed = at_the_end_of_each_turn(levels(trace))
    # The first portion is taken in the turn in which the request comes.
    assert followed.pop(0) > followed[1]
    assert list(followed.values()) == waiting


def test_only_what_a_producer_of_the_response_is_told_counts(file):
    told = [level.told for level in levels(file[0]) if level.told]
    assert told == [PAUSE, RESUME] * 3
    loop, _ = slowly(root(300_000), "/loop")
    assert loop.of("HTTPChannel.pauseProducing")
    assert not any(level.told for level in levels(loop))


def test_a_client_that_resets_takes_nothing_more():
    with record(BUFFER_POINTS, watch=BUFFER_WATCH) as trace:
        wire = Wire(root(300_000))
        wire.reading = False
        wire.send(get("/file"))
        wire.disconnect(reset=True)
    assert {level.waiting for level in levels(trace)[1:]} == {levels(trace)[-1].waiting}


def test_a_response_of_one_write(file):
    class Short(Resource):
        isLeaf = True

        def render_GET(self, request):
            return b"short"

    trace, _ = slowly(Short(), "/")
    assert levels(trace)[-1] == Level(1, 0)
    assert_legible(both(send_buffer, {"short": trace}, FULL))


def test_every_rise_and_pause_stands_where_it_belongs(file):
    run = levels(file[0])
    picture = send_buffer({"a file": file[0]}, FULL)
    scales = Scales(picture)
    (line,) = curves(picture)
    corners = list(map(scales.read, line.points))
    assert set(corners) == {(0, 0), *((level.turn, level.waiting) for level in run), *corners[1:-1:2]}
    assert all(one[0] == other[0] or one[1] == other[1] for one, other in pairwise(corners)), "it rises and falls"
    (full,) = (mark for mark in picture.marks if isinstance(mark, Line) and mark.dashes == LIMIT and mark.layer == 2)
    assert {scales.read(point)[1] for point in full.points} == {FULL}
    for told, inside, first in [(PAUSE, INK, -1), (RESUME, WHITE, 1)]:
        points = [(level.turn, level.waiting) for level in run if level.told == told]
        drawn = [sign for sign in signs(picture) if sign.colour == inside]
        assert [scales.read(middle(sign)) for sign in drawn] == points
        assert all((sign.points[2][1] - sign.points[0][1]) * first < 0 for sign in drawn), "down for a pause"


def test_of_several_pauses_in_a_row_the_first_is_marked():
    class Deaf(Resource):
        isLeaf = True

        def render_GET(self, request):
            request.registerProducer(self, True)
            for _ in range(5):
                request.write(b"x" * FULL)
            return NOT_DONE_YET

        def pauseProducing(self):
            pass

        def stopProducing(self):
            pass

    trace, _ = slowly(Deaf(), "/", turns=1)
    assert sum(level.told == PAUSE for level in levels(trace)) >= 4
    picture = send_buffer({"deaf": trace}, FULL)
    assert len(signs(picture)) == 1
    assert "its producer is told to go on" not in texts(picture)
    assert_legible(picture)


@pytest.mark.parametrize("size", [1, 1000, 300_000, 2_000_000])
def test_can_be_read(size):
    site = root(size)
    runs = {path: slowly(site, path, portion=max(size // 15, 1))[0] for path in ("/file", "/pull", "/loop")}
    picture = both(send_buffer, runs, FULL)
    assert_legible(picture)
    assert {*runs, "bytes in the send buffer", "full: 65,536 bytes"} <= set(texts(picture))
    assert len({line.colour for line in curves(picture)}) == len({line.dashes for line in curves(picture)}) == 3


@given(st.integers(1, 10**12))
def test_a_scale_has_few_numbers_and_room_for_all(most):
    numbers = _numbers(most)
    assert numbers[0] == 0
    assert numbers[-1] >= most > numbers[-2]
    assert len(numbers) <= MOST_NUMBERS + 1


def test_alt_says_how_much_waited_and_who_was_told(file):
    loop, _ = slowly(root(300_000), "/loop")
    most = levels(loop)[0].waiting
    assert most < 300_000 < max(level.waiting for level in levels(loop))
    alt = send_buffer({"a file": file[0], "a loop": loop}, FULL).alt
    assert alt == (
        "Bytes in the send buffer, turn by turn; it is full above 65,536. a file: at most 131,072 in 17 turns, 0 at the"
        " end; its producer was told to pause 3 times, to go on 3 times. a loop: at most"
        f" {max(level.waiting for level in levels(loop)):,} in {levels(loop)[-1].turn} turns, 0 at the end; no producer"
        " was told anything."
    )


class TestWhatCannotBeDrawn:
    def test_no_run_or_too_many(self, file):
        for runs in ({}, dict.fromkeys("abcd", file[0])):
            with pytest.raises(LensError, match="draws one to 3 runs"):
                send_buffer(runs, FULL)

    def test_a_trace_of_no_connection_or_of_two(self):
        with record(BUFFER_POINTS, watch=BUFFER_WATCH) as trace:
            pass
        with pytest.raises(LensError, match="this trace has 0"):
            send_buffer({"none": trace}, FULL)
        with record(BUFFER_POINTS, watch=BUFFER_WATCH) as trace:
            for _ in range(2):
                Wire(root(10)).send(get("/file"))
        with pytest.raises(LensError, match="this trace has 2"):
            send_buffer({"two": trace}, FULL)

    def test_a_trace_that_watched_nothing(self):
        with record(BUFFER_POINTS) as trace:
            Wire(root(10)).send(get("/file"))
        with pytest.raises(LensError, match="recorded without watching dataBuffer, offset, _tempDataLen"):
            send_buffer({"nothing": trace}, FULL)
