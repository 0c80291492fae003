"""The programs of chapter 06, run as a reader runs them: processes, sockets and clients."""

import hashlib
import http.client
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.web.resource import Resource

from snippets.bodies import limited
from snippets.bodies.chunked_client import in_chunks
from snippets.bodies.odd_requests import EVERY, post
from snippets.bodies.upload import CountingFile, UploadSite
from snippets.lens.wire import Wire
from tests.invoked import typed
from tests.programs import Ended, listening, nobody_there, refused, run, running, silent_server

UPLOAD = ("-m", "snippets.bodies.upload")
CHUNKED_CLIENT = ("-m", "snippets.bodies.chunked_client")
ODD_REQUESTS = ("-m", "snippets.bodies.odd_requests")


def summary(body: bytes) -> bytes:
    return f"{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}\n".encode()


uploading = partial(listening, *UPLOAD)


@contextmanager
def requested(port: int, *request: object, **options: object) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(*request, **options)
        yield connection.getresponse()
    finally:
        connection.close()


class TestUpload:
    def test_bodies_of_every_kind(self):
        with uploading("--limit", "300000") as (program, port):
            for body in [b"", b"hello", b"y" * 300_000]:
                for method in ["POST", "PUT"]:
                    with requested(port, method, "/", body) as response:
                        assert (response.status, response.read()) == (200, summary(body))
            with requested(port, "POST", "/", iter([b"hel", b"lo"]), encode_chunked=True) as response:
                assert (response.status, response.read()) == (200, summary(b"hello"))
            with requested(port, "POST", "/", b"y" * 300_001) as response:
                assert (response.status, response.read()) == (413, b"300001 bytes are more than 300000\n")
            assert program.interrupt() == Ended(0, "Stopped.\n", "")

    def test_a_form_is_an_upload_like_any_other(self):
        with uploading() as (_, port):
            # The second is no form, so whoever parsed it would answer 400.
            for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]:
                with requested(port, "POST", "/", b"a=b", {"Content-Type": kind}) as response:
                    assert (response.status, response.read()) == (200, summary(b"a=b"))

    def test_a_body_that_is_too_large_is_not_kept(self):
        """With a limit of 10, upload.py keeps 8 of the first 16 bytes, and answers 413 when all 30 have come."""
        wire = Wire(UploadSite(10))
        wire.send(b"POST / HTTP/1.1\r\nContent-Length: 30\r\n\r\n" + b"x" * 8)
        content = wire.channel.requests[0].content
        wire.send(b"y" * 8)
        assert (content.total, content.tell()) == (16, 8)
        assert b"413 Request Entity Too Large" in wire.send(b"z" * 14)

    def test_a_body_goes_to_disk_when_it_has_grown(self):
        with CountingFile(10**9) as content:
            content.write(b"x" * 100_000)
            assert not content._rolled
            content.write(b"x")
            assert content._rolled

    def test_bad_input_is_refused(self):
        refused(typed(*UPLOAD, "--limit", "-1"), "argument --limit: a limit is 0 or more bytes, not -1")
        refused(typed(*UPLOAD, "--limit", "many"), "--limit: invalid int value: 'many'")

    def test_a_limit_of_nothing_takes_an_empty_body(self):
        with uploading("--limit", "0") as (_, port):
            for body, status in [(b"", 200), (b"x", 413)]:
                with requested(port, "POST", "/", body) as response:
                    assert response.status == status

    def test_a_browser_is_told_what_to_do(self):
        for method, body in [(b"GET", b"POST a body, or PUT one.\n"), (b"HEAD", b"")]:
            response = Wire(UploadSite(10)).send(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert response.startswith(b"HTTP/1.1 200 OK\r\n")
            assert response.endswith(b"\r\n\r\n" + body)


class TestLimited:
    def test_what_is_beyond_the_limit_is_dropped_and_refused(self):
        assert run("-m", "snippets.bodies.limited") == Ended(
            0,
            "HTTP/1.1 200 OK - 10 bytes came\nHTTP/1.1 413 Request Entity Too Large - 11 bytes are more than 10\n",
            "",
        )

    FIELD = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n1\r\n'

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("text/plain", b"a=1&b=1"),
            ("application/x-www-form-urlencoded", b"a=1&b=1"),
            ("multipart/form-data; boundary=x", FIELD % b"a" + FIELD % b"b" + b"--x--\r\n"),
        ],
    )
    def test_a_body_or_a_form_that_was_cut_reaches_no_page(self, kind, body, monkeypatch):
        """A body or form of as many bytes as the limit reaches a page whole, one of a byte more no page, in any cut."""
        seen = []

        class Page(Resource):
            isLeaf = True

            def render_POST(self, request):
                seen.append((request.args, request.content.read()))
                return b"seen"

        fields = [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        whole = ({} if kind == "text/plain" else {b"a": [b"1"], b"b": [b"1"]}, body)
        for limit, statuses in [(len(body), {b"200"}), (len(body) - 1, {b"400", b"413"})]:
            monkeypatch.setattr(limited, "LIMIT", limit)
            for first in range(len(body)):
                wire = Wire(limited.LimitedSite(Page(), reactor=Clock()))
                response = wire.send(post(*fields) + body[:first]) + wire.send(body[first:])
                assert response.split(b" ")[1] in statuses
            assert seen == [whole] * len(body)


class TestChunkedClient:
    def test_both_sides_are_printed(self):
        with uploading() as (_, port):
            ended = run(*CHUNKED_CLIENT, "127.0.0.1", str(port), "--size", "4", stdin=b"some text\n")
        assert (ended.code, ended.err) == (0, "")
        head, *lines = ended.out.splitlines()
        assert head.startswith(
            rf"sent     b'POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n"
        )
        assert lines[:4] == [
            r"sent     b'4\r\nsome\r\n'",
            r"sent     b'4\r\n tex\r\n'",
            r"sent     b'2\r\nt\n\r\n'",
            r"sent     b'0\r\n\r\n'",
        ]
        assert hashlib.sha256(b"some text\n").hexdigest() in ended.out
        assert lines[-1] == "Connection was closed cleanly."

    def test_a_file_does_as_well(self, tmp_path):
        file = tmp_path / "body"
        file.write_bytes(b"hello" * 1000)
        with uploading() as (_, port):
            ended = run(*CHUNKED_CLIENT, "127.0.0.1", str(port), str(file))
        assert ended.code == 0
        assert hashlib.sha256(b"hello" * 1000).hexdigest() in ended.out
        assert ended.out.count("sent ") == 1 + 5 + 1

    def test_asked_first_the_server_says_go_on(self):
        with uploading() as (_, port):
            ended = run(*CHUNKED_CLIENT, "127.0.0.1", str(port), "--expect", stdin=b"hello")
        kinds = [line.split()[0] for line in ended.out.splitlines()]
        assert kinds == ["sent", "received", "sent", "sent", "received", "Connection"]
        assert ended.out.splitlines()[1] == r"received b'HTTP/1.1 100 Continue\r\n\r\n'"

    def test_the_body_is_sent_once_and_what_comes_is_printed_at_once(self):
        asking = (*CHUNKED_CLIENT, "--expect", "--wait", "3000")
        with socket.create_server(("127.0.0.1", 0)) as server, running(*asking, *address(server)) as program:
            program.process.stdin.close()
            connection, _ = server.accept()
            with connection:
                program.line()
                for sent, printed in [(b"100", "100"), (b"100", "100"), (b"200", "200")]:
                    connection.sendall(b"HTTP/1.1 %b \r\n\r\n" % sent)
                    while not (line := program.line()).startswith("received "):
                        assert line == r"sent     b'0\r\n\r\n'"
                    assert printed in line
                connection.shutdown(socket.SHUT_WR)
                got = b"".join(iter(lambda: connection.recv(65536), b""))
            assert program.ended().code == 0
        assert got.endswith(b"Connection: close\r\n\r\n0\r\n\r\n")

    def test_a_server_that_says_no_gets_no_body(self):
        asking = (*CHUNKED_CLIENT, "--expect")
        with socket.create_server(("127.0.0.1", 0)) as server, running(*asking, *address(server)) as program:
            program.process.stdin.close()
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                got = b"".join(iter(lambda: connection.recv(65536), b""))
            ended = program.ended()
        assert ended.code == 0
        assert got.endswith(b"\r\n\r\n")
        assert "403 Forbidden" in ended.out
        assert ended.out.count("sent ") == 1

    def test_a_silent_server_is_left(self):
        with silent_server() as port:
            ended = run(*CHUNKED_CLIENT, "127.0.0.1", str(port), "--wait", "0.1", stdin=b"hello")
        assert ended.code == 0
        assert "nothing came for 0.1 seconds" in ended.out

    def test_a_server_that_does_not_even_read_is_left(self):
        with silent_server() as port:
            options = ("--wait", "0.1", "--size", "9000000")
            ended = run(*CHUNKED_CLIENT, "127.0.0.1", str(port), *options, stdin=b"x" * 8_000_000)
        assert (ended.code, ended.err) == (0, "")
        assert "nothing came for 0.1 seconds" in ended.out

    def test_it_ends_when_nobody_reads_what_it_prints(self, tmp_path):
        file = tmp_path / "body"
        file.write_bytes(b"x" * 1_000_000)  # More than a pipe holds, so it can't have been printed before.
        with (
            silent_server() as port,
            running(*CHUNKED_CLIENT, "127.0.0.1", str(port), str(file), "--wait", "3000") as client,
        ):
            client.line()
            client.unread()

    def test_a_host_that_is_not_utf_8_is_one_line(self):
        refused(run(*CHUNKED_CLIENT, "\udcff", "80"), "chunked_client: can't connect to ", "invalid hostname")

    def test_ctrl_c_while_the_server_is_silent(self):
        options = ("--wait", "3000")
        with silent_server() as port, running(*CHUNKED_CLIENT, "127.0.0.1", str(port), *options) as program:
            program.process.stdin.close()
            assert program.line().startswith("sent ")
            program.process.send_signal(signal.SIGINT)
            ended = program.ended()
        assert (ended.code, ended.err) == (0, "")

    def test_ctrl_c_while_it_waits_for_input(self):
        with running(*CHUNKED_CLIENT, "127.0.0.1", "1") as program:
            program.write(bytes(2**20))
            assert program.interrupt() == (130, "", "\n")

    def test_bad_input_is_refused(self, tmp_path):
        for wrong in ("--size=0", "--wait=0", "--wait=3600.1", "--wait=nan"):
            said = "--size is at least 1, --wait more than 0 and at most 3600 seconds"
            refused(typed(*CHUNKED_CLIENT, "127.0.0.1", "1", wrong), said)
        with nobody_there() as port:
            options = ("127.0.0.1", str(port), "--size=1", "--wait=3600")
            refused(run(*CHUNKED_CLIENT, *options), "chunked_client: can't connect to")
        missing = str(tmp_path / "none")
        refused(typed(*CHUNKED_CLIENT, "127.0.0.1", "1", missing), "chunked_client: can't read", "No such file")

    @pytest.mark.parametrize("size", [1, 3, 100])
    @given(st.binary(max_size=50))
    def test_twisted_reads_what_it_sends(self, size, body):
        head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert summary(body) in Wire(UploadSite(10**9)).send(head + b"".join(in_chunks(body, size)))


class TestOddRequests:
    def test_all_are_listed_by_number_and_name(self):
        ended = run(*ODD_REQUESTS)
        assert (ended.code, ended.err) == (0, "")
        for number, (line, each) in enumerate(zip(ended.out.splitlines(), EVERY, strict=True), 1):
            assert line.startswith(f"{number:>2}  {each.name} ")
            assert line.endswith(f" {each.odd}")

    def test_the_bytes_of_one_are_written(self):
        ended = run(*ODD_REQUESTS, "16")
        assert ended == Ended(0, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello", "")

    @pytest.mark.parametrize("number", ["0", "-1", "50"])
    def test_another_number_is_refused(self, number):
        refused(typed(*ODD_REQUESTS, "--", number), f"the requests have the numbers 1 to 49, not {number}")

    def test_a_name_is_short_and_stands_for_one_request(self):
        assert len({each.name for each in EVERY}) == len({each.data for each in EVERY}) == len(EVERY)
        assert max(len(each.name) for each in EVERY) <= 60

    def test_what_a_name_says_is_sent(self):
        assert EVERY[2].name == "Content-Length: 5 | hellod"
        assert EVERY[2].data == post("Content-Length: 5", body=b"hellod")
        assert EVERY[4].name == "no length | hello"
        assert EVERY[4].data == post(body=b"hello")
        assert EVERY[23].name == "Transfer-Encoding: identity / Transfer-Encoding: chunked"
        assert b"\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" in EVERY[23].data
        assert EVERY[36].name == r"chunked | 5\r\nhell\r\n0\r\n\r\n"
        assert EVERY[36].data == post("Transfer-Encoding: chunked", body=b"5\r\nhell\r\n0\r\n\r\n")


def address(server: socket.socket) -> list[str]:
    return [str(part) for part in server.getsockname()]
