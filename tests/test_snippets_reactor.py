"""The programs of chapter 01, run as a reader runs them: processes, sockets and a client."""

import re
import signal
import socket

import pytest
from twisted.internet.defer import fail
from twisted.internet.testing import StringTransport

from snippets.lens.logged import logged
from snippets.reactor import blocked_reactor
from tests.invoked import typed
from tests.programs import refused, run, running

ONE_TURN = ("-m", "snippets.reactor.one_turn")
BLOCKED_REACTOR = ("-m", "snippets.reactor.blocked_reactor")
EGG_TIMER = ("-m", "snippets.reactor.egg_timer")
TICKER = ("-m", "snippets.reactor.ticker")


class TestOneTurn:
    def test_each_enter_is_a_turn_and_an_answer_takes_three(self):
        ended = run(*ONE_TURN, "--send", "hello", stdin=b"\n\n\n")
        assert (ended.code, ended.err) == (0, "")
        first, *lines = ended.out.splitlines()
        assert re.fullmatch(r"Listening on 127\.0\.0\.1:\d+\. Enter makes one turn, Ctrl-D ends\.", first)
        assert lines == [
            "  watched for reading: Port; for writing: nobody",
            "turn 1",
            "    Port.doRead",
            "  watched for reading: Port, Server; for writing: nobody",
            "turn 2",
            "    Server.doRead",
            "      dataReceived b'hello', write b'HELLO'",
            "  watched for reading: Port, Server; for writing: Server",
            "turn 3",
            "    Server.doWrite",
            "  watched for reading: Port, Server; for writing: nobody",
            "      connectionLost: Connection to the other side was lost in a non-clean fashion: Connection lost.",
            "Ended.",
        ]

    def test_nothing_moves_without_a_turn_and_everything_with_three(self):
        with running(*ONE_TURN) as program:
            port = int(re.search(r":(\d+)\.", program.line())[1])
            program.line()
            with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
                client.sendall(b"by hand")
                client.setblocking(False)
                for turn in (1, 2, 3):
                    with pytest.raises(BlockingIOError):
                        client.recv(100)
                    program.write(b"\n")
                    assert program.line() == f"turn {turn}"
                    while not program.line().startswith("  watched"):
                        pass
                client.settimeout(30)
                assert client.recv(100) == b"BY HAND"
                ended = program.interrupt()
                assert client.recv(100) == b""
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[-1] == "Ended."

    def test_a_text_that_is_no_text_is_sent_as_it_is(self):
        out = run(*ONE_TURN, "--send", "\udcff\u20ac", stdin=b"\n\n").out
        assert r"dataReceived b'\xff\xe2\x82\xac'" in out

    def test_bad_input_is_refused(self):
        refused(typed(*ONE_TURN, "--nonsense"), "unrecognized arguments: --nonsense")


def waited(line: str) -> list[float]:
    """The seconds in a line of the table."""
    return [float(seconds) for seconds in re.findall(r"(\d+\.\d+) s", line)]


class TestBlockedReactor:
    def test_the_quick_client_waits_for_the_slow_one_only_if_the_reactor_sleeps(self):
        ended = run(*BLOCKED_REACTOR, "--seconds", "0.5")
        assert (ended.code, ended.err) == (0, "")
        head, in_reactor, in_thread = ended.out.splitlines()
        assert head.split()[-2:] == ["slow", "quick"]
        assert in_reactor.startswith("asleep in the reactor ")
        assert in_thread.startswith("asleep in a thread ")
        slow, quick = waited(in_reactor)
        assert slow >= 0.5
        assert quick > 0.25
        slow, quick = waited(in_thread)
        assert slow >= 0.5
        assert quick < slow

    def test_a_thread_that_fails_is_logged_and_ends_the_connection(self, monkeypatch):
        transport = StringTransport()
        monkeypatch.setattr(blocked_reactor, "deferToThread", lambda *_: fail(ValueError()))
        with logged() as failures:
            blocked_reactor.asleep_in_a_thread(0, transport)
        assert [failure.type for failure in failures] == [ValueError]
        assert (transport.value(), transport.disconnecting) == (b"", True)

    def test_no_time_at_all_is_well(self):
        ended = run(*BLOCKED_REACTOR, "--seconds", "0")
        assert (ended.code, ended.err, len(ended.out.splitlines())) == (0, "", 3)

    def test_ctrl_c_ends_it_when_the_reactor_is_awake_again(self):
        with running(*BLOCKED_REACTOR, "--seconds", "0.5") as program:
            program.line()
            program.process.send_signal(signal.SIGINT)
            ended = program.ended()
        assert (ended.code, ended.err) == (0, "")

    def test_bad_input_is_refused(self):
        for seconds in ("-1", "11", "nan", "inf"):
            refused(typed(*BLOCKED_REACTOR, f"--seconds={seconds}"), "argument --seconds: from 0 to 10, not")
        refused(typed(*BLOCKED_REACTOR, "--seconds", "soon"), "argument --seconds: invalid float value: 'soon'")


class TestEggTimer:
    def test_a_client_with_less_to_wait_is_answered_first(self):
        with running(*EGG_TIMER) as program:
            port = int(re.fullmatch(r"Listening on 127\.0\.0\.1:(\d+)", program.line())[1])
            where = ("127.0.0.1", port)
            with socket.create_connection(where, 30) as slow, socket.create_connection(where, 30) as quick:
                slow.sendall(b"1\n")
                quick.sendall(b"0\n")
                assert quick.recv(100) == b"0 s are over\n"
                quick.sendall(b"soon\n")
                assert quick.recv(100) == b"a number of seconds, please\n"
                assert slow.recv(100) == b"1 s are over\n"
            ended = program.interrupt()
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[-1] == "Stopped."

    def test_bad_input_is_refused(self):
        refused(typed(*EGG_TIMER, "--port", "65536"), "argument --port: a port is a number from 0 to 65535, not 65536")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            refused(run(*EGG_TIMER, "--port", str(taken.getsockname()[1])), "egg_timer: can't listen on port")


class TestTicker:
    def test_on_a_clock_the_beat_is_kept_and_blocked_ticks_are_lost(self):
        ended = run(*TICKER, "--on-clock", "--every", "3600", "--count", "5", "--block", "9000")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines() == [
            "tick 1 at   0.00 s",
            "tick 2 at 3600.00 s",
            "tick 3 at 7200.00 s",
            "       blocks for 9000 s",
            "tick 4 at 18000.00 s   2 lost before it",
            "tick 5 at 21600.00 s",
        ]

    def test_on_a_reactor_it_is_the_same_but_takes_its_time(self):
        ended = run(*TICKER, "--every", "0.05", "--count", "5", "--block", "0.12")
        assert (ended.code, ended.err) == (0, "")
        ticks = [float(seconds) for seconds in re.findall(r"^tick \d at +(\d+\.\d+) s", ended.out, re.MULTILINE)]
        assert len(ticks) == 5
        assert ticks == sorted(ticks)
        assert ticks[3] - ticks[2] >= 0.11
        assert "lost before it" in ended.out

    def test_without_a_block_nothing_is_lost(self):
        out = run(*TICKER, "--on-clock", "--count", "100").out
        assert len(out.splitlines()) == 100
        assert "lost" not in out
        assert out.splitlines()[-1] == "tick 100 at  49.50 s"

    @pytest.mark.parametrize(
        ("options", "last"),
        [
            (("--every=0.001", "--block=1000000", "--count=4"), "tick 4 at 1000000.00 s   1000000000 lost before it"),
            (("--every=1000000", "--count=1"), "tick 1 at   0.00 s"),
        ],
    )
    def test_the_least_and_the_most_are_taken(self, options, last):
        ended = run(*TICKER, "--on-clock", *options)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[-1] == last

    def test_ctrl_c_ends_it_on_a_clock_too(self):
        with running(*TICKER, "--on-clock", "--count", "1000000000") as program:
            program.line()
            ended = program.interrupt()
        assert (ended.code, ended.err) == (130, "\n")

    def test_ctrl_c_ends_it(self):
        with running(*TICKER, "--every", "600") as program:
            assert program.line() == "tick 1 at   0.00 s"
            ended = program.interrupt()
        assert (ended.code, ended.out, ended.err) == (0, "", "")

    def test_bad_input_is_refused(self):
        for wrong in ("--every=0.0009", "--every=1000001", "--every=nan", "--block=-1", "--block=1000001", "--count=0"):
            said = "--every is from 0.001 to 1000000 seconds, --block from 0 to 1000000, --count at least 1"
            refused(typed(*TICKER, wrong), said)
        refused(typed(*TICKER, "--count", "many"), "argument --count: invalid int value: 'many'")
