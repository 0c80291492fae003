"""The programs of chapter 07, run as a reader runs them: processes, sockets and clients."""

import re
import signal
import socket
from functools import partial

import pytest
from twisted.internet.task import Clock
from twisted.web.resource import Resource
from twisted.web.server import Site

from snippets.connection_life.slow_client import REQUEST, DeadlineChannel
from snippets.connection_life.slow_page import root as seconds
from snippets.http_channel.hello_site import root
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.workshop.scenarios.demo_site import Later
from tests.invoked import typed
from tests.programs import Ended, listening, nobody_there, refused, run, running, silent_server

PIPELINE_CLIENT = ("-m", "snippets.connection_life.pipeline_client")
SLOW_CLIENT = ("-m", "snippets.connection_life.slow_client")
GET = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


def said(ended: Ended) -> list[str]:
    """The lines of its output, without the seconds that each begins with."""
    assert ended.err == ""
    lines = [re.fullmatch(r" *\d+\.\d+ s  (.*)", line) for line in ended.out.splitlines()]
    return [line[1] for line in lines]


hello_site = partial(listening, "-m", "snippets.http_channel.hello_site")


class TestPipelineClient:
    def test_the_answers_come_in_the_order_of_the_requests(self):
        with hello_site() as (_, port):
            ended = run(*PIPELINE_CLIENT, "127.0.0.1", str(port), "/hello", "/nothing", "/")
        assert ended.code == 0
        lines = said(ended)
        assert re.fullmatch(r"sent 3 requests, \d+ bytes", lines[0])
        assert lines[1] == "1. HTTP/1.1 200 OK, 23 bytes"
        assert lines[2].startswith("2. HTTP/1.1 404 Not Found, ")
        assert lines[3].startswith("3. HTTP/1.1 200 OK, ")
        assert lines[4:] == ["3 of 3 answered; Connection was closed cleanly."]

    def test_what_follows_a_bad_request_is_not_answered(self):
        with hello_site() as (_, port):
            lines = said(run(*PIPELINE_CLIENT, "127.0.0.1", str(port), "/hello", "/two words", "/"))
        assert lines[2] == "2. HTTP/1.1 400 Bad Request, 0 bytes so far: it has no Content-Length"
        assert lines[3].startswith("2 of 3 answered; ")

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_responses_are_told_apart_however_they_are_cut(self, size):
        answers = b"HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello" * 2
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            running(*PIPELINE_CLIENT, "127.0.0.1", str(server.getsockname()[1]), "/1", "/2") as program,
        ):
            got = answer(server, *(answers[start : start + size] for start in range(0, len(answers), size)))
            lines = said(program.ended())
        assert re.match(rb"GET /1 HTTP/1.1\r\nHost: 127.0.0.1:\d+\r\n\r\nGET /2 HTTP/1.1\r\n", got)
        assert lines[1:3] == ["1. HTTP/1.1 200 OK, 5 bytes", "2. HTTP/1.1 200 OK, 5 bytes"]
        assert lines[3].startswith("2 of 2 answered; ")

    @pytest.mark.parametrize(
        ("sent", "printed"),
        [
            (b"", []),
            (b"nonsense", []),
            (b"\r\n\r\n", ["1. , 0 bytes so far: it has no Content-Length"]),
            (b"\x1b[2J\xff\r\n\r\n", [r"1. \x1b[2J\xff, 0 bytes so far: it has no Content-Length"]),
            (b"OK\r\nContent-Length: %b\r\n\r\n" % (b"9" * 18), []),
            (b"OK\r\nContent-Length: %b\r\n\r\n" % (b"9" * 5000), ["1. OK, 0 bytes so far: it has no Content-Length"]),
        ],
        ids=["nothing", "no head", "an empty head", "what a terminal obeys", "too long", "no number"],
    )
    def test_whatever_a_server_sends_it_ends(self, sent, printed):
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            running(*PIPELINE_CLIENT, "127.0.0.1", str(server.getsockname()[1]), "/") as program,
        ):
            answer(server, sent)
            _, *lines, last = said(program.ended())
        assert lines == printed
        assert last == f"{len(printed)} of 1 answered; Connection was closed cleanly."

    def test_it_ends_when_nobody_reads_what_it_prints(self):
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            running(*PIPELINE_CLIENT, "127.0.0.1", str(server.getsockname()[1]), "/", "--wait", "3000") as program,
        ):
            program.unread()

    def test_a_path_that_is_not_utf_8_is_sent_as_it_is(self):
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            running(*PIPELINE_CLIENT, "127.0.0.1", str(server.getsockname()[1]), "/\udcff") as program,
        ):
            assert answer(server).startswith(b"GET /\xff HTTP/1.1\r\n")
            assert program.ended().code == 0

    def test_a_silent_server_is_left(self):
        with silent_server() as port:
            lines = said(run(*PIPELINE_CLIENT, "127.0.0.1", str(port), "/", "--wait", "0.1"))
        assert lines[1] == "nothing came for 0.1 seconds"
        assert lines[2].startswith("0 of 1 answered; Connection was aborted locally")

    def test_ctrl_c_ends_it(self):
        options = ("/", "--wait", "3000")
        with silent_server() as port, running(*PIPELINE_CLIENT, "127.0.0.1", str(port), *options) as client:
            assert "sent 1 request, " in client.line()
            client.process.send_signal(signal.SIGINT)
            ended = client.ended()
        assert (ended.code, ended.err) == (0, "")

    def test_bad_input_is_refused(self):
        refused(typed(*PIPELINE_CLIENT, "127.0.0.1", "80"), "the following arguments are required: paths")
        for wait in ("0", "3600.1", "nan"):
            said = "--wait is more than 0 and at most 3600 seconds"
            refused(typed(*PIPELINE_CLIENT, "127.0.0.1", "80", "/", "--wait", wait), said)
        with nobody_there() as port:
            longest = ("127.0.0.1", str(port), "/", "--wait", "3600")
            refused(run(*PIPELINE_CLIENT, *longest), "pipeline_client: can't connect to")


def answer(server: socket.socket, *pieces: bytes) -> bytes:
    """Take a connection, read until the client has asked to close, send the pieces and close; what was read."""
    connection, _ = server.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        got = b""
        while not got.endswith(b"Connection: close\r\n\r\n"):
            got += connection.recv(65536)
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    return got


slow_page = partial(listening, "-m", "snippets.connection_life.slow_page")


class TestSlowPage:
    def test_it_answers_when_the_time_is_over(self):
        with slow_page() as (program, port):
            lines = said(run(*PIPELINE_CLIENT, "127.0.0.1", str(port), "/1", "/0"))
            printed = [program.line() for _ in range(4)]
        assert lines[1:] == [
            "1. HTTP/1.1 200 OK, 10 bytes",
            "2. HTTP/1.1 200 OK, 10 bytes",
            "2 of 2 answered; Connection was closed cleanly.",
        ]
        assert printed == ["/1 begins", "/1 is done", "/0 begins", "/0 is done"]

    def test_a_client_that_goes_away_ends_the_work(self):
        with slow_page() as (program, port):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET /3000 HTTP/1.1\r\nHost: a\r\n\r\n")
                assert program.line() == "/3000 begins"
            assert program.line() == "/3000 is lost: ConnectionDone"
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_ctrl_c_ends_the_work(self):
        with slow_page() as (program, port), socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /3000 HTTP/1.1\r\nHost: a\r\n\r\n")
            assert program.line() == "/3000 begins"
            assert program.interrupt() == (0, "/3000 is lost: ConnectionLost\nStopped.\n", "")

    def test_no_work_is_left_when_the_client_has_gone(self, capsys):
        wire = Wire(seconds())
        wire.send(GET.replace(b"hello", b"9"))
        wire.disconnect()
        assert [call.func.__name__ for call in wire.reactor.getDelayedCalls()] == ["_updateLogDateTime"]
        assert capsys.readouterr().out == "/9 begins\n/9 is lost: ConnectionDone\n"

    @pytest.mark.parametrize("path", [b"", b"x", b"-1", b"1.5", b"%C2%B2", b"12345", b"1/"])
    def test_what_is_no_number_of_seconds_is_not_found(self, path):
        assert Wire(seconds()).send(GET.replace(b"hello", path)).startswith(b"HTTP/1.1 404 ")


class TestGone:
    def test_write_is_silent_and_finish_raises(self):
        ended = run("-m", "snippets.connection_life.gone")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[0] == "write: None"
        assert ended.out.splitlines()[1].startswith("RuntimeError: Request.finish called on a request after ")


class TestSlowClient:
    def test_it_ends_when_nobody_reads_what_it_prints(self):
        with running(*SLOW_CLIENT, "--timeout", "0.5") as program:
            program.unread()

    def test_silence_is_ended_by_the_idle_timeout(self):
        assert said(run(*SLOW_CLIENT, "--timeout", "0.1")) == ["connected", f"closed, 0 of {len(REQUEST)} bytes sent"]

    def test_a_byte_now_and_then_outlasts_the_timeout(self):
        ended = run(*SLOW_CLIENT, "--timeout", "2", "--every", "0.05")
        assert said(ended) == ["connected", "HTTP/1.1 200 OK", f"closed, {len(REQUEST)} of {len(REQUEST)} bytes sent"]
        assert float(ended.out.splitlines()[1].split()[0]) > 2

    def test_a_deadline_ends_that(self):
        _, line = said(run(*SLOW_CLIENT, "--timeout", "60", "--every", "0.05", "--deadline", "0.2"))
        sent = int(re.fullmatch(rf"closed, (\d+) of {len(REQUEST)} bytes sent", line)[1])
        assert 0 < sent < len(REQUEST)

    def test_ctrl_c_ends_it(self):
        with running(*SLOW_CLIENT, "--timeout", "3600") as program:
            assert program.line().endswith("connected")
            program.process.send_signal(signal.SIGINT)
            ended = program.ended()
        assert (ended.code, ended.err) == (0, "")

    def test_bad_input_is_refused(self):
        for wrong in (["--timeout", "0"], ["--every", "-1"], ["--deadline", "nan"], ["--every", "3601"]):
            refused(typed(*SLOW_CLIENT, *wrong), "more than 0 and at most 3600 seconds")
        refused(typed(*SLOW_CLIENT, "--timeout", "long"), "--timeout: invalid float value: 'long'")

    def test_the_deadline_is_for_each_request_and_not_for_its_answer(self, monkeypatch):
        monkeypatch.setattr(DeadlineChannel, "deadline", 10)
        clock, wire = connected()
        for _ in range(3):
            assert wire.send(GET[:-1]) == b""
            clock.advance(9)
            assert b"200 OK" in wire.send(GET[-1:])
            clock.advance(50)
            assert not wire.closed
        for byte in GET[:9]:
            wire.send(bytes([byte]))
            clock.advance(1)
        wire.receive()
        assert not wire.closed
        clock.advance(1)
        wire.receive()
        assert wire.closed
        # Only the clock of the access log goes on.
        assert [call.func.__name__ for call in clock.getDelayedCalls()] == ["_updateLogDateTime"]

    def test_the_deadline_counts_the_body(self, monkeypatch):
        """A channel with a deadline of 10 seconds closes on a client that sends a byte of its body each second."""
        monkeypatch.setattr(DeadlineChannel, "deadline", 10)
        clock, wire = connected()
        wire.send(b"POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n")
        for second in range(10):
            assert not wire.closed, second
            clock.advance(1)
            wire.send(b"x")
        assert wire.closed

    @pytest.mark.parametrize("deadline", [3, 7])
    def test_a_client_that_misses_both_times_is_aborted_once(self, monkeypatch, deadline):
        monkeypatch.setattr(DeadlineChannel, "deadline", deadline)
        clock, wire = connected(timeout=5)
        wire.reading = False
        wire.send(GET)
        wire.send(GET[:9])
        with record(["HTTPChannel.forceAbortClient"]) as aborted:
            for _ in range(40):
                clock.advance(1)
                wire.receive()
        assert wire.closed
        assert len(aborted) == 1

    def test_what_comes_while_a_page_is_made_has_no_deadline(self, monkeypatch):
        monkeypatch.setattr(DeadlineChannel, "deadline", 10)
        clock, wire = connected(Later([]))
        wire.send(GET)
        wire.send(GET[:9])
        clock.advance(50)
        wire.receive()
        assert not wire.closed

    def test_no_deadline_is_left_when_the_client_goes(self):
        clock, wire = connected()
        wire.send(GET[:9])
        wire.disconnect()
        assert wire.closed
        assert [call.func.__name__ for call in clock.getDelayedCalls()] == ["_updateLogDateTime"]

    def test_a_piece_with_two_requests_leaves_no_deadline_behind(self):
        clock, wire = connected()
        assert wire.send(GET * 2).count(b"200 OK") == 2
        clock.advance(59)
        wire.receive()
        assert not wire.closed


def connected(page: Resource | None = None, timeout: float = 60) -> tuple[Clock, Wire]:
    """A connection to a site of the snippet's channels, and the clock of the site."""
    clock = Clock()
    site = Site(page or root(), reactor=clock, timeout=timeout)
    site.protocol = DeadlineChannel
    return clock, Wire(site)
