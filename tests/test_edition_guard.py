"""What stands before every page, request by request: in memory, where each header and each byte can be had."""

import re
import socket

import pytest
from twisted.web.resource import Resource

from snippets.edition.guard import MOST_BODY, GuardedRequest, own
from snippets.lens.wire import Wire

OWN = "127.0.0.1:8080"  # the name that a wire's server has
FOREIGN = (403, b"a page of another site asked for this\n")
NAMELESS = (403, b"this server answers under its own name only: use the address that it printed\n")


class Whatever(Resource):
    """Answers with how much of a body it was given."""

    isLeaf = True

    def render(self, request):
        self.kept = len(request.content.read())
        return b"%d" % self.kept


def asked(*lines: str, host: str = OWN, body: bytes = b"", sizes: int | None = None) -> tuple[int, bytes]:
    """The code and the body of the answer to a POST with these header lines."""
    head, _, said = answer(*lines, host=host, body=body, sizes=sizes)
    return int(head.split()[1]), said


def answer(*lines, host=OWN, body=b"", sizes=None):
    head = "\r\n".join(["POST /page HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", *lines, "", ""])
    wire = Wire(Whatever(), requestFactory=GuardedRequest)
    return wire.send(head.encode("latin-1") + body, sizes).partition(b"\r\n\r\n")


def headers(answered: bytes) -> dict[str, str]:
    """The headers of an answer."""
    return dict(line.split(": ", 1) for line in answered.decode().split("\r\n")[1:])


def test_what_a_browser_is_told_with_each_answer():
    told = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    for host in (OWN, "example.com"):
        assert told.items() <= headers(answer(host=host)[0]).items()


def test_what_is_refused_is_said_as_text():
    head, _, said = answer(host="example.com")
    told = headers(head)
    assert told["Content-Type"] == "text/plain; charset=utf-8"
    assert told["Content-Length"] == str(len(said))
    assert said == NAMELESS[1]


def test_after_a_refusal_the_connection_goes_on():
    wire = Wire(Whatever(), requestFactory=GuardedRequest)
    said = wire.send(f"GET / HTTP/1.1\r\nHost: example.com\r\n\r\nGET / HTTP/1.1\r\nHost: {OWN}\r\n\r\n".encode())
    assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"403", b"200"]


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1:8080", 8080),
        ("192.0.2.7:8080", 8080),
        ("[::1]:8080", 8080),
        ("[2001:DB8::1]:1", 1),
        ("localhost:65535", 65535),
        ("LocalHost:8080", 8080),
        ("localhost", 80),
        ("[::1]", 80),
        (socket.gethostname(), 80),
        (f"{socket.gethostname().upper()}:8080", 8080),
    ],
)
def test_names_of_its_own(host, port):
    assert own(host, port)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("", 80),
        ("127.0.0.1:8080", 80),
        ("127.0.0.1", 8080),
        ("127.0.0.1:", 80),
        ("127.0.0.1:080800", 80800),
        ("example.com", 80),
        ("localhost.example.com", 80),
        ("xlocalhost", 80),
        ("127.0.0.1.5", 80),
        ("[127.0.0.1]", 80),
        ("[::1", 80),
        ("::1", 80),
        ("[::g]", 80),
        ("[:::::]", 80),
        ("[]", 80),
        ("localhost\n", 80),
        (" localhost", 80),
        ("localhost/", 80),
        ("a@localhost", 80),
    ],
)
def test_names_of_others(host, port):
    assert not own(host, port)


def test_a_name_is_asked_for_on_its_own_port():
    assert asked() == (200, b"0")
    assert asked(host="127.0.0.1:8081") == NAMELESS
    assert asked("Host: example.com") == asked(f"Host: {OWN}") == NAMELESS


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        ([f"http://{OWN}"], (200, b"0")),
        ([f"HTTP://{OWN}"], (200, b"0")),
        ([f"http://{OWN}", f"http://{OWN}"], (200, b"0")),
        ([f"http://{OWN}", "http://a.example"], FOREIGN),
        (["http://a.example", f"http://{OWN}"], FOREIGN),
        (["http://127.0.0.1"], FOREIGN),
        (["http://localhost:8080"], FOREIGN),
        ([f"https://{OWN}"], FOREIGN),
        (["null"], FOREIGN),
        ([""], FOREIGN),
        (["\xff"], FOREIGN),
    ],
)
def test_who_an_origin_may_be(origins, expected):
    assert asked(*[f"Origin: {origin}" for origin in origins]) == expected


def test_an_origin_is_compared_with_the_name_as_it_was_asked_for():
    assert asked("Origin: http://localhost:8080", host="LOCALHOST:8080") == (200, b"0")


@pytest.mark.parametrize(
    ("site", "destinations", "expected"),
    [
        (["cross-site"], ["document"], (200, b"0")),
        (["same-site"], ["document"], (200, b"0")),
        (["cross-site"], ["image"], FOREIGN),
        (["same-site"], ["empty"], FOREIGN),
        (["cross-site"], [], FOREIGN),
        (["cross-site"], ["document", "image"], FOREIGN),
        (["same-origin", "cross-site"], ["image"], FOREIGN),
        (["same-origin"], ["image"], (200, b"0")),
        (["none"], ["image"], (200, b"0")),
        ([], ["image"], (200, b"0")),
    ],
)
def test_what_a_browser_says_of_a_fetch(site, destinations, expected):
    lines = [f"Sec-Fetch-Site: {each}" for each in site] + [f"Sec-Fetch-Dest: {each}" for each in destinations]
    assert asked(*lines) == expected


@pytest.mark.parametrize("sizes", [None, 65536])
def test_of_a_body_as_much_is_kept_as_a_page_may_need(sizes):
    assert MOST_BODY == 457_216
    assert asked(body=b"x" * MOST_BODY, sizes=sizes) == (200, b"457216")
    much = (413, b"a request may bring at most 457216 bytes\n")
    assert asked(body=b"x" * (MOST_BODY + 1), sizes=sizes) == much
    assert asked(body=b"x" * (MOST_BODY + 1), sizes=sizes, host="example.com") == much  # it was kept before any check


def test_what_comes_after_the_most_that_is_kept_is_not_kept():
    wire = Wire(Whatever(), requestFactory=GuardedRequest)
    wire.send(f"POST / HTTP/1.1\r\nHost: {OWN}\r\nContent-Length: {3 * MOST_BODY}\r\n\r\n".encode())
    wire.send(b"x" * (2 * MOST_BODY), 65536)
    assert wire.channel.requests[0].content.tell() <= MOST_BODY


def test_each_request_of_a_connection_has_its_own_measure():
    wire = Wire(Whatever(), requestFactory=GuardedRequest)
    body = b"x" * (MOST_BODY // 2 + 1)
    one = f"POST / HTTP/1.1\r\nHost: {OWN}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    codes = re.findall(rb"HTTP/1.1 (\d+)", wire.send(one * 2))
    assert codes == [b"200", b"200"]
