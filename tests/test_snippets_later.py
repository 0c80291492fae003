"""The programs of chapter 12, run as a reader runs them: processes, sockets, clients and a browser."""

import gc
import re
import shutil
import socket
import time
from functools import partial
from select import select

import pytest
from twisted.internet.task import Clock
from twisted.web.resource import Resource
from twisted.web.server import Site

from snippets.later.delayed import root as delayed_root
from snippets.later.gather import SOURCES
from snippets.later.gather import root as gather_root
from snippets.later.server_sent_events import Ticks
from snippets.later.server_sent_events import root as ticking_root
from snippets.lens.logged import logged
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from tests.invoked import typed
from tests.programs import listening, refused

delayed = partial(listening, "-m", "snippets.later.delayed")
gather = partial(listening, "-m", "snippets.later.gather")
disconnect_aware = partial(listening, "-m", "snippets.later.disconnect_aware")
server_sent_events = partial(listening, "-m", "snippets.later.server_sent_events")


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


class Client:
    """A plain socket that asks for one page after another."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=50)
        self.got = b""

    def ask(self, path: str) -> "Client":
        self.socket.sendall(get(path))
        return self

    def until(self, end: bytes) -> bytes:
        """What comes up to `end`, and it."""
        while end not in self.got:
            piece = self.socket.recv(65536)
            assert piece, self.got
            self.got += piece
        before, _, self.got = self.got.partition(end)
        return before + end

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()


class TestDelayed:
    @pytest.mark.parametrize("path", ["/later", "/thread"])
    def test_another_visitor_is_answered_meanwhile(self, path):
        """While one page waits for a delayed call or for a thread, another visitor is answered."""
        with delayed("--seconds", "1") as (program, port), Client(port) as slow, Client(port) as quick:
            slow.ask(path)
            quick.ask("/quick").until(b"quick\n")
            slow.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                slow.socket.recv(1)
            slow.socket.settimeout(50)
            slow.until(b"done\n")
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_asleep_holds_up_the_quick_page(self, monkeypatch):
        """While a page sleeps in the reactor's thread, another visitor whose request has come is not answered."""
        answered = []
        with Turns() as hand:
            port = hand.listen(Site(delayed_root(0), reactor=hand.reactor))
            slow, quick = hand.connect(port), hand.connect(port)
            hand.turn()
            # Whoever is read first: the quick one has asked, and the sleep is over before it is written to.
            monkeypatch.setattr(time, "sleep", lambda _: answered.append(bool(select([quick], [], [], 0.05)[0])))
            slow.sendall(get("/asleep"))
            quick.sendall(get("/quick"))
            hand.until(lambda: answered)
            while hand.turn(wait=0.2).ready:
                pass
            assert answered == [False]
            assert quick.recv(9999).endswith(b"quick\n")
            assert slow.recv(9999).endswith(b"done\n")

    @pytest.mark.parametrize("path", ["/asleep", "/later", "/thread"])
    def test_each_way_gives_the_same_answer(self, path):
        with delayed("--seconds", "0") as (_, port), Client(port) as client:
            assert b" 200 OK\r\n" in client.ask(path).until(b"done\n")

    def test_no_work_is_left_when_the_visitor_has_gone(self):
        with logged() as failures:
            wire = Wire(delayed_root(5))
            wire.send(get("/later"))
            wire.disconnect()
            wire.advance(9)
            gc.collect()
        assert [call.func.__name__ for call in wire.reactor.getDelayedCalls()] == ["_updateLogDateTime"]
        assert failures == []

    def test_bad_input_is_refused(self):
        for seconds in ("-1", "3601", "nan"):
            said = f"argument --seconds: from 0 to 3600, not {float(seconds)}"
            refused(typed("-m", "snippets.later.delayed", f"--seconds={seconds}"), said)
        refused(typed("-m", "snippets.later.delayed", "--seconds=long"), "invalid float value: 'long'")


class TestGather:
    @pytest.mark.parametrize(("path", "seconds"), [("/in-turn", 6), ("/at-once", 3), ("/in-time", 2.5)])
    def test_how_long_each_way_takes(self, path, seconds):
        wire = Wire(gather_root())
        wire.send(get(path))
        came = wire.advance(0)
        while not came:
            came = wire.advance(0.5)
        assert wire.reactor.seconds() == seconds
        answers = came.partition(b"\r\n\r\n")[2].decode().splitlines()
        late = {"traffic: no answer in 2.5 s"} if path == "/in-time" else set()
        assert [line.partition(":")[0] for line in answers] == [*SOURCES]
        assert {line for line in answers if not line.endswith("all well")} == late

    @pytest.mark.parametrize("path", ["/in-turn", "/at-once", "/in-time"])
    def test_no_work_is_left_when_the_visitor_has_gone(self, path):
        with logged() as failures:
            wire = Wire(gather_root())
            wire.send(get(path))
            wire.advance(1)
            wire.disconnect()
            gc.collect()
        assert [call.func.__name__ for call in wire.reactor.getDelayedCalls()] == ["_updateLogDateTime"]
        assert failures == []

    def test_a_source_that_is_not_known_is_a_500(self, monkeypatch):
        monkeypatch.setitem(SOURCES, "moon", "never")
        with logged():
            assert Wire(gather_root()).send(get("/at-once")).startswith(b"HTTP/1.1 500 ")

    def test_over_a_socket(self):
        with gather() as (program, port), Client(port) as client:
            answer = client.ask("/at-once").until(b"weather: all well\n")
            assert b" 200 OK\r\n" in answer
            assert program.interrupt() == (0, "Stopped.\n", "")


class TestLeftEarly:
    def test_a_visitor_who_leaves_stops_the_page(self):
        assert typed("-m", "snippets.later.left_early") == (0, "The page stops.\nThe visitor got:\n    nothing\n", "")

    @pytest.mark.parametrize("seconds", ["2", "3"])
    def test_a_visitor_who_stays_is_answered(self, seconds):
        ended = typed("-m", "snippets.later.left_early", "--after", seconds)
        assert (ended.code, ended.err) == (0, "")
        said, first, *_, last = ended.out.splitlines()
        assert (said, first, last) == ("The visitor got:", "    HTTP/1.1 200 OK", "    two seconds later")

    def test_bad_input_is_refused(self):
        for seconds in ("-1", "4", "long"):
            refused(typed("-m", "snippets.later.left_early", f"--after={seconds}"), "argument --after: invalid")


class TestDisconnectAware:
    def test_a_visitor_who_stays_is_answered(self):
        with disconnect_aware() as (program, port), Client(port) as client:
            client.ask("/1").until(b"1 steps\n")
            assert program.line() == "/1 has done step 1"
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_the_work_stops_when_the_visitor_goes(self):
        with disconnect_aware() as (program, port):
            with Client(port) as client:
                client.ask("/3000")
                assert program.line() == "/3000 has done step 1"
            while (line := program.line()) != "/3000 stops: its visitor has gone":
                assert line.startswith("/3000 has done step ")
            assert program.interrupt() == (0, "Stopped.\n", "")

    @pytest.mark.parametrize("path", ["/", "/x", "/12345", "/1/"])
    def test_what_is_no_number_of_steps_is_not_found(self, path):
        with disconnect_aware() as (_, port), Client(port) as client:
            assert client.ask(path).until(b"\r\n").startswith(b"HTTP/1.1 404 ")


def ticking(visitors: int = 1) -> tuple[Ticks, list[Wire]]:
    """The resource, and wires that have asked for its events."""
    ticks, top = Ticks(), Resource()
    top.putChild(b"ticks", ticks)
    wires = [Wire(top) for _ in range(visitors)]
    for wire in wires:
        wire.send(get("/ticks"))
    return ticks, wires


def ticked(ticks: Ticks, wire: Wire) -> bytes:
    wire.reactor.callLater(0, ticks.tick)
    return wire.receive()


class TestServerSentEvents:
    def test_events_come_one_by_one(self):
        with server_sent_events("--every", "0.05") as (program, port), Client(port) as client:
            head = client.ask("/ticks").until(b"\r\n\r\n")
            assert b"Content-Type: text/event-stream\r\n" in head
            first = int(
                re.search(rb"id: (\d+)\ndata: tick \1\n\n", client.until(b"\n\n\r\n") + client.until(b"\n\n\r\n"))[1]
            )
            for number in range(first + 1, first + 4):
                assert f"id: {number}\ndata: tick {number}\n\n".encode() in client.until(b"\n\n\r\n")
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_every_visitor_gets_each_event(self):
        ticks, wires = ticking(3)
        wires[0].reactor.callLater(0, ticks.tick)
        assert all(b"data: tick 1\n\n" in wire.receive() for wire in wires)

    def test_who_has_gone_is_forgotten(self):
        ticks, wires = ticking(2)
        wires[0].disconnect()
        assert len(ticks.visitors) == 1
        assert b"tick 1" in ticked(ticks, wires[1])

    def test_a_head_is_answered_and_not_kept(self):
        ticks, (wire,) = ticking()
        wire.disconnect()
        top = Resource()
        top.putChild(b"ticks", ticks)
        answer = Wire(top).send(get("/ticks").replace(b"GET", b"HEAD"))
        assert b"text/event-stream" in answer
        assert ticks.visitors == set()

    def test_who_does_not_read_is_left_out_and_comes_back(self):
        """To a visitor who does not read, no more is written than the transport's buffer takes; later it goes on."""
        ticks, (slow, quick) = ticking(2)
        slow.reading = False
        for _ in range(5000):
            slow.reactor.callLater(0, ticks.tick)
            slow.receive()
            got = quick.receive()
        assert b"tick 5000" in got
        waiting = len(slow.transport.dataBuffer) + slow.transport._tempDataLen
        assert 65_536 < waiting < 66_000
        slow.reading = True
        assert b"tick 5000" not in slow.receive()
        assert b"tick 5001" in ticked(ticks, slow)

    def test_it_ticks_by_the_clock_that_it_is_given(self):
        clock = Clock()
        ticks = ticking_root(clock, 2).children[b"ticks"]
        clock.pump([1, 1, 1, 1])
        assert ticks.count == 2

    def test_a_browser_shows_the_ticks_as_they_come(self):
        """In Chromium the page's list grows by an item with each event of the server."""
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if chromium is None:
            pytest.skip("no Chromium here: apt-get install chromium")
        sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
        with server_sent_events("--every", "0.1") as (_, port), sync.sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            try:
                page = browser.new_page()
                page.goto(f"http://127.0.0.1:{port}/", timeout=50_000)
                page.wait_for_function("document.querySelectorAll('li').length >= 3", timeout=50_000)
                shown = page.locator("li").all_text_contents()[:3]
            finally:
                browser.close()
        first = int(shown[0].removeprefix("tick "))
        assert shown == [f"tick {number}" for number in range(first, first + 3)]

    def test_bad_input_is_refused(self):
        for every in ("0", "0.009", "3601", "inf"):
            said = f"argument --every: from 0.01 to 3600, not {float(every)}"
            refused(typed("-m", "snippets.later.server_sent_events", f"--every={every}"), said)
        refused(typed("-m", "snippets.later.server_sent_events", "--every=often"), "invalid float value: 'often'")
