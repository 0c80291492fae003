"""The programs of chapter 13, run as a reader runs them: processes, sockets and clients."""

import http.client
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from twisted.internet.interfaces import IPullProducer
from zope.interface.verify import verifyObject

from snippets.lens.logged import logged
from snippets.lens.wire import Wire
from snippets.producers.big_file import Zeros, root
from snippets.producers.rows import Cursor, Table
from tests.invoked import typed
from tests.producing import body_of
from tests.programs import Ended, Program, listening, nobody_there, refused, run, running

BIG_FILE = ("-m", "snippets.producers.big_file")
ROWS = ("-m", "snippets.producers.rows")
SLOW_READER = ("-m", "snippets.producers.slow_reader")
SIZE = 1_000_000

big_file = partial(listening, *BIG_FILE)


def get(port: int, path: str, **fields: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=fields)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def in_all(ended: Ended) -> int:
    """How many bytes a slow reader says it got."""
    assert (ended.code, ended.err) == (0, "")
    return int(re.match(r"(\d+) bytes in all, head included; ", ended.out.splitlines()[-1])[1])


@contextmanager
def reading(*arguments: str) -> Iterator[tuple[Program, socket.socket]]:
    """A slow reader, and the server's end of its connection."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        running(*SLOW_READER, "127.0.0.1", str(server.getsockname()[1]), *arguments) as reader,
    ):
        connection, _ = server.accept()
        with connection:
            yield reader, connection


class TestBigFile:
    @pytest.mark.parametrize(
        ("path", "length"), [("/file", str(SIZE)), ("/pull", None), ("/loop", str(SIZE))], ids=["file", "pull", "loop"]
    )
    def test_all_three_send_the_same(self, path, length):
        with big_file("--size", str(SIZE)) as (_, port):
            response, body = get(port, path)
        assert response.getheader("Content-Length") == length
        assert (response.getheader("Transfer-Encoding") == "chunked") is (length is None)
        assert body == bytes(SIZE)

    @pytest.mark.parametrize("size", [1, 65535, 65536, 65537, 131072])
    @pytest.mark.parametrize("path", ["/file", "/pull", "/loop"])
    def test_every_size_comes_whole(self, size, path):
        response = Wire(root(size)).send(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        assert response.partition(b"\r\n\r\n")[2] == bytes(size)

    def test_a_range_of_the_file(self):
        with big_file("--size", str(SIZE)) as (_, port):
            response, body = get(port, "/file", Range="bytes=10-19")
        assert (response.status, len(body)) == (206, 10)

    def test_a_gigabyte_by_default_and_no_room_on_the_disk(self, tmp_path, monkeypatch):
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        with big_file() as (program, port):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("HEAD", "/file")
            assert connection.getresponse().getheader("Content-Length") == str(1 << 30)
            connection.close()
            (file,) = tmp_path.glob("*/zeros.bin")
            assert file.stat().st_blocks * 512 < 1 << 20
            assert program.interrupt() == (0, "Stopped.\n", "")
        assert not list(tmp_path.iterdir()), "the file is deleted at the end"

    def test_the_file_of_a_root_goes_with_it(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        top = root(10)
        assert len(list(tmp_path.iterdir())) == 1
        top.folder.cleanup()
        assert not list(tmp_path.iterdir())

    def test_its_producer_is_what_it_says(self):
        assert verifyObject(IPullProducer, Zeros(None, 1))

    @pytest.mark.parametrize("size", ["0", "-1", str((1 << 40) + 1)])
    def test_a_size_that_is_none(self, size):
        refused(typed(*BIG_FILE, "--size", size), "argument --size: a number of bytes from 1 to ")

    def test_a_file_that_can_not_be_made(self, tmp_path, monkeypatch):
        # More than a file can have here, or than the program takes: one line in any case.
        script = (
            "import resource, runpy, signal, sys\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
            "sys.argv = ['big_file']\n"
            "runpy.run_module('snippets.producers.big_file', run_name='__main__')\n"
        )
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        refused(run("-c", script), "big_file: can't make the file: File too large; try a smaller --size")
        assert not list(Path(tmp_path).iterdir())

    def test_a_client_that_goes_does_no_harm(self):
        with big_file() as (program, port):
            for path in ("/file", "/pull"):
                with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
                    client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                    assert client.recv(1000)
            assert get(port, "/file", Range="bytes=0-9")[0].status == 206
            assert program.interrupt() == (0, "Stopped.\n", "")


class TestRows:
    def test_all_rows_come_and_the_cursor_is_closed(self):
        assert run(*ROWS) == (0, "The cursor is closed.\n20000 rows came.\n", "")

    def test_they_come_in_order(self, capsys):
        response = Wire(Table()).send(b"GET / HTTP/1.0\r\n\r\n")
        assert body_of(response) == b"".join(b"row %d\n" % number for number in range(20_000))
        assert capsys.readouterr().out == "The cursor is closed.\n", "once"

    def test_a_client_that_goes_closes_the_cursor(self, capsys):
        wire = Wire(Table())
        wire.reading = False
        wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert capsys.readouterr().out == ""
        wire.disconnect()
        assert capsys.readouterr().out == "The cursor is closed.\n", "once"

    @pytest.mark.parametrize("row", ["no bytes", OSError("the disk is gone")])
    def test_what_fails_in_the_middle_cuts_the_connection(self, row, capsys):
        class Broken(Cursor):
            def fetchone(self):
                if isinstance(row, Exception):
                    raise row
                return row

        with logged() as failures:
            table = Table()
            table.query = Broken
            wire = Wire(table)
            wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert len(failures) == 1
        assert wire.closed
        assert capsys.readouterr().out == "The cursor is closed.\n", "once"

    def test_there_is_nothing_to_choose(self):
        refused(typed(*ROWS, "--port", "8080"), "unrecognized arguments: --port 8080")


class TestSlowReader:
    def test_it_reads_all_and_says_how_much(self):
        with big_file("--size", str(SIZE)) as (_, port):
            ended = run(*SLOW_READER, "127.0.0.1", str(port), "/file", "--portion", "100000", "--pause", "0")
        first, *portions, last = ended.out.splitlines()
        assert first == "HTTP/1.1 200 OK"
        assert last.endswith("; Connection was closed cleanly.")
        assert SIZE < in_all(ended) < SIZE + 1000
        counts = [int(re.fullmatch(r"(\d+) bytes", line)[1]) for line in portions]
        assert 3 < len(counts) <= 10
        assert all(after - before >= 100_000 for before, after in zip([0, *counts], counts, strict=False))

    @pytest.mark.parametrize("path", ["/file", "/pull", "/loop"])
    def test_it_hangs_up(self, path):
        with big_file("--size", "50000000") as (program, port):
            ended = run(
                *SLOW_READER, "127.0.0.1", str(port), path, "--most", "300000", "--portion", "100000", "--pause", "0"
            )
            assert 300_000 <= in_all(ended) < 300_000 + 65_536
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_while_it_pauses_it_reads_nothing(self):
        """A server gets rid of as much as the kernel holds, and of no more."""
        with reading("/", "--portion", "1", "--pause", "3600") as (reader, connection):
            assert re.match(
                rb"GET / HTTP/1.1\r\nHost: 127.0.0.1:\d+\r\nConnection: close\r\n\r\n", connection.recv(9999)
            )
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            assert [reader.line(), reader.line()] == ["HTTP/1.1 200 OK", "19 bytes"]
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.sendall(bytes(1 << 26))
            ended = reader.interrupt()
        assert ended.code == 0
        assert "Traceback" not in ended.err

    def test_what_a_server_sends_is_shown_in_one_line(self):
        with reading("/") as (reader, connection):
            connection.recv(9999)
            connection.sendall(b"\x1b[2Jhello\r\n")
            connection.close()
            assert reader.ended().out.splitlines()[0] == r"\x1b[2Jhello"

    def test_a_server_that_says_nothing_and_closes(self):
        with reading("/") as (reader, connection):
            connection.recv(9999)
            connection.close()
            assert in_all(reader.ended()) == 0

    def test_nobody_there_is_one_line(self):
        with nobody_there() as port:
            refused(
                run(*SLOW_READER, "127.0.0.1", str(port), "/file"), f"slow_reader: can't connect to 127.0.0.1:{port}: "
            )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["file"], "argument path: begins with a slash and has no white space in it, not 'file'"),
            (["/a b"], "argument path: "),
            (["/a\r\nX: y"], "argument path: "),
            (["/file", "--portion", "0"], "--portion is at least 1 byte"),
            (["/file", "--most", "-1"], "--most is not negative"),
            (["/file", "--pause", "-1"], "--pause is from 0 to 3600 seconds"),
            (["/file", "--pause", "nan"], "--pause is from 0 to 3600 seconds"),
        ],
    )
    def test_bad_input_is_one_line(self, arguments, said):
        refused(typed(*SLOW_READER, "127.0.0.1", "8080", *arguments), said)
