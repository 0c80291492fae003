"""The programs of chapter 05, run as a reader runs them: processes, sockets and a client."""

import ast
import http.client
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.http_channel.callbacks import feed
from snippets.http_channel.hello_site import root
from snippets.lens.wire import Wire
from tests.invoked import typed
from tests.programs import listening, nobody_there, refused, run, running, silent_server

CALLBACKS = ("-m", "snippets.http_channel.callbacks")
HELLO_SITE = ("-m", "snippets.http_channel.hello_site")
SPLIT_CLIENT = ("-m", "snippets.http_channel.split_client")
GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


@pytest.fixture
def request_file(tmp_path):
    def make(data: bytes) -> str:
        path = tmp_path / "request.txt"
        path.write_bytes(data)
        return str(path)

    return make


class TestCallbacks:
    def test_a_get_calls_them_in_this_order_one_inside_another(self):
        ended = run(*CALLBACKS, stdin=GET)
        assert (ended.code, ended.err) == (0, "")
        calls, _, response = ended.out.partition("\n\n")
        assert calls.splitlines() == [
            "connectionMade",
            r"dataReceived b'GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'",
            "    lineReceived b'GET /hello HTTP/1.1'",
            "    lineReceived b'Host: 127.0.0.1'",
            "    lineReceived b''",
            "        headerReceived b'Host: 127.0.0.1'",
            "        allHeadersReceived",
            "        allContentReceived",
            "            requestDone <Request b'GET' b'/hello'>",
            "connectionLost <twisted.python.failure.Failure twisted.internet.error.ConnectionDone: "
            "Connection was closed cleanly.>",
        ]
        assert response.splitlines() == [
            "The response:",
            r"    b'HTTP/1.1 200 OK\r\n'",
            r"    b'Content-Length: 6\r\n'",
            r"    b'\r\n'",
            r"    b'Hello\n'",
        ]

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_the_pieces_make_no_difference_to_the_lines(self, size):
        def called(out: str) -> list[str]:
            return [line for line in out.splitlines() if "dataReceived" not in line]

        whole = run(*CALLBACKS, stdin=GET * 2).out
        pieces = run(*CALLBACKS, "--size", str(size), stdin=GET * 2).out
        assert called(pieces) == called(whole)
        assert pieces.count("dataReceived") == -(-len(GET * 2) // size)

    def test_a_body_is_raw_data(self):
        out = run(*CALLBACKS, stdin=POST).out
        assert r"    rawDataReceived b'5\r\nhello\r\n0\r\n\r\n'" in out.splitlines()
        assert out.index("rawDataReceived") < out.index("allContentReceived")

    def test_nothing_is_read_after_a_bad_request(self):
        out = run(*CALLBACKS, "--size", "5", stdin=b"GET\r\n" + GET).out
        assert out.count("dataReceived") == 1
        assert f"the last {len(GET)} bytes are not read" in out
        assert out.splitlines()[-2:] == [r"    b'HTTP/1.1 400 Bad Request\r\n'", r"    b'\r\n'"]

    def test_nothing_is_read_after_a_request_that_asks_to_close(self):
        close = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        out = run(*CALLBACKS, "--size", str(len(close)), stdin=close + GET).out
        assert "                loseConnection" in out.splitlines()
        assert out.count("200 OK") == 1

    def test_an_empty_request_ends_well(self):
        ended = run(*CALLBACKS)
        assert (ended.code, ended.err) == (0, "")
        assert [line.split(" ")[0] for line in ended.out.splitlines()] == ["connectionMade", "connectionLost", "", "No"]

    def test_an_exception_ends_the_connection_not_the_program(self):
        digits = b"9" * (sys.get_int_max_str_digits() + 1)
        ended = run(*CALLBACKS, stdin=b"POST / HTTP/1.1\r\nContent-Length: " + digits + b"\r\n\r\n")
        assert (ended.code, ended.err) == (0, "")
        assert re.search(r"^connectionLost .*ValueError", ended.out, re.MULTILINE)
        assert ended.out.endswith("No response.\n")

    def test_bad_input_is_refused(self):
        refused(typed(*CALLBACKS, "--nonsense"), "unrecognized arguments: --nonsense")
        refused(typed(*CALLBACKS, "--size", "0"), "a piece has at least 1 byte, not 0")
        refused(typed(*CALLBACKS, "--size", "many"), "--size: invalid int value: 'many'")

    def test_ctrl_c_while_it_waits_for_input(self):
        with running(*CALLBACKS) as program:
            program.write(bytes(2**20))
            assert program.interrupt() == (130, "", "\n")

    @given(
        st.lists(st.sampled_from([GET, POST, b"GET / HTTP/1.0\r\n", b"GET\r\n", b"\r\n", b"Host: a\r\n", b" b\r\n"]))
        | st.lists(st.binary()),
        st.integers(1, 100),
    )
    def test_whatever_the_bytes_it_ends_and_the_pieces_make_no_difference(self, parts, size):
        data = b"".join(parts)
        assert feed(data, size) == feed(data, len(data) + 1)


hello_site = partial(listening, *HELLO_SITE)


def by_curl(port: int, path: str) -> tuple[int, str, bytes]:
    command = ["curl", "--silent", "--noproxy", "*", "--write-out", "\n%{http_code} %{content_type}"]
    result = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, check=True, timeout=30)
    body, _, last = result.stdout.rpartition(b"\n")
    code, _, content_type = last.decode().partition(" ")
    return int(code), content_type, body


def by_http_client(port: int, path: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read()
    finally:
        connection.close()


class TestHelloSite:
    @pytest.mark.parametrize("get", [by_curl, by_http_client])
    def test_it_says_where_it_listens_and_answers_there(self, get: Callable):
        if get is by_curl and not shutil.which("curl"):
            pytest.skip("curl is not installed")
        with hello_site() as (_, port):
            assert get(port, "/hello") == (200, "text/plain", b"Hello from Twisted.web\n")
            code, kind, page = get(port, "/")
            assert (code, kind) == (200, "text/html")
            assert b'<a href="/hello">' in page
            for path in ("/nothing", "/hello/", "/hello/deeper"):
                assert get(port, path)[0] == 404

    def test_ctrl_c_is_an_orderly_end(self):
        with hello_site() as (program, port):
            assert by_http_client(port, "/hello")[0] == 200
            assert program.interrupt() == (0, "Stopped.\n", "")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=30)

    def test_bad_input_is_refused(self):
        refused(typed(*HELLO_SITE, "--nonsense"), "unrecognized arguments: --nonsense")

    def test_the_root_can_be_had_without_a_server(self):
        code = "import sys; from snippets.http_channel.hello_site import root; root()"
        assert run("-c", f"{code}; print('twisted.internet.reactor' in sys.modules)") == (0, "False\n", "")
        assert Wire(root()).send(GET).endswith(b"\r\n\r\nHello from Twisted.web\n")


def said(out: str, verb: str) -> list[bytes]:
    """The bytes in the lines of the client that begin with `verb`."""
    return [ast.literal_eval(line[9:]) for line in out.splitlines() if line.startswith(verb)]


class TestSplitClient:
    def test_it_sends_pieces_and_prints_them_and_the_response(self):
        with hello_site() as (_, port):
            ended = run(*SPLIT_CLIENT, "127.0.0.1", str(port), "--size", "7", "--pause", "0.001")
        assert (ended.code, ended.err) == (0, "")
        sent = said(ended.out, "sent")
        assert b"".join(sent) == GET[:-2] + b"Connection: close\r\n\r\n"
        assert {len(piece) for piece in sent[:-1]} == {7}
        response = b"".join(said(ended.out, "received"))
        assert response.startswith(b"HTTP/1.1 200 OK\r\n")
        assert response.endswith(b"\r\n\r\nHello from Twisted.web\n")
        assert ended.out.splitlines()[-1] == "Connection was closed cleanly."

    def test_a_piece_leaves_before_the_next_is_due(self):
        with silent_server() as port, running(*SPLIT_CLIENT, "127.0.0.1", str(port), "--pause", "3000") as client:
            assert client.line() == "sent     b'GET /hello'"

    def test_the_path_is_sent_as_given(self):
        with hello_site() as (_, port):
            out = run(*SPLIT_CLIENT, "localhost", str(port), "--size", "99", "--path", "/no such\u20ac").out
        assert said(out, "sent")[0].startswith(b"GET /no such\xe2\x82\xac HTTP/1.1\r\nHost: localhost\r\n")
        assert said(out, "received") == [b"HTTP/1.1 400 Bad Request\r\n\r\n"]

    def test_it_stops_when_the_server_closes(self, request_file):
        bad = b"GET\r\n" + b"x" * 60_000
        with hello_site() as (_, port):
            options = ("--file", request_file(bad), "--size", "5", "--pause", "0.01")
            ended = run(*SPLIT_CLIENT, "127.0.0.1", str(port), *options)
        assert (ended.code, ended.err) == (0, "")
        assert said(ended.out, "received") in ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], [])
        assert b"".join(said(ended.out, "sent") + said(ended.out, "not sent")) == bad
        assert said(ended.out, "not sent")

    def test_it_does_not_wait_for_the_next_piece_when_the_server_has_closed(self):
        with hello_site() as (_, port):
            ended = run(*SPLIT_CLIENT, "127.0.0.1", str(port), "--size", "6", "--pause", "3000", "--path", "\r\n" * 9)
        assert (ended.code, ended.err) == (0, "")
        assert said(ended.out, "received") == [b"HTTP/1.1 400 Bad Request\r\n\r\n"]

    def test_it_gives_up_on_a_server_that_says_nothing(self):
        with silent_server() as port:
            ended = run(*SPLIT_CLIENT, "127.0.0.1", str(port), "--size", "99", "--pause", "0", "--wait", "0.01")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[1] == "nothing came for 0.01 seconds"

    def test_it_gives_up_on_a_server_that_does_not_even_read(self, request_file):
        much = request_file(b"x" * 8_000_000)
        with silent_server() as port:
            options = ("--file", much, "--size", "9000000", "--pause", "0", "--wait", "0.01")
            ended = run(*SPLIT_CLIENT, "127.0.0.1", str(port), *options)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[1] == "nothing came for 0.01 seconds"

    def test_what_comes_is_printed_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            with running(*SPLIT_CLIENT, "127.0.0.1", port, "--size", "99", "--wait", "3000") as client:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    assert [client.line()[:8], client.line()[:8]] == ["sent    ", "received"]

    def test_it_ends_when_nobody_reads_what_it_prints(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            with running("-u", *SPLIT_CLIENT, "127.0.0.1", port, "--size", "99", "--wait", "3000") as client:
                client.line()
                connection, _ = server.accept()
                with connection:
                    client.process.stdout.close()
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    client.unread()

    def test_a_path_that_is_not_utf_8_is_sent_as_it_is(self):
        with silent_server() as port:
            out = run(*SPLIT_CLIENT, "127.0.0.1", str(port), "--size", "99", "--path", "/\udcff", "--wait", "0").out
        assert said(out, "sent")[0].startswith(b"GET /\xff HTTP/1.1\r\n")

    def test_an_empty_file_ends_well(self, request_file):
        with hello_site() as (_, port):
            ended = run(*SPLIT_CLIENT, "127.0.0.1", str(port), "--file", request_file(b""), "--wait", "0")
        assert (ended.code, said(ended.out, "sent"), ended.err) == (0, [], "")

    def test_ctrl_c_ends_it(self):
        with silent_server() as port, running(*SPLIT_CLIENT, "127.0.0.1", str(port), "--pause", "3000") as client:
            client.line()
            ended = client.interrupt()
        assert (ended.code, ended.err) == (0, "")

    def test_bad_input_is_refused(self, tmp_path):
        refused(typed(*SPLIT_CLIENT), "the following arguments are required: host, port")
        refused(run(*SPLIT_CLIENT, "a..b", "80"), "split_client: can't connect to a..b:80: invalid hostname")
        here = ("127.0.0.1", "8080")
        refused(typed(*SPLIT_CLIENT, *here, "--nonsense"), "unrecognized arguments: --nonsense")
        refused(
            typed(*SPLIT_CLIENT, *here, "--file", str(tmp_path / "none.txt")), "split_client: can't read", "No such"
        )
        for wrong in ("--size=0", "--pause=-1", "--pause=nan", "--pause=3600.1", "--wait=-1", "--wait=3600.1"):
            said = "--size is at least 1, --pause and --wait are from 0 to 3600 seconds"
            refused(typed(*SPLIT_CLIENT, *here, wrong), said)

    @pytest.mark.parametrize("options", [("--size=1", "--pause=0", "--wait=0"), ("--pause=3600", "--wait=3600")])
    def test_the_least_and_the_most_are_taken(self, options):
        with nobody_there() as port:
            refused(run(*SPLIT_CLIENT, "127.0.0.1", str(port), *options), "split_client: can't connect to")
