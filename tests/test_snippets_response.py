"""The programs of chapter 11, run as a reader runs them: processes, sockets and clients."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from snippets.lens.wire import Wire
from snippets.response.conditional import Dated
from tests.invoked import typed
from tests.programs import Ended, Program, listening, refused

CONDITIONAL = ("-m", "snippets.response.conditional")
RESPONSE_HEADERS = ("-m", "snippets.response.response_headers")


@contextmanager
def serving(*command: str) -> Iterator[tuple[Program, http.client.HTTPConnection]]:
    """Run a server, and connect to it."""
    with listening(*command) as (program, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            yield program, connection
        finally:
            connection.close()


def asked(connection: http.client.HTTPConnection, *request: object) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of the answer to a request."""
    connection.request(*request)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


class TestConditional:
    @pytest.mark.parametrize(
        ("path", "validator", "condition"),
        [("/tag", "ETag", "If-None-Match"), ("/date", "Last-Modified", "If-Modified-Since")],
    )
    def test_a_client_gets_a_page_once(self, path, validator, condition):
        with serving(*CONDITIONAL) as (program, connection):
            status, headers, text = asked(connection, "GET", path)
            assert (status, text) == (200, b"hello world")
            again, cached, body = asked(connection, "GET", path, None, {condition: headers[validator]})
            assert (again, cached[validator], body) == (304, headers[validator], b"")
            assert program.interrupt() == Ended(0, "Stopped.\n", "")

    def test_another_text_has_another_tag(self):
        with serving(*CONDITIONAL) as (_, connection):
            tag = asked(connection, "GET", "/tag")[1]["ETag"]
            assert tag == '"b94d27b9934d3e08"'
            assert asked(connection, "PUT", "/tag", b"another text")[::2] == (200, b"changed\n")
            status, headers, text = asked(connection, "GET", "/tag", None, {"If-None-Match": tag})
            assert (status, text) == (200, b"another text")
            assert headers["ETag"] != tag

    def test_another_text_has_another_date(self):
        page = Dated(b"hello world", 0)
        page.isLeaf = True
        assert b"Last-Modified: Thu, 01 Jan 1970" in Wire(page).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        Wire(page).send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nnew")
        assert page.text == b"new"
        assert page.changed > 0

    def test_a_head_is_answered_as_a_get_is(self):
        with serving(*CONDITIONAL) as (_, connection):
            status, headers, body = asked(connection, "HEAD", "/tag")
        assert (status, headers["Content-Length"], body) == (200, "11", b"")

    def test_bad_input_is_refused(self):
        refused(typed(*CONDITIONAL, "--port", "65536"), "a port is a number from 0 to 65535, not 65536")


def raw(port: int, path: str, version: str = "1.1") -> tuple[list[str], bytes]:
    """The head, by lines, and the body of a response, as they come over a connection that the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(f"GET {path} HTTP/{version}\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        with client.makefile("rb") as came:
            head, _, body = came.read().partition(b"\r\n\r\n")
    return head.decode().splitlines(), body


class TestResponseHeaders:
    @pytest.mark.parametrize(
        ("path", "version", "status", "framing", "body"),
        [
            ("/returned", "1.1", "200 OK", ["Content-Length: 13"], b"Hello, world\n"),
            ("/counted", "1.1", "200 OK", ["Content-Length: 13"], b"Hello, world\n"),
            ("/counted", "1.0", "200 OK", ["Content-Length: 13"], b"Hello, world\n"),
            ("/written", "1.0", "200 OK", [], b"Hello, world\n"),
            ("/nothing", "1.1", "204 No Content", [], b""),
        ]
        + [
            (path, "1.1", "200 OK", ["Transfer-Encoding: chunked"], b"7\r\nHello, \r\n6\r\nworld\n\r\n0\r\n\r\n")
            for path in ("/written", "/late")
        ],
    )
    def test_each_way_of_answering_is_framed_in_its_own(self, path, version, status, framing, body):
        with listening(*RESPONSE_HEADERS) as (program, port):
            head, came = raw(port, path, version)
            assert program.interrupt() == Ended(0, "Stopped.\n", "")
        assert head[0] == f"HTTP/{version} {status}"
        assert [line for line in head if line.startswith(("Content-Length", "Transfer-Encoding"))] == framing
        assert not any(line.startswith("X-Late") for line in head)
        assert came == body

    def test_bad_input_is_refused(self):
        refused(typed(*RESPONSE_HEADERS, "--port", "x"), "argument --port: invalid int value: 'x'")
