"""The programs of chapter 04, run as a reader runs them: processes, sockets, TLS and clients."""

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import h2.connection
import pytest
from h2.config import H2Configuration
from h2.events import DataReceived, RequestReceived, ResponseReceived, SettingsAcknowledged, StreamEnded
from twisted.internet.task import Clock
from twisted.web.server import Site

from snippets.lens.wire import Wire
from snippets.site_factory import access_log as access_log_program
from snippets.site_factory import hello_tls as hello_tls_program
from snippets.site_factory.http2_client import ACK, DATA, END_STREAM, GOAWAY, HEADERS, SETTINGS, Http2Client, frame
from tests.invoked import typed
from tests.programs import nobody_there, refused, run, running

HELLO_TLS = ("-m", "snippets.site_factory.hello_tls")
ACCESS_LOG = ("-m", "snippets.site_factory.access_log")
HTTP2_CLIENT = ("-m", "snippets.site_factory.http2_client", "127.0.0.1")
ALPN_CLIENT = ("-m", "snippets.site_factory.alpn_client", "127.0.0.1")
GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
COMBINED = re.compile(r'"127\.0\.0\.1" - - \[\d\d/\w{3}/\d{4}(:\d\d){3} \+0000\] "(.*)" (\d+) (\d+|-) "(.*)" "(.*)"')


@contextmanager
def serving(program: tuple[str, ...], *options: str) -> Iterator[tuple[object, int]]:
    """A server as a process, and the port it says it listens on."""
    with running(*program, *options) as process:
        said = re.fullmatch(r"Listening on https?://127\.0\.0\.1:(\d+)/hello", process.line())
        yield process, int(said[1])


def by_curl(port: int, option: str) -> tuple[str, int, bytes]:
    """The version of HTTP, the status and the body that curl gets."""
    command = ["curl", "--silent", "--insecure", "--noproxy", "*", "--write-out", "\n%{http_version} %{http_code}"]
    url = f"https://127.0.0.1:{port}/hello"
    result = subprocess.run([*command, option, url], capture_output=True, check=True, timeout=30)
    body, _, last = result.stdout.rpartition(b"\n")
    version, _, code = last.decode().partition(" ")
    return version, int(code), body


def by_ssl(port: int, offered: list[str]) -> tuple[str | None, int, bytes]:
    """What ALPN agrees on, and the status and the body that a client of Python's own TLS gets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if offered:
        context.set_alpn_protocols(offered)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain) as tls,
    ):
        agreed = tls.selected_alpn_protocol()
        return agreed, *(http2(tls) if agreed == "h2" else http1(tls))


def http1(tls: ssl.SSLSocket) -> tuple[int, bytes]:
    tls.sendall(GET)
    response = http.client.HTTPResponse(tls)
    response.begin()
    return response.status, response.read()


def http2(tls: ssl.SSLSocket) -> tuple[int, bytes]:
    client = h2.connection.H2Connection(H2Configuration(client_side=True, header_encoding="ascii"))
    client.initiate_connection()
    headers = {":method": "GET", ":path": "/hello", ":scheme": "https", ":authority": "127.0.0.1"}
    client.send_headers(1, headers.items(), end_stream=True)
    events: list[object] = []
    while not any(isinstance(event, StreamEnded) for event in events):
        tls.sendall(client.data_to_send())
        data = tls.recv(65536)
        assert data, "the server closed the connection"
        events += client.receive_data(data)
    status = next(dict(event.headers)[":status"] for event in events if isinstance(event, ResponseReceived))
    return int(status), b"".join(event.data for event in events if isinstance(event, DataReceived))


def curl_knows_http2() -> bool:
    if not shutil.which("curl"):
        return False
    return "HTTP2" in subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout


class TestHelloTls:
    @pytest.mark.skipif(not curl_knows_http2(), reason="there is no curl that knows HTTP/2")
    def test_curl_gets_the_protocol_it_asks_for(self):
        with serving(HELLO_TLS) as (_, port):
            assert by_curl(port, "--http2") == ("2", 200, b"Hello over HTTP/2\n")
            assert by_curl(port, "--http1.1") == ("1.1", 200, b"Hello over HTTP/1.1\n")
            assert by_curl(port, "--no-alpn") == ("1.1", 200, b"Hello over HTTP/1.1\n")

    def test_alpn_decides(self):
        with serving(HELLO_TLS) as (_, port):
            assert by_ssl(port, ["http/1.1", "h2"]) == ("h2", 200, b"Hello over HTTP/2\n")
            assert by_ssl(port, ["http/1.1"]) == ("http/1.1", 200, b"Hello over HTTP/1.1\n")
            assert by_ssl(port, []) == (None, 200, b"Hello over HTTP/1.1\n")

    def test_http1_alone(self):
        """hello_tls --http1 answers a client that offers h2 and http/1.1 over HTTP/1.1."""
        with serving(HELLO_TLS, "--http1") as (_, port):
            assert by_ssl(port, ["h2", "http/1.1"]) == ("http/1.1", 200, b"Hello over HTTP/1.1\n")
            if curl_knows_http2():
                assert by_curl(port, "--http2") == ("1.1", 200, b"Hello over HTTP/1.1\n")

    def test_the_certificate_is_new_at_every_start_and_must_be_taken_on_trust(self):
        seen = set()
        for _ in range(2):
            with serving(HELLO_TLS) as (_, port):
                seen.add(ssl.get_server_certificate(("127.0.0.1", port), timeout=30))
                with (
                    socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
                    pytest.raises(ssl.SSLCertVerificationError),
                ):
                    ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")
        assert len(seen) == 2

    def test_a_client_without_tls_gets_no_answer_and_the_next_one_does(self):
        with serving(HELLO_TLS) as (_, port):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
                plain.sendall(GET)
                answer = b""
                while data := plain.recv(65536):
                    answer += data
                assert b"HTTP" not in answer
            assert by_ssl(port, ["h2"])[1] == 200

    def test_ctrl_c_is_an_orderly_end(self):
        with serving(HELLO_TLS) as (program, port):
            assert by_ssl(port, ["h2"])[1] == 200
            assert program.interrupt() == (0, "Stopped.\n", "")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=30)

    def test_bad_input_is_refused(self):
        refused(typed(*HELLO_TLS, "--nonsense"), "unrecognized arguments: --nonsense")


def ask(port: int, path: str = "/hello", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


class TestAccessLog:
    def test_a_line_for_each_response_in_the_terminal(self):
        with serving(ACCESS_LOG) as (program, port):
            assert ask(port, "/hello", **{"User-Agent": 'a "reader"'}) == 200
            said = COMBINED.fullmatch(program.line())
            assert said.groups()[1:] == ("GET /hello HTTP/1.1", "200", "6", "-", r"a \"reader\"")
            assert ask(port, "/nothing") == 404
            assert COMBINED.fullmatch(program.line())[2] == "GET /nothing HTTP/1.1"
            assert program.interrupt() == (0, "Stopped.\n", "")

    def test_json(self):
        with serving(ACCESS_LOG, "--format", "json") as (program, port):
            ask(port)
            line = json.loads(program.line())
        assert re.fullmatch(r"\d\d/\w{3}/\d{4}(:\d\d){3} \+0000", line.pop("time"))
        assert 0 <= line.pop("seconds") < 30
        assert line == {"client": "127.0.0.1", "method": "GET", "uri": "/hello", "status": 200, "bytes": 6}

    def test_the_seconds_are_counted_from_the_first_line_to_the_end_of_the_answer(self, monkeypatch, capsys):
        clock = Clock()
        monkeypatch.setattr(access_log_program, "time", SimpleNamespace(monotonic=clock.seconds))
        site = Site(
            access_log_program.root(),
            access_log_program.TimedRequest,
            reactor=clock,
            logFormatter=access_log_program.json_formatter,
        )
        wire = Wire(site)
        site.logFile = access_log_program.Terminal()
        wire.send(GET[:-2])
        clock.advance(2.5)
        wire.send(GET[-2:])
        assert json.loads(capsys.readouterr().out)["seconds"] == 2.5

    def test_behind_a_proxy(self):
        with serving(ACCESS_LOG, "--format", "proxied") as (program, port):
            ask(port, **{"X-Forwarded-For": "192.0.2.7, 192.0.2.1"})
            assert program.line().startswith('"192.0.2.7" - - [')

    def test_a_file_is_added_to(self, tmp_path):
        log = tmp_path / "access.log"
        for path in ("/hello", "/nothing"):
            with serving(ACCESS_LOG, "--file", str(log)) as (program, port):
                ask(port, path)
                assert program.interrupt() == (0, "Stopped.\n", "")
        lines = log.read_text().splitlines()
        assert [COMBINED.fullmatch(line)[2] for line in lines] == ["GET /hello HTTP/1.1", "GET /nothing HTTP/1.1"]

    def test_a_full_file_is_renamed(self, tmp_path):
        log = tmp_path / "access.log"
        log.write_bytes(b"\n" * 1_000_000)
        with serving(ACCESS_LOG, "--file", str(log)) as (program, port):
            ask(port)
            program.interrupt()
        assert (tmp_path / "access.log.1").read_bytes() == b"\n" * 1_000_000
        assert len(log.read_text().splitlines()) == 1

    def test_what_cant_be_opened_is_told_in_a_line(self, tmp_path):
        for file, why in [(tmp_path, "Is a directory"), (tmp_path / "no" / "log", "No such file or directory")]:
            ended = run(*ACCESS_LOG, "--file", str(file))
            refused(ended)
            assert ended.err == f"access_log: can't write to {file}: {why}; try another --file\n"

    def test_bad_input_is_refused(self):
        refused(typed(*ACCESS_LOG, "--format", "xml"), "argument --format: invalid choice: 'xml'")
        refused(typed(*ACCESS_LOG, "--nonsense"), "unrecognized arguments: --nonsense")


class TestHttp2Client:
    def test_a_page_and_one_that_is_not_there(self):
        with serving(HELLO_TLS) as (_, port):
            said = "status 200\nbody b'Hello over HTTP/2\\n'\nend of the response\n"
            assert run(*HTTP2_CLIENT, str(port)) == (0, said, "")
            ended = run(*HTTP2_CLIENT, str(port), "--path", "/nothing")
            assert (ended.code, ended.err) == (0, "")
            assert ended.out.startswith("status 404\nbody b'")

    def test_what_it_sends_is_http2(self):
        """The library h2, as a server, understands both requests and its acknowledgement."""
        server = h2.connection.H2Connection(H2Configuration(client_side=False, header_encoding="ascii"))
        server.initiate_connection()
        client = Http2Client()
        first = server.receive_data(client.get("/hello"))
        assert client.understand(server.data_to_send()) == []
        second = server.receive_data(client.get("/other"))
        requests = [event for event in first + second if isinstance(event, RequestReceived)]
        assert [(event.stream_id, dict(event.headers)[":path"]) for event in requests] == [(1, "/hello"), (3, "/other")]
        assert all(event.stream_ended for event in requests)
        assert any(isinstance(event, SettingsAcknowledged) for event in second)

    def test_frames_may_be_cut_anywhere(self):
        data = (
            frame(HEADERS, 0, 1, b"\x88") + frame(DATA, 0, 1, b"ab") + frame(DATA, END_STREAM, 1) + frame(GOAWAY, 0, 0)
        )
        whole = ["status 200", "body b'ab'", "end of the response", "the server will close the connection"]
        for size in range(1, len(data) + 1):
            client = Http2Client()
            said = [client.understand(data[start : start + size]) for start in range(0, len(data), size)]
            assert [one for some in said for one in some] == whole

    def test_it_acknowledges_settings_and_no_acknowledgement(self):
        client = Http2Client()
        client.send()
        client.understand(frame(SETTINGS, ACK, 0))
        assert client.send() == b""
        client.understand(frame(SETTINGS, 0, 0))
        assert (client.send(), client.send()) == (frame(SETTINGS, ACK, 0), b"")

    def test_who_does_not_speak_http2_is_told_of_in_a_line(self):
        with serving(HELLO_TLS, "--http1") as (_, port):
            refused(run(*HTTP2_CLIENT, str(port)), f"http2_client: no answer from 127.0.0.1:{port}: ")
        with nobody_there() as port:
            refused(run(*HTTP2_CLIENT, str(port)), "Connection refused")

    def test_bad_input_is_refused(self):
        refused(typed(*HTTP2_CLIENT, "0"), "argument port: ")
        refused(typed(*HTTP2_CLIENT, "8443", "--path", "hello"), "argument --path: ")
        refused(typed(*HTTP2_CLIENT, "8443", "--path", "/" * 127), "argument --path: ")


class TestAlpnClient:
    @pytest.mark.parametrize(
        ("offered", "agreed"), [(["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), ([], "nothing")]
    )
    def test_it_prints_each_message_and_the_outcome(self, offered, agreed):
        with serving(HELLO_TLS) as (_, port):
            ended = run(*ALPN_CLIENT, str(port), "--offer", *offered)
        messages = r"sent +\d+ bytes\nreceived \d+ bytes\n(?:sent +\d+ bytes\nreceived \d+ bytes\n)*sent +\d+ bytes\n"
        assert re.fullmatch(messages + f"agreed on {agreed}\n", ended.out)
        assert (ended.code, ended.err) == (0, "")

    def test_what_goes_wrong_is_told_in_a_line(self):
        with nobody_there() as port:
            refused(run(*ALPN_CLIENT, str(port)), f"alpn_client: no handshake with 127.0.0.1:{port}: ")

    def test_bad_input_is_refused(self):
        refused(typed(*ALPN_CLIENT, "65536"), "argument port: ")
        refused(typed(*ALPN_CLIENT, "8443", "--offer", "a" * 256), "argument --offer: ")


@pytest.mark.parametrize("program", [hello_tls_program, access_log_program])
def test_the_root_can_be_had_without_a_server(program):
    code = f"import sys; from {program.__name__} import root; root()"
    assert run("-c", f"{code}; print('twisted.internet.reactor' in sys.modules)") == (0, "False\n", "")
    assert Wire(program.root()).send(GET).startswith(b"HTTP/1.1 200 OK\r\n")
