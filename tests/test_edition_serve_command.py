"""`python -m snippets serve`: what it says, and what it refuses, in a line."""

import re
import socket
from unittest import mock

import pytest

from snippets import catalogue
from snippets.edition import commands, pages
from tests.invoked import invoked, refused

pytestmark = pytest.mark.once


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The pages are there, and who would serve them is only asked to."""
    monkeypatch.setattr(pages, "pages", lambda say: tmp_path)
    with mock.patch("snippets.edition.server.serve") as serve:
        serve.side_effect = lambda folder, listening, ready: ready(f"http://there:{listening.getsockname()[1]}/")
        yield serve


def test_the_address_is_printed(made):
    ended = invoked("serve", "--no-browser", "--port", "0")
    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(r"The book is at http://there:\d+/ \(Ctrl-C ends it\)\n", ended.out)


@pytest.mark.parametrize(("host", "heard"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_an_address_that_others_reach_is_told_for_what_it_is(made, host, heard):
    ended = invoked("serve", "--no-browser", "--port", "0", "--host", host)
    assert ended.code == 0
    assert ("Whoever reaches this machine can read it, and have requests played here" in ended.err) == heard


def test_a_browser_is_opened_unless_told_otherwise(made):
    for options, times in (((), 1), (("--no-browser",), 0)):
        with mock.patch.object(commands.threading, "Thread") as thread:
            invoked("serve", "--port", "0", *options)
        assert thread.call_count == times


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "example.com"], "example.com is no address: write a number, as in 127.0.0.1"),
        (["--host", ""], "is no address"),
        (["--port", "65536"], "65536 is not in the range"),
        (["--port", "http"], "'http' is not a valid integer"),
        (["--host", "192.0.2.1"], "nobody can listen on 192.0.2.1 port 8000: Cannot assign requested address; name "),
        (["--host", "fe80::1%nope"], "nobody can listen on fe80::1%nope port 8000: Name or service not known; name "),
        (["there"], "Got unexpected extra argument (there)"),
    ],
)
def test_what_is_no_place_to_listen_is_refused(made, options, said):
    refused(invoked("serve", "--no-browser", *options), said)
    assert made.call_count == 0


def test_a_port_that_is_taken_is_said_before_the_pages_are_made(monkeypatch):
    monkeypatch.setattr(pages, "pages", lambda say: pytest.fail("the pages were made"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(invoked("serve", "--no-browser", "--port", str(port)))
    assert (
        line
        == f"error: nobody can listen on 127.0.0.1 port {port}: Address already in use; name another --port or --host"
    )


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(pages, "shelf", lambda: tmp_path / "file")
    refused(invoked("serve", "--no-browser", "--port", "0"), f"{tmp_path / 'file'} can't be written: File exists")


def test_without_the_text_of_the_book_there_is_nothing_to_serve(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "CHAPTERS", tmp_path)
    refused(invoked("serve", "--no-browser", "--port", "0"), "the text of the book is not here")
