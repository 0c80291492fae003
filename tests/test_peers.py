"""The comparison of three servers: what it says of each is what that server does over a real connection."""

import http.server
import socket
import sys
import threading

import pytest
from twisted.web.server import Site

from snippets.lens.errors import LensError
from snippets.lens.peers import DROPS, WAITS, Taken, Verdict, by_h11, by_http_server, by_twisted, compare

GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
HELLO = Taken("POST", b"hello")
EMPTY = Taken("POST", b"")


def post(*fields: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["POST / HTTP/1.1", "Host: a", *fields, "", ""]).encode("latin-1") + body


EXPECTED = [
    (post("Content-Length: 5", body=b"hello"), [((HELLO,), "")] * 3),
    (post("Content-Length: 5", body=b"hell"), [((), WAITS)] * 3),
    (
        post("Content-Length: 5", body=b"hello") + GET,
        [((HELLO, Taken("GET", b"")), "")] * 3,
    ),
    (post("Content-Length: 5", body=b"hello") + b"G", [((HELLO,), WAITS)] * 3),
    (b"", [((), "")] * 3),
    (b"nonsense\r\n\r\n", [((), "400")] * 3),
    (post("Content-Length: -5", body=b"hello"), [((), "400"), ((), "400"), ((), DROPS)]),
    (post("Content-Length: -1", body=b"hello"), [((), "400"), ((), "400"), ((), WAITS)]),
    (post("Content-Length: " + "9" * 21, body=b"hello"), [((), WAITS), ((), "400"), ((), DROPS)]),
    (post("Content-Length: " + "9" * 4301, body=b"hello"), [((), DROPS), ((), "400"), ((), DROPS)]),
    (post("Content-Length: " + "9" * 17), [((), WAITS), ((), WAITS), ((), DROPS)]),
    (
        b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        [((Taken("CONNECT", b""),), ""), ((Taken("CONNECT", b""),), ""), ((), "501")],
    ),
    (post(CHUNKED, body=CHUNKS), [((HELLO,), ""), ((HELLO,), ""), ((EMPTY,), "400")]),
    (post(CHUNKED, body=b"\r\n" + CHUNKS), [((), "400"), ((), "400"), ((EMPTY,), DROPS)]),
    (post("Transfer-Encoding: gzip", body=CHUNKS), [((), "400"), ((), "501"), ((EMPTY,), "400")]),
    (
        post("Content-Length: 5", CHUNKED, body=CHUNKS),
        [((), "400"), ((HELLO,), ""), ((Taken("POST", b"5\r\nhe"),), "400")],
    ),
]


@pytest.mark.parametrize(("data", "expected"), EXPECTED, ids=range(len(EXPECTED)))
def test_each_server_says_what_it_says(data, expected):
    assert [by(data) for by in (by_twisted, by_h11, by_http_server)] == [Verdict(*each) for each in expected]


class Handler(http.server.BaseHTTPRequestHandler):
    """As the documentation of http.server has its readers write one, with a body of the announced length."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.server.taken.append(Taken("POST", self.rfile.read(int(self.headers.get("Content-Length", 0)))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.server.taken.append(Taken("GET", b""))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        pass


class Server(http.server.HTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken = []

    def handle_error(self, request, client_address):
        assert isinstance(sys.exception(), ValueError | OverflowError | MemoryError)


@pytest.mark.parametrize(
    ("data", "expected"),
    # Whether a server waits is a thing that a client can't see; what is here ends without that.
    [(data, verdicts[2]) for data, verdicts in EXPECTED if verdicts[2][1] not in (WAITS, "")],
)
def test_http_server_does_so_over_a_socket(data, expected):
    with Server() as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with socket.create_connection(server.server_address, timeout=30) as client:
            client.sendall(data)
            response = b""
            try:
                while received := client.recv(65536):
                    response += received
            except ConnectionResetError:
                # It closed with bytes unread; what it had sent may be lost with them.
                response += b"reset"
        thread.join()
    taken, end = expected
    assert tuple(server.taken) == taken
    if end.isdigit() and not response.endswith(b"reset"):
        assert f" {end} ".encode() in response
    elif not taken:
        assert response in (b"", b"reset")


def test_the_table_has_a_row_a_request():
    table = compare([("good", post("Content-Length: 5", body=b"hello")), ("bad", b"nonsense\r\n\r\n")])
    assert [line.split() for line in table.splitlines()] == [
        ["Twisted", "h11", "http.server"],
        ["good", *["POST", "'hello'"] * 3],
        ["bad", "400", "400", "400"],
    ]


@pytest.mark.parametrize("requests", [[], [GET], [("one", GET, "two")]])
def test_without_pairs_there_is_nothing_to_compare(requests):
    with pytest.raises(LensError, match="no requests to compare: give pairs"):
        compare(requests)


def test_a_long_body_is_shown_by_its_length():
    assert str(Verdict((Taken("POST", b"x" * 10), EMPTY), WAITS)) == "POST 10 bytes, POST, waits"
    assert str(Verdict((Taken("POST", b"x" * 9),), "")) == "POST 'xxxxxxxxx'"


def test_without_h11_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "h11", None)
    with pytest.raises(LensError, match="h11 is not installed: python -m pip install"):
        by_h11(GET)


def test_twisted_is_asked_as_a_plain_site():
    assert "getContentFile" not in vars(Site)
