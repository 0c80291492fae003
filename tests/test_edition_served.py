"""The server of the pages: what it serves, to whom, and what it says with each answer."""

import ipaddress
import json
import os
import socket

import pytest

from snippets.edition.guard import HEADERS, MOST_BODY, own
from tests.serving import code_of, serving

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A few files as a folder of pages has them, and some that are none."""
    pages = tmp_path_factory.mktemp("outside") / "pages"
    (pages / "_static").mkdir(parents=True)
    (pages / ".git").mkdir()
    for name, text in {
        "index.html": "<p>the first page</p>",
        "page.html": "<p>a page</p>",
        "_static/code.js": "export {};",
        "_static/look.css": "p {}",
        ".twisted-web-book": "secret",
        ".git/config": "secret",
        "../secret.html": "secret",
    }.items():
        (pages / name).write_text(text)
    os.symlink(pages.parent / "secret.html", pages / "link.html")
    os.symlink(pages.parent, pages / "up")
    return pages


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder) as one:
        yield one


def test_pages_are_served_with_their_types(server):
    for path, kind, text in [
        ("/", "text/html", b"<p>the first page</p>"),
        ("/page.html", "text/html", b"<p>a page</p>"),
        ("/_static/code.js", "text/javascript", b"export {};"),
        ("/_static/look.css", "text/css", b"p {}"),
    ]:
        answer = server.ask(path=path)
        assert (answer.code, answer.headers["content-type"], answer.body) == (200, kind, text)


def test_a_page_that_is_still_the_same_is_not_sent_again(server):
    page = server.ask(path="/page.html")
    again = server.ask(path="/page.html", if_modified_since=page.headers["last-modified"])
    assert (page.headers["cache-control"], again.code, again.body) == ("no-cache", 304, b"")


def test_the_presets_can_all_be_played(server):
    presets = server.ask(path="/presets").json
    assert len(presets) > 10
    for preset in presets:
        answer = server.play(preset["acts"])
        assert answer.code == 200, preset["name"]
        assert answer.json["film"]["kinds"]
        assert len(answer.json["texts"]) == len(answer.json["film"]["listings"])


ODD = [
    "/.twisted-web-book",
    "/.git/config",
    "/%2etwisted-web-book",
    "/../secret.html",
    "/%2e%2e/secret.html",
    "/..%2fsecret.html",
    "/_static/../../secret.html",
    "/_static%2f..%2f..%2fsecret.html",
    "/..\\secret.html",
    "/..%5csecret.html",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/link.html",
    "/up/secret.html",
    "/up/",
    "/page.html/",
    "/page.html%00",
    "/%00",
    "/%ff",
    "/%c0%ae%c0%ae/secret.html",
    "/" + "a" * 5000,
    "/_static/",
    "/play/",
    "/live",
    "/nothing.html",
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ODD)
def test_what_is_no_page_is_not_there(server, method, path):
    answer = server.ask(method, path)
    assert answer.code == (405 if path == "/play/" else 404)
    assert b"secret" not in answer.body
    assert (answer.body == b"") == (method == "HEAD")
    assert HEADERS.items() <= guarding(answer)


def guarding(answer):
    """The headers of an answer, by the names that the guard's have."""
    return {name: answer.headers.get(name.lower()) for name in HEADERS}.items()


def test_every_answer_says_what_a_browser_may_load(server):
    page = server.ask(path="/page.html")
    answers = [
        page,
        server.ask("HEAD", "/page.html"),
        server.ask(path="/page.html", if_modified_since=page.headers["last-modified"]),
        server.ask(path="/_static"),
        server.play(b"nonsense"),
        server.ask(host="example.com"),
        server.ask(path="/nothing"),
        server.ask("POST", "/page.html"),
        server.play(b"x" * (MOST_BODY + 1)),
        server.ask("POST", "/play", b"", content_type="text/plain"),
        server.ask(path="/page.html", range="bytes=90-"),
        server.ask("BREW", "/"),
        server.ask("OPTIONS", "*"),
    ]
    codes = [200, 200, 304, 302, 400, 403, 404, 405, 413, 415, 416, 501, 200]
    assert [answer.code for answer in answers] == codes
    for answer in answers:
        assert HEADERS.items() <= guarding(answer)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script-src 'self';" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/page.html", "/play", "/live/events", "/presets", "/nothing", "*"])
def test_another_name_is_refused_whatever_is_asked(server, method, path):
    for name in ("example.com", f"book.localhost:{server.port}", f"example.com:{server.port}"):
        answer = server.ask(method, path, host=name)
        assert (answer.code, answer.headers["content-type"]) == (403, "text/plain; charset=utf-8")
        told = b"this server answers under its own name only: use the address that it printed\n"
        assert answer.body == (b"" if method == "HEAD" else told)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:1",
        "{}@127.0.0.1:{}",
        "127.0.0.1:{}/",
        "127.0.0.1:{}?",
        "127.0.0.1:{}#",
        "[127.0.0.1]:{}",
        "127.0.0.1.example.com:{}",
        "localhost.:{}",
        "::1:{}",
        "127.0.0.1:99999",
        "",
        ":{}",
        "127.0.0.1:{}, example.com",
        "\xb2.0.0.1:{}",
        b"\xff",
    ],
)
def test_what_is_not_quite_its_name_is_refused(server, host):
    sent = host if isinstance(host, bytes) else host.format(*[server.port] * 2).encode("latin-1")
    assert server.ask(host=sent).code == 403


def test_no_name_and_two_names_are_refused(server):
    own_name = f"Host: 127.0.0.1:{server.port}\r\n"
    for lines in ("", f"{own_name}Host: example.com\r\n", f"Host: example.com\r\n{own_name}"):
        said = server.said(f"GET /page.html HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        assert code_of(said) in (400, 403)
        assert b"a page" not in said


def test_its_own_names_are_taken(server):
    for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]", "192.0.2.7", socket.gethostname()):
        assert server.ask(host=f"{name}:{server.port}").code == 200


def test_a_port_that_is_left_out_is_the_usual_one():
    assert own("localhost", 80)
    assert not own("localhost", 8000)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("origin", ["http://a.example", "null", "https://127.0.0.1:{}", "http://127.0.0.1:1", b"\xff"])
def test_another_site_is_refused(server, method, origin):
    sent = origin if isinstance(origin, bytes) else origin.format(server.port)
    for path in ("/page.html", "/play", "/live/events"):
        answer = server.ask(method, path, b"{}", origin=sent, content_type="application/json")
        assert answer.code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_its_own_pages_are_no_other_site(server):
    assert server.play(origin=f"http://127.0.0.1:{server.port}", sec_fetch_site="same-origin").code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_lead_here_and_not_fetch_from_here(server, site):
    assert server.ask(path="/page.html", sec_fetch_site=site, sec_fetch_dest="document").code == 200
    for kind in ("image", "script", "iframe", "empty"):
        assert server.ask(path="/page.html", sec_fetch_site=site, sec_fetch_dest=kind).code == 403
    assert server.ask(path="/page.html", sec_fetch_site=site).code == 403


def test_a_body_is_kept_only_as_far_as_it_may_be_needed(server):
    before = server.memory()
    chunk = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
    head = f"POST /page.html HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
    with server.send(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()) as connection:
        for _ in range(64):
            connection.sendall(chunk)
        files = [os.stat(f"/proc/{server.pid}/fd/{fd}").st_size for fd in os.listdir(f"/proc/{server.pid}/fd")]
        connection.sendall(b"0\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert code_of(answer) == 413
    assert max(files) <= MOST_BODY
    assert server.memory() - before < 20e6


def test_it_listens_on_loopback_and_nowhere_else(server):
    with open(f"/proc/{server.pid}/net/tcp") as table:
        rows = [row.split() for row in table][1:]
    mine = [row[1].partition(":")[0] for row in rows if row[1].endswith(f":{server.port:04X}") and row[3] == "0A"]
    assert [str(ipaddress.ip_address(int(each, 16).to_bytes(4, "little"))) for each in mine] == ["127.0.0.1"]


def test_it_can_listen_on_the_other_loopback(folder):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving(folder, "::1") as server, socket.create_connection(("::1", server.port)) as connection:
        connection.sendall(
            f"GET /page.html HTTP/1.1\r\nHost: [::1]:{server.port}\r\nConnection: close\r\n\r\n".encode()
        )
        assert connection.makefile("rb").read().endswith(b"<p>a page</p>")


def test_nothing_of_what_was_asked_is_printed(server):
    """What a visitor sends, a terminal might act on; and what went wrong here would be printed."""
    server.ask(path="/%ff%1b[31m")
    assert json.loads(server.play().body)
    assert server.program.complaints() == ""
