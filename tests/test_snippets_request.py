"""The programs of chapter 08, run as a reader runs them: processes, sockets and clients."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from snippets.lens.wire import Wire
from snippets.request import json_api
from tests.invoked import typed
from tests.programs import Ended, Program, listening, refused

SHOW_REQUEST = ("-m", "snippets.request.show_request")
JSON_API = ("-m", "snippets.request.json_api")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@contextmanager
def serving(*command: str) -> Iterator[tuple[Program, http.client.HTTPConnection]]:
    """Run a server, and connect to it."""
    with listening(*command) as (program, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            yield program, connection
        finally:
            connection.close()


def shown(connection: http.client.HTTPConnection, *request: object) -> dict[str, str]:
    """The lines of the answer to a request, by what they show."""
    connection.request(*request)
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return {line[:21].rstrip(): line[21:] for line in response.read().decode().splitlines()}


def asked(connection: http.client.HTTPConnection, *request: object) -> tuple[int, http.client.HTTPMessage, object]:
    """Status, headers and the JSON of the answer to a request."""
    connection.request(*request)
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "application/json"
    return response.status, response.headers, json.loads(response.read())


class TestShowRequest:
    def test_everything_is_shown(self):
        with serving(*SHOW_REQUEST) as (program, connection):
            headers = {**FORM, "Cookie": "theme=dark", "X-Twice": "once"}
            said = shown(connection, "POST", "/some%20page/?a=query&b=1", b"a=1&a=2", headers)
            host = f"127.0.0.1:{connection.port}"
            client_port = connection.sock.getsockname()[1]
            assert program.interrupt() == Ended(0, "Stopped.\n", "")
        assert said.pop("requestHeaders").startswith("{b'Host': [b'" + host)
        assert said == {
            "method": "b'POST'",
            "uri": "b'/some%20page/?a=query&b=1'",
            "path": "b'/some%20page/'",
            "clientproto": "b'HTTP/1.1'",
            "prepath": "[]",
            "postpath": "[b'some page', b'']",
            "args": "{b'a': [b'1', b'2'], b'b': [b'1']}",
            "received_cookies": "{b'theme': b'dark'}",
            "getRequestHostname()": "b'127.0.0.1'",
            "getClientAddress()": f"IPv4Address(type='TCP', host='127.0.0.1', port={client_port})",
            "getHost()": f"IPv4Address(type='TCP', host='127.0.0.1', port={connection.port})",
            "isSecure()": "False",
            "type(content)": "'BytesIO'",
            "len(content.read())": "7",
            "content.read()": "b'a=1&a=2'",
        }

    def test_any_method_is_answered_and_a_long_value_cut(self):
        with serving(*SHOW_REQUEST) as (_, connection):
            for method in ["GET", "PUT", "DELETE", "BREW"]:
                assert shown(connection, method, "/", b"x" * 200_000)["method"] == f"b'{method}'"
            said = shown(connection, "PUT", "/", b"x" * 200_000)
        assert said["len(content.read())"] == "200000"
        assert len(said["content.read()"]) == 1000

    def test_no_forms(self):
        with serving(*SHOW_REQUEST, "--no-forms") as (_, connection):
            said = shown(connection, "POST", "/?a=query", b"a=1", FORM)
        assert (said["args"], said["content.read()"]) == ("{b'a': [b'query']}", "b'a=1'")


class TestJsonApi:
    def test_notes_are_added_listed_and_read(self):
        with serving(*JSON_API) as (program, connection):
            assert asked(connection, "GET", "/notes")[::2] == (200, [])
            for number, text in enumerate(["Buy milk", "Käse \N{GRINNING FACE}"], 1):
                status, headers, note = asked(connection, "POST", "/notes", json.dumps({"text": text}), JSON)
                assert (status, headers["Location"]) == (201, f"/notes/{number}")
                assert asked(connection, "GET", headers["Location"])[::2] == (200, note)
                assert note == {"number": number, "text": text}
            assert asked(connection, "GET", "/notes")[2][1] == note
            assert program.interrupt() == Ended(0, "Stopped.\n", "")

    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (b"{", JSON, 400),
            (b"", JSON, 400),
            (b"\xff", JSON, 400),
            (b"[" * 90_000, JSON, 400),
            (b"[]", JSON, 400),
            (b'{"text": 1}', JSON, 400),
            (b'{"text": "x"}', FORM, 415),
            (b'{"text": "x"}', {}, 415),
            (b'{"text": "x"}', {"Content-Type": "multipart/form-data; boundary=x"}, 415),
            (b'{"text": "x"}', {"Content-Type": "\xff"}, 415),
            (b'{"text": "%b"}' % (b"x" * 99_988), JSON, 201),
            (b'{"text": "%b"}' % (b"x" * 99_989), JSON, 413),
            (b'{"text": "x"}', {"Content-Type": "Application/JSON; charset=utf-8"}, 201),
        ],
        ids=lambda value: repr(value)[:30],
    )
    def test_what_is_no_note_is_refused_and_the_server_lives_on(self, body, headers, status):
        with serving(*JSON_API) as (program, connection):
            said, _, answer = asked(connection, "POST", "/notes", body, headers)
            assert (said, "error" in answer) == (status, status >= 400)
            assert asked(connection, "GET", "/notes")[0] == 200
            assert program.interrupt() == Ended(0, "Stopped.\n", "")

    def test_where_nothing_is_and_what_cannot_be_done(self):
        with serving(*JSON_API) as (_, connection):
            asked(connection, "POST", "/notes", b'{"text": "x"}', JSON)
            for method, path in [("GET", "/"), ("GET", "/note"), ("PUT", "/notes/2"), ("GET", "/notes/1/x")]:
                status, _, answer = asked(connection, method, path)
                assert (status, answer) == (404, {"error": "there is nothing here"})
            for method, path, allowed in [("DELETE", "/notes", "GET, HEAD, POST"), ("POST", "/notes/1", "GET, HEAD")]:
                status, headers, answer = asked(connection, method, path, b"{}", JSON)
                assert (status, set(headers["Allow"].split(", "))) == (405, set(allowed.split(", ")))
                assert answer == {"error": "this can't be done here"}

    def test_head_has_the_length_and_no_body(self):
        response = Wire(json_api.root()).send(b"HEAD /notes HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"Content-Length: 3\r\n" in response
        assert response.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("command", [SHOW_REQUEST, JSON_API], ids=["show_request", "json_api"])
def test_bad_input_is_refused(command):
    refused(typed(*command, "--nonsense"), "unrecognized arguments: --nonsense")
