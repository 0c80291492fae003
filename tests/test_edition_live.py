"""What is told of the requests to the server, live: in order, without what watching causes, and to whom."""

import itertools
import json
import socket
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from snippets.edition import server as served
from snippets.edition.live import BEAT, KEPT, LONGEST, MOST_HELD, MOST_WATCHERS
from snippets.lens.wire import Wire
from tests.serving import serving

pytestmark = pytest.mark.once

WATCH = b"GET /live/events HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
PAGE = b"GET /page.html HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"


class Place:
    """A site with one page, and as many connections to it as are wanted."""

    def __init__(self, folder) -> None:
        self.clock = Clock()
        self.site = served.site(folder, self.clock, SimpleNamespace())

    def connection(self) -> Wire:
        return Wire(self.site)

    def watcher(self) -> "Watcher":
        return Watcher(self.connection())


class Watcher:
    """One who watches over a connection."""

    def __init__(self, wire: Wire, *pieces: bytes) -> None:
        self.wire = wire
        self.head, _, said = b"".join(wire.send(piece) for piece in pieces or (WATCH,)).partition(b"\r\n\r\n")
        self.before = told(said)

    def events(self) -> list[dict]:
        """What it has been told since it was asked the last time."""
        return told(self.wire.receive())


def told(stream: bytes) -> list[dict]:
    return [json.loads(line[6:]) for line in stream.split(b"\n") if line.startswith(b"data: ")]


def whats(events: list[dict]) -> list[str]:
    return [event["what"] for event in events]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pages = tmp_path_factory.mktemp("pages")
    (pages / "page.html").write_text("a page")
    return pages


@pytest.fixture
def place(folder):
    return Place(folder)


PAGE_EVENTS = ["dataReceived", "process", "render", "write", "finish"]


def test_the_requests_of_another_are_told_in_their_order(place):
    watcher, other = place.watcher(), place.connection()
    place.clock.advance(1.5)
    other.send(PAGE)
    other.disconnect()
    events = watcher.events()
    assert whats(events) == ["connectionMade", *PAGE_EVENTS, "connectionLost"]
    assert {event["connection"] for event in events} == {2}
    assert [event["at"] for event in events] == [0, *[1.5] * 6]
    assert events[1]["bytes"] == len(PAGE)
    assert (events[2]["request"], events[3]["resource"]) == ("GET /page.html", "Pages")
    assert (events[4]["bytes"], events[5]["code"]) == (6, 200)


def test_it_is_a_stream_of_events_that_is_not_kept(place):
    head = place.watcher().head
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    for line in (b"Content-Type: text/event-stream", b"Cache-Control: no-store", b"Content-Security-Policy: default"):
        assert line in head


def test_a_line_that_comes_in_pieces_is_told_as_it_comes(place):
    watcher, other = place.watcher(), place.connection()
    other.send(PAGE[:5])
    assert watcher.events() == []
    other.send(PAGE[5:30])
    assert whats(watcher.events()) == ["connectionMade", "dataReceived", "dataReceived"]
    other.send(PAGE[30:])
    assert whats(watcher.events()) == PAGE_EVENTS


@given(st.lists(st.integers(1, len(WATCH) - 1), max_size=4, unique=True))
def test_what_watching_causes_is_left_out_however_its_line_comes(folder, cuts):
    place = Place(folder)
    watcher = place.watcher()
    ends = [0, *sorted(cuts), len(WATCH)]
    other = Watcher(place.connection(), *[WATCH[start:end] for start, end in itertools.pairwise(ends)])
    place.clock.advance(3 * BEAT)
    other.wire.disconnect()
    assert watcher.events() == []
    assert place.watcher().before == []


def test_what_was_on_the_connection_before_is_told_and_watching_is_not(place):
    watcher, other = place.watcher(), place.connection()
    other.send(PAGE)
    assert whats(watcher.events()) == ["connectionMade", *PAGE_EVENTS]
    second = Watcher(other, WATCH[:8], WATCH[8:])
    assert whats(second.before) == ["connectionMade", *PAGE_EVENTS]
    assert watcher.events() == []
    other.disconnect()
    (ended,) = watcher.events()
    assert (ended["connection"], ended["what"]) == (2, "connectionLost")


@pytest.mark.parametrize("path", [b"/live/%65vents", b"/live/events?x=y", b"/live/events/more", b"/%6cive/events"])
def test_another_writing_of_the_path_does_not_feed_itself(place, path):
    watcher = place.watcher()
    other = Watcher(place.connection(), WATCH.replace(b"/live/events", path))
    assert other.head.startswith(b"HTTP/1.1 200 OK")
    place.connection().send(PAGE)
    assert whats(other.events())[-6:] == ["connectionMade", *PAGE_EVENTS]
    assert len(watcher.events()) < 12


@pytest.mark.parametrize(
    ("request_line", "code"),
    [
        (b"GET /live/eventsfoo HTTP/1.1", 404),
        (b"GET /page.html?from= /live/events HTTP/1.1", 400),
        (b"POST /live/events HTTP/1.1", 405),
        (b"GET /live/events HTTP/1.1\r\nOrigin: http://example.com", 403),
    ],
)
def test_what_does_not_watch_is_told(place, request_line, code):
    watcher, other = place.watcher(), place.connection()
    answer = other.send(WATCH.replace(b"GET /live/events HTTP/1.1", request_line))
    other.disconnect()
    assert answer.startswith(b"HTTP/1.1 %d " % code)
    events = watcher.events()
    assert whats(events)[:2] == ["connectionMade", "dataReceived"]
    assert whats(events)[-1] == "connectionLost"
    if code != 400:  # which is said before there is a request
        assert [event["code"] for event in events if event["what"] == "finish"] == [code]


def test_a_connection_that_says_nothing_is_told_when_it_ends(place):
    watcher, other = place.watcher(), place.connection()
    assert watcher.events() == []
    other.disconnect(reset=True)
    events = watcher.events()
    assert whats(events) == ["connectionMade", "connectionLost"]
    assert "non-clean" in events[1]["why"]


def test_one_that_never_ends_its_line_is_not_held_back_for_ever(place):
    watcher, other = place.watcher(), place.connection()
    for _ in range(MOST_HELD + 5):
        other.send(b"x")
    assert len(watcher.events()) == MOST_HELD + 6


def test_a_request_that_is_refused_is_told_with_its_code(place):
    watcher = place.watcher()
    place.connection().send(PAGE.replace(b"127.0.0.1", b"example.com"))
    events = watcher.events()
    assert whats(events) == ["connectionMade", "dataReceived", "process", "write", "finish"]
    assert events[-1]["code"] == 403


def test_who_begins_to_watch_is_told_the_last_of_what_was(place):
    other = place.connection()
    for _ in range(KEPT):
        other.send(PAGE)
    before = place.watcher().before
    assert len(before) == KEPT
    assert whats(before)[-5:] == PAGE_EVENTS


def test_what_a_visitor_asks_for_is_told_as_text_and_cut(place):
    watcher = place.watcher()
    place.connection().send(PAGE.replace(b"page.html", b'<script>"\\' + b"x" * 1000))
    (event,) = [event for event in watcher.events() if event["what"] == "process"]
    assert event["request"].startswith('GET /<script>"\\')
    assert event["request"].isprintable()
    assert len(event["request"]) <= LONGEST + 10


def test_one_too_many_is_told_so_and_one_that_leaves_makes_room(place):
    watchers = [place.watcher() for _ in range(MOST_WATCHERS)]
    refused = place.connection()
    assert refused.send(WATCH).startswith(b"HTTP/1.1 503 ")
    assert whats(watchers[0].events()) == ["connectionMade", *PAGE_EVENTS]
    # The connection is one like any other, from now on.
    refused.send(PAGE)
    assert whats(watchers[0].events()) == PAGE_EVENTS
    refused.disconnect()
    watchers[3].wire.disconnect()
    assert whats(watchers[0].events()) == ["connectionLost"]
    assert place.watcher().head.startswith(b"HTTP/1.1 200 ")
    assert place.connection().send(WATCH).startswith(b"HTTP/1.1 503 ")


def test_one_who_asks_for_the_head_alone_does_not_watch(place):
    other = place.connection()
    for _ in range(MOST_WATCHERS + 1):
        assert other.send(WATCH.replace(b"GET", b"HEAD")).startswith(b"HTTP/1.1 200 ")
    assert place.watcher().head.startswith(b"HTTP/1.1 200 ")


def test_there_is_a_sign_of_life_while_somebody_watches(place):
    watcher = place.watcher()
    place.clock.advance(BEAT)
    assert b": still here\n\n" in watcher.wire.receive()
    calls = len(place.clock.getDelayedCalls())
    watcher.wire.disconnect()
    assert len(place.clock.getDelayedCalls()) < calls


def test_one_who_does_not_read_is_told_later_how_much_was_left_out(place):
    slow, quick, other = place.watcher(), place.watcher(), place.connection()
    slow.wire.reading = False
    everything = []
    for _ in range(500):
        other.send(PAGE)
        everything += quick.events()
    place.clock.advance(BEAT)
    waiting = len(slow.wire.transport.dataBuffer) + slow.wire.transport._tempDataLen
    assert waiting < 3 * 65536
    slow.wire.reading = True
    late = slow.events()
    missed = late.pop()
    assert late == everything[: len(late)]
    assert missed == {"missed": len(everything) - len(late)}
    other.send(PAGE)
    assert whats(slow.events()) == PAGE_EVENTS


def test_one_who_never_reads_does_not_make_the_server_grow(folder):
    with serving(folder) as server, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(WATCH.replace(b"8080", b"%d" % server.port))
        page = PAGE.replace(b"8080", b"%d" % server.port)
        sizes = []
        for _ in range(4):
            answers = server.said(page * 1000 + page.replace(b"1.1\r", b"1.0\r"))
            assert answers.count(b"a page") == 1001
            sizes.append(server.memory())
        assert sizes[-1] - sizes[0] < 5e6


def test_the_last_thing_is_a_stop_with_watchers(folder):
    with serving(folder) as server:
        with server.send(WATCH.replace(b"8080", b"%d" % server.port)) as watcher:
            assert watcher.recv(100).startswith(b"HTTP/1.1 200 ")
            ended = server.program.interrupt()
        assert (ended.code, ended.err) == (0, "")
