"""What a reader types becomes the bytes that are sent."""

import pytest

from snippets.lens.errors import LensError
from snippets.lens.typed import request_bytes


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("GET /hello", b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ("GET /hello HTTP/1.0", b"GET /hello HTTP/1.0\r\n\r\n"),
        ("GET /\nHost: example.org\nA: b", b"GET / HTTP/1.1\r\nHost: example.org\r\nA: b\r\n\r\n"),
        ("POST /\n\na=1", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\na=1"),
        ("POST /\nContent-Length: 1\n\na=1", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\na=1"),
    ],
)
def test_text_becomes_a_request(text, data):
    assert request_bytes(text) == data


def test_a_file_is_taken_as_it_is(tmp_path):
    path = tmp_path / "bad.http"
    path.write_bytes(b"nonsense\n\x00")
    assert request_bytes(str(path)) == b"nonsense\n\x00"


@pytest.mark.parametrize("text", ["", "GET", "GET  ", "/hello", "a b c d", "G(T /", "no such file.http x y", "\0"])
def test_anything_else_is_one_clear_line(text):
    with pytest.raises(LensError, match="write METHOD TARGET") as caught:
        request_bytes(text)
    assert "\n" not in str(caught.value)
