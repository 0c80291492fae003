"""The programs of chapter 10, run as a reader runs them: processes, sockets and clients."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.invoked import typed
from tests.programs import Ended, Program, listening, refused

FAILING = ("-m", "snippets.render.failing")
METHODS = ("-m", "snippets.render.methods")
ERROR_PAGE = b"<html><head><title>Processing Failed</title></head><body><b>Processing Failed</b></body></html>"


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


class TestFailing:
    def test_an_exception_before_the_first_byte_is_a_500(self):
        with serving(*FAILING) as (program, connection):
            status, _, body = asked(connection, "GET", "/early")
            assert (status, body) == (500, ERROR_PAGE)
            assert program.line() == "logged: LookupError: no such order"
            assert program.line() == "access log: /early 500"
            assert program.interrupt() == Ended(0, "Stopped.\n", "")

    def test_an_exception_after_it_is_read_as_the_page(self):
        """Python's http.client reads such a response as a 200 with a complete body, of which the error page is part."""
        with serving(*FAILING) as (program, connection):
            status, headers, body = asked(connection, "GET", "/late")
            assert (status, body) == (200, b"<p>Your order: " + ERROR_PAGE)
            assert headers["Transfer-Encoding"] == "chunked"
            assert program.line() == "logged: LookupError: no such order"
            assert program.line() == "access log: /late 500"
            assert asked(connection, "GET", "/early")[0] == 500, "the connection lives on"

    def test_the_guarded_page_ends_the_connection(self):
        """Python's http.client raises a ConnectionError for the guarded page, and the next connection is served."""
        with serving(*FAILING) as (program, connection):
            with pytest.raises(ConnectionError):
                asked(connection, "GET", "/guarded")
            assert program.line() == "logged: LookupError: no such order"
            connection.close()
            assert asked(connection, "POST", "/guarded")[0] == 405
            assert program.interrupt() == Ended(0, "access log: /guarded 405\nStopped.\n", "")

    def test_text_is_a_500_that_is_not_logged(self):
        """Of a page that returns text the site hears a 500 for the access log, and no exception."""
        with serving(*FAILING) as (program, connection):
            status, _, body = asked(connection, "GET", "/text")
            assert status == 500
            assert b"Value: <pre>&#x27;Hello\\n&#x27;</pre>" in body
            assert program.interrupt() == Ended(0, "access log: /text 500\nStopped.\n", "")

    def test_tracebacks(self):
        with serving(*FAILING, "--tracebacks") as (_, connection):
            status, _, body = asked(connection, "GET", "/early")
        assert status == 500
        assert b"no such order" in body
        assert b"failing.py" in body


class TestMethods:
    def test_a_method_that_neither_page_has(self):
        with serving(*METHODS) as (program, connection):
            for method in ["DELETE", "BREW", "get"]:
                status, headers, _ = asked(connection, method, "/plain")
                assert (status, headers["Allow"]) == (501, None)
                status, headers, body = asked(connection, method, "/polite")
                assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS, PUT")
                assert b"See Allow." in body
            assert asked(connection, "POST", "/plain")[1]["Allow"] == "HEAD, GET, PUT"
            assert program.interrupt() == Ended(0, "Stopped.\n", "")

    def test_options(self):
        with serving(*METHODS) as (_, connection):
            assert asked(connection, "OPTIONS", "/plain")[0] == 501
            status, headers, body = asked(connection, "OPTIONS", "/polite")
        assert (status, headers["Allow"], body) == (200, "GET, HEAD, OPTIONS, PUT", b"")

    @pytest.mark.parametrize("target", ["/plain", "/polite"])
    def test_the_note_is_read_and_replaced(self, target):
        with serving(*METHODS) as (_, connection):
            assert asked(connection, "GET", target)[2] == b"Buy milk\n"
            assert asked(connection, "PUT", target, b"Buy tea\n")[2] == b"Kept.\n"
            assert asked(connection, "GET", target)[2] == b"Buy tea\n"
            status, headers, body = asked(connection, "HEAD", target)
        assert (status, headers["Content-Length"], body) == (200, "8", b"")


@pytest.mark.parametrize("command", [FAILING, METHODS], ids=["failing", "methods"])
def test_bad_input_is_refused(command):
    refused(typed(*command, "--nonsense"), "unrecognized arguments: --nonsense")
