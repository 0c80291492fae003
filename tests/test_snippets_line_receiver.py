"""The programs of chapter 03, run as a reader runs them: processes, sockets and a client."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.lens.wire import Wire
from snippets.line_receiver import line_cost
from snippets.line_receiver.line_cost import cost
from snippets.line_receiver.line_then_raw import factory
from tests.invoked import typed
from tests.programs import refused, run, running

STORE = ("-m", "snippets.line_receiver.line_then_raw")
LONG_LINE = ("-m", "snippets.line_receiver.long_line")
COST = ("-m", "snippets.line_receiver.line_cost")
TALK = b"put fruit 5\r\nappleget fruit\r\nquit\r\n"
ANSWER = b"stored\r\nvalue 5\r\napple"


@contextmanager
def store(*options: str) -> Iterator[tuple[object, int]]:
    """The server as a process, and the port it says it listens on."""
    with running(*STORE, *options) as program:
        yield program, int(re.fullmatch(r"Listening on 127\.0\.0\.1:(\d+)", program.line())[1])


def talk(port: int, *pieces: bytes) -> bytes:
    """Send the pieces as they are, and return what came back until the server closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            client.sendall(piece)
        return b"".join(iter(lambda: client.recv(65536), b""))


class TestLineThenRaw:
    def test_a_value_is_kept_for_whoever_asks(self):
        with store() as (_, port):
            assert talk(port, TALK) == ANSWER
            assert talk(port, b"get fruit\r\n", b"quit\r\n") == b"value 5\r\napple"

    def test_it_makes_no_difference_how_the_bytes_are_cut(self):
        with store() as (_, port):
            assert talk(port, *(bytes([byte]) for byte in TALK)) == ANSWER

    def test_by_curl(self):
        if not shutil.which("curl"):
            pytest.skip("curl is not installed")
        with store() as (_, port):
            command = ["curl", "-s", "--noproxy", "*", f"telnet://127.0.0.1:{port}"]
            result = subprocess.run(command, input=TALK, capture_output=True, timeout=30, check=True)
        assert result.stdout == ANSWER

    def test_a_value_may_hold_any_bytes(self):
        value = bytes(range(256)) * 400
        with store() as (_, port):
            said = talk(port, b"put all %d\r\n" % len(value) + value + b"get all\r\nquit\r\n")
        assert said == b"stored\r\nvalue %d\r\n" % len(value) + value

    def test_an_empty_value_is_stored_at_once(self):
        wire = Wire(factory())
        assert wire.send(b"put nothing 0\r\n") == b"stored\r\n"
        assert wire.send(b"get nothing\r\n") == b"value 0\r\n"

    def test_the_largest_value_is_stored(self):
        wire = Wire(factory())
        wire.send(b"put a 1000000\r\n" + b"x" * 999_999)
        assert wire.send(b"x") == b"stored\r\n"

    def test_what_is_no_command_is_an_error(self):
        wrong = [b"", b"put", b"put a", b"put a b", b"put a -1", b"put a 1 2", b"get", b"get b", b"nonsense", b"QUIT"]
        wrong.append(b"put a 1000001")
        with store() as (_, port):
            said = talk(port, b"".join(line + b"\r\n" for line in wrong), b"quit\r\n")
        assert said == b"error\r\n" * len(wrong)

    def test_a_line_that_is_too_long_ends_the_connection_and_no_other(self):
        with store() as (_, port):
            assert talk(port, b"x" * 80 + b"\r\n", b"quit\r\n") == b"error\r\n"
            assert talk(port, b"x" * 81 + b"\r\n") == b""
            assert talk(port, TALK) == ANSWER

    def test_a_client_that_vanishes_leaves_nothing_behind(self):
        with store() as (_, port):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
                client.sendall(b"put fruit 5\r\nap")
            assert talk(port, b"get fruit\r\nquit\r\n") == b"error\r\n"

    def test_ctrl_c_is_an_orderly_end(self):
        with store() as (program, port):
            assert talk(port, TALK) == ANSWER
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_bad_input_is_refused(self):
        refused(typed(*STORE, "--nonsense"), "unrecognized arguments: --nonsense")

    @given(st.binary())
    def test_whatever_comes_it_does_not_raise(self, data):
        wire = Wire(factory())
        wire.send(data)
        wire.disconnect()
        assert wire.closed


class TestLongLine:
    def said(self, *options: str) -> list[str]:
        ended = run(*LONG_LINE, *options)
        assert (ended.code, ended.err) == (0, "")
        return [line.partition("b'")[2] for line in ended.out.splitlines()]

    def test_behind_the_cut_polite_obeys_and_closing_does_not(self):
        complaint = r"line too long\r\n'"
        assert self.said() == [complaint, r"line too long\r\ndone: open the door\r\n'", complaint, complaint]
        assert self.said("--cut", "85")[1] == r"line too long\r\ndone: n the door\r\n'"
        assert self.said("--cut", "81")[1] == complaint

    def test_bad_input_is_refused(self):
        for cut in ("0", "97"):
            refused(run(*LONG_LINE, "--cut", cut), f"argument --cut: from 1 to 96, not {cut}")
        refused(run(*LONG_LINE, "--cut", "half"), "argument --cut: invalid int value: 'half'")


class TestLineCost:
    def said(self, *options: str) -> tuple[int, int, int, float]:
        """The four numbers that the program prints."""
        ended = run(*COST, *options)
        assert (ended.code, ended.err) == (0, "")
        pattern = r"([\d,]+) bytes received; ([\d,]+) copied, ([\d,]+) searched, in ([\d,.]+) ms\n"
        *counts, time = (text.replace(",", "") for text in re.fullmatch(pattern, ended.out).groups())
        return *map(int, counts), float(time)

    def test_it_prints_what_it_counts_and_measures(self):
        *counted, time = self.said("--line", "100", "--lines", "10", "--size", "1")
        assert counted == [1020, *cost(100, 10, 1)]
        assert time > 0

    def test_without_a_size_all_comes_at_once(self):
        assert self.said("--line", "10", "--lines", "3")[:3] == (36, 30 + 12 + 24, 36)

    def test_with_only_it_is_the_other_receiver(self):
        assert self.said("--line", "10", "--lines", "3", "--only")[:3] == (36, 30, 36)

    def test_empty_lines_and_lines_of_any_length_are_received(self):
        assert self.said("--line", "0", "--lines", "5", "--size", "1")[0] == 10
        assert self.said("--line", "0", "--size", "1", "--only")[0] == 2
        assert self.said("--line", "20000")[:2] == (20002, 20000)

    def test_ctrl_c_while_it_counts(self, monkeypatch, capsys):
        def interrupted(*what):
            raise KeyboardInterrupt

        monkeypatch.setattr("sys.argv", ["line_cost"])
        monkeypatch.setattr(line_cost, "cost", interrupted)
        with pytest.raises(SystemExit) as end:
            line_cost.main()
        assert (end.value.code, *capsys.readouterr()) == (130, "", "\n")

    def test_bad_input_is_refused(self):
        wrong = "--line is at least 0, --lines and --size at least 1, and at most 100000 bytes in all"
        for options in (["--line", "-1"], ["--lines", "0"], ["--size", "0"], ["--line", "99999"]):
            refused(typed(*COST, *options), wrong)
        refused(typed(*COST, "--line", "long"), "--line: invalid int value: 'long'")
        refused(typed(*COST, "--nonsense"), "unrecognized arguments: --nonsense")
