"""The program of chapter 00, run as a reader runs it."""

import re

import pytest

from tests.programs import refused, running


def ended(*args):
    with running("-m", "snippets", "run", "first_request", *args) as program:
        return program.ended()


def test_prints_the_answer_and_ends():
    result = ended()
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == ["HTTP/1.1 200 OK", "", "Hello from /hello", ""]


def test_prints_the_answer_to_another_path():
    result = ended("/nothing/here")
    assert result.code == 0
    assert result.out.startswith("HTTP/1.1 404 Not Found\n\n")


def test_a_path_too_long_for_the_server_gets_no_answer_and_one_line_says_so():
    result = ended("/" + "a" * 17_000)
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"The server closed without an answer: Connection .*\n", result.out)


@pytest.mark.parametrize("path", ["hello", "/two words", "", "/\u00fc", "/a\r\nX: y"])
def test_a_path_that_is_none_is_one_clear_line(path):
    refused(ended(path), "a path begins with / and has no space, as in /hello")
