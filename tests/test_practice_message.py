"""A verdict in words: each step and outcome of a conversation, and how a terminal and a notebook show it."""

import pytest

from snippets.practice import message
from snippets.practice.held import Held, Went
from snippets.practice.shelf import exercise
from snippets.practice.talk import get, leave, look, post, reads, receive, send, talk, wait
from snippets.practice.verdict import NotPassed, Verdict
from tests.bookshelf import only_these, write


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory):
    with only_these(write(tmp_path_factory.mktemp("shelf"))) as folder:
        yield folder


def told(step, mine, expected, errors=()):
    """What is said of a conversation of one step, without head and foot."""
    went = Went(talk("So it is.", step), [mine] if mine is not None else [], [expected], list(errors))
    lines = message.message(Held(exercise("an_echo"), [went]))
    assert lines[2] == "Not this one: So it is."
    return [line.strip() for line in lines[3:-2]]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (send(b"a", b"b"), "client a sends, in 2 pieces: b'a', b'b'"),
        (receive("b"), "client b looks what has come"),
        (wait(1.5), "1.5 seconds pass (client a)"),
        (leave(), "client a closes its end"),
        (leave(reset=True), "client a resets the connection"),
        (reads(False), "client a stops reading"),
        (reads(True), "client a reads again"),
        (get("/a"), r"client a asks: b'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'"),
        (look("name"), "look at name"),
    ],
)
def test_each_step_is_told(step, said):
    assert told(step, {"came": b"x", "closed": False}, {"came": b"y", "closed": False})[0] == said


def test_a_body_is_part_of_what_is_asked():
    assert "a=b" in told(post("/", b"a=b"), {"status": 200, "body": b""}, {"status": 405})[0]


@pytest.mark.parametrize(
    ("mine", "expected", "said"),
    [
        ({"came": b"", "closed": False}, {"came": b"x", "closed": False}, "Nothing came back."),
        (
            {"came": b"", "closed": True},
            {"came": b"", "closed": False},
            "The connection was closed, and should be open.",
        ),
        (
            {"came": b"", "closed": False},
            {"came": b"", "closed": True},
            "The connection is still open, and should be closed.",
        ),
        ({"status": 405}, {"status": 200}, "405 means that the resource was found, and has no render method"),
        ({"status": 500}, {"status": 200}, "500 means that the page raised"),
        ({"value": "a"}, {"value": b"a"}, "That is text, and bytes were expected."),
        ({"value": 1, "slept": 2.0}, {"value": 1}, "time.sleep stops the reactor"),
    ],
)
def test_what_nobody_foresaw_is_read(mine, expected, said):
    assert said in " ".join(told(send(b"x"), mine, expected))


def test_a_step_that_raised_has_no_outcome():
    error = {"type": "KeyError", "says": "'x'", "line": 3, "text": "a['x']"}
    lines = told(send(b"x"), None, {"came": b"", "closed": False}, [error])
    assert "came      nothing: your code raised" in lines
    assert "It raised KeyError: 'x' in line 3: a['x']" in lines


def test_what_a_process_makes_up_is_shown_as_it_is_and_believed_in_nothing():
    mine = {"status": ["\x1b[2J"], "slept": "\x1b", "\x1b[32m": 1, "closed": "no"}
    assert "\x1b" not in " ".join(told(send(b"x"), mine, {"status": 200}))


def test_what_is_long_is_cut():
    assert message.shown(b"x" * 1000).endswith("... (1003 characters)")
    assert len(message.shown("x" * 10**6)) < 400


def test_a_verdict_shows_itself_in_a_notebook():
    class Made(Verdict):
        passed = False
        lines = ("a < b: not yet.", "", "<script>")

    bundle = Made()._repr_mimebundle_()
    assert bundle["text/plain"] == "a < b: not yet.\n\n<script>"
    assert "a &lt; b" in bundle["text/html"]
    assert "<script>" not in bundle["text/html"]
    assert "color: inherit" in bundle["text/html"]
    with pytest.raises(NotPassed) as raised:
        Made().must_pass()
    assert raised.value._render_traceback_() == Made.lines


def test_a_verdict_that_has_passed_must_not_be_raised():
    class Made(Verdict):
        passed = True
        lines = ("passed",)

    Made().must_pass()
