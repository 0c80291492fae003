"""What a reader types becomes the bytes that are sent."""

import os

import pytest

from snippets.lens.errors import LensError
from snippets.lens.typed import MOST_BYTES, request_bytes


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("GET /hello", b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ("GET /hello HTTP/1.0", b"GET /hello HTTP/1.0\r\n\r\n"),
        ("GET /\nHost: example.org\nA: b", b"GET / HTTP/1.1\r\nHost: example.org\r\nA: b\r\n\r\n"),
        ("POST /\n\na=1", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\na=1"),
        (
            "POST /\nTransfer-Encoding: chunked\n\n3\r\na=1\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\na=1\n0\n\n",
        ),
        ("GET /\udcff\n\n\udcfe", b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\n\xfe"),
        ("\nGET /", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ("GET / HTTP/1.0\r\nA: b\r\n\r\nc", b"GET / HTTP/1.0\r\nA: b\r\nContent-Length: 1\r\n\r\nc"),
        ("POST /\nContent-Length: 1\n\na=1", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\na=1"),
    ],
)
def test_text_becomes_a_request(text, data):
    assert request_bytes(text) == data


def test_a_file_is_taken_as_it_is(tmp_path):
    path = tmp_path / "bad.http"
    path.write_bytes(b"nonsense\n\x00")
    assert request_bytes(str(path)) == b"nonsense\n\x00"


@pytest.mark.parametrize(
    "text", ["", "GET", "GET  ", "/hello", "a b c d", "G(T /", "no such file x y", "\0", "a" * 300]
)
def test_anything_else_is_one_clear_line(text):
    with pytest.raises(LensError, match="write METHOD TARGET") as caught:
        request_bytes(text)
    assert "\n" not in str(caught.value)


def test_a_file_as_large_as_may_be_is_taken_and_a_larger_one_is_refused(tmp_path):
    path = tmp_path / "large.http"
    path.touch()
    os.truncate(path, MOST_BYTES)
    assert len(request_bytes(str(path))) == MOST_BYTES
    os.truncate(path, MOST_BYTES + 1)
    with pytest.raises(LensError, match=rf"large.http has {MOST_BYTES + 1} bytes, more than .* name a smaller one"):
        request_bytes(str(path))


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "nothing.http").touch()
    with pytest.raises(LensError, match=r"nothing\.http is empty: name a file that holds"):
        request_bytes(str(tmp_path / "nothing.http"))


def test_a_file_that_can_t_be_read_says_why(tmp_path, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.http"
    path.write_bytes(b"GET")
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(LensError, match=r"secret\.http can't be read: Permission denied"):
        request_bytes(str(path))


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(LensError, match="is neither a file nor a request"):
        request_bytes(str(tmp_path))
