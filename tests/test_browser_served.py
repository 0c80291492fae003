"""`python -m snippets site serve`: what it serves, to whom, and what it refuses, in a line."""

import re
from unittest import mock

import pytest

from snippets.browser.build import OURS
from snippets.browser.serve import POLICY, SiteRequest
from tests.invoked import invoked, refused
from tests.programs import running
from tests.serving import MODULE, Server

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A few files as a site has them, and one beside it."""
    site = tmp_path_factory.mktemp("outside") / "site"
    extension = site / "extensions" / "@jupyterlite" / "kernel"
    extension.mkdir(parents=True)
    for name, text in {
        OURS: "",
        "index.html": "<p>the first page</p>",
        "all.json": "{}",
        "pyodide.mjs": "export {};",
        "pyodide.wasm": "\0asm",
        "wheel-1.0-py3-none-any.whl": "PK",
        "../secret.html": "secret",
    }.items():
        (site / name).write_text(text)
    (extension / "worker.js").write_text("export {};")
    return site


@pytest.fixture(scope="module")
def server(folder):
    with running("-m", "snippets", "site", "serve", str(folder), "--port", "0", "--no-browser", seconds=MODULE) as ran:
        said = re.fullmatch(r"The book is at http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends it\)", ran.line())
        yield Server(ran, int(said[1]))
        assert ran.interrupt().code == 0


def test_files_are_served_with_the_types_that_a_browser_asks_for(server):
    for path, kind in {
        "/": "text/html",
        "/all.json": "application/json",
        "/pyodide.mjs": "text/javascript",
        "/pyodide.wasm": "application/wasm",
        "/extensions/@jupyterlite/kernel/worker.js": "text/javascript",
        "/extensions/%40jupyterlite/kernel/worker.js": "text/javascript",
        "/index.html?path=notebooks/00_start_here.ipynb": "text/html",
        "/wheel-1.0-py3-none-any.whl": None,
    }.items():
        answer = server.ask(path=path)
        assert answer.code == 200, path
        assert kind is None or answer.headers["content-type"] == kind


@pytest.mark.parametrize("path", ["/../secret.html", "/%2e%2e/secret.html", f"/{OURS}", "/extensions/", "/nothing"])
def test_nothing_else_is_there(server, path):
    answer = server.ask(path=path)
    assert (answer.code, b"secret" in answer.body) == (404, False)


def test_a_page_may_run_code_and_ask_nobody_else(server):
    assert server.ask().headers["content-security-policy"] == POLICY == SiteRequest.headers["Content-Security-Policy"]
    assert "http" not in POLICY


def test_another_site_is_not_served(server):
    assert server.ask(host="example.com").code == 403
    assert server.ask(sec_fetch_site="cross-site", sec_fetch_dest="script").code == 403


def test_a_folder_without_a_site_is_refused(tmp_path):
    (tmp_path / "index.html").write_text("mine")
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / ("x" * 300)):
        said = f"there is no site in {place}: `python -m snippets site build {place}` makes it"
        refused(invoked("site", "serve", str(place)), said)


def test_a_port_that_is_taken_is_refused(server, folder):
    refused(invoked("site", "serve", str(folder), "--port", str(server.port)), "nobody can listen on 127.0.0.1")


def test_a_browser_is_opened_unless_told_otherwise(folder):
    for options, times in (((), 1), (("--no-browser",), 0)):
        with (
            mock.patch(
                "snippets.browser.serve.run_site", side_effect=lambda site, listening, ready: ready("http://a/")
            ),
            mock.patch("snippets.edition.commands.webbrowser.open") as opened,
        ):
            assert invoked("site", "serve", str(folder), "--port", "0", *options).code == 0
        assert opened.call_count == times
