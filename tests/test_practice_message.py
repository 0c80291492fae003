"""A verdict in words: each step and outcome of a conversation, and how a terminal and a notebook show it."""

import pytest

from snippets.practice import message, reading
from snippets.practice.held import Held, Went
from snippets.practice.shelf import exercise
from snippets.practice.talk import call, get, leave, look, post, reads, receive, send, talk, wait
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
        (wait(1), "1 second passes (client a)"),
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
        ({"status": 404}, {"status": 200}, "or that the page says so itself"),
        (
            {"status": 200, "body": b"abc", "Content-Length": [b"2"]},
            {"status": 200, "body": b"abc", "Content-Length": [b"3"]},
            "Content-Length says 2, and 3 bytes were sent.",
        ),
        (
            {"status": 200, "body": b"abc ... (the last chunk has not come)"},
            {"status": 200, "body": b"abc"},
            "The end of the response is missing: `finish` was not called.",
        ),
        ({"status": 200, "body": b"b'1'"}, {"status": 200, "body": b"1"}, "`decode` makes text of them"),
        ({"value": "a"}, {"value": b"a"}, "That is text, and bytes were expected."),
        ({"value": 1, "slept": 2.0}, {"value": 1}, "time.sleep stops the reactor"),
    ],
)
def test_what_nobody_foresaw_is_read(mine, expected, said):
    assert said in " ".join(told(send(b"x"), mine, expected))


def test_a_length_of_a_body_that_is_not_sent_is_no_mistake():
    """HEAD is told the length of what it doesn't get."""
    mine, expected = ({"status": 200, "body": b"", "Content-Length": [length]} for length in (b"2", b"3"))
    assert "bytes were sent" not in " ".join(told(send(b"x"), mine, expected))


def test_silence_when_time_has_passed_leads_to_the_clock_unless_something_was_raised():
    mine, expected = {"came": b"", "closed": False}, {"status": 200, "closed": False}
    assert "no other clock moves here" in " ".join(told(wait(1), mine, expected))
    error = {"type": "KeyError", "says": "", "line": None, "text": ""}
    assert "clock" not in " ".join(told(wait(1), mine, expected, [error]))


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("None", "The render method returned None: is a `return` missing? A page that answers later"),
        ("'Hi'", "The render method returned text, and must return bytes: 'Hi'"),
        ("<Deferred at 0x...>", "<Deferred at 0x...>, and nobody waits for that"),
        ("7", "The render method returned this, and must return bytes: 7"),
    ],
)
def test_what_a_page_returned_is_told_in_the_place_of_its_status(returned, said):
    error = {"type": "", "says": returned, "line": None, "text": ""}
    lines = " ".join(told(send(b"x"), {"status": 500}, {"status": 200}, [error]))
    assert said in lines
    assert "500 means" not in lines


@pytest.mark.parametrize(
    ("kind", "says", "line", "said"),
    [
        ("TypeError", "f() takes 1 positional argument but 2 were given", None, "an errback the failure"),
        ("TypeError", "'NoneType' object is not callable", None, "Was it called, where only its name should stand?"),
        (
            "TypeError",
            "object of type 'NoneType' has no len()",
            None,
            "without a `return`, the next one is called with None",
        ),
        ("AttributeError", "'Page' object has no attribute 'children'", None, "by `super()`?"),
        ("AttributeError", "'int' object has no attribute 'splitlines'", 3, "The value of a header is bytes, or text."),
        ("CancelledError", "", None, "A Deferred that is cancelled fails with CancelledError"),
        ("RuntimeError", "Request.write called on a request after Request.finish was called.", None, "NOT_DONE_YET"),
    ],
)
def test_an_exception_whose_words_lead_to_no_line_is_explained(kind, says, line, said):
    error = {"type": kind, "says": says, "line": line, "text": "x"}
    lines = told(send(b"x"), {"status": 500}, {"status": 200}, [error, error])
    assert said in " ".join(lines)
    assert len([each for each in lines if each.startswith("It raised")]) == 1, "the same is said once"


def test_the_first_exception_is_the_one_that_is_explained():
    kinds = [("CancelledError", ""), ("TypeError", "'NoneType' object is not callable")]
    errors = [{"type": kind, "says": says, "line": None, "text": ""} for kind, says in kinds]
    lines = " ".join(told(send(b"x"), {"status": 500}, {"status": 200}, errors))
    assert "A Deferred that is cancelled" in lines
    assert "no function" not in lines


@pytest.mark.parametrize("body", [b"b'1'", b"1 ... (the last chunk has not come)"])
def test_what_is_expected_too_is_no_mistake(body):
    mine, expected = ({"status": 200, "body": body, "closed": closed} for closed in (True, False))
    assert told(send(b"x"), mine, expected)[3:] == ["", "The connection was closed, and should be open."]


def test_an_attribute_that_the_check_asks_for_is_the_learners_own():
    error = {"type": "AttributeError", "says": "'A' object has no attribute 'feed'", "line": None, "text": ""}
    assert "super" not in " ".join(told(call(".feed"), None, {"value": None}, [error]))


def test_a_step_that_raised_has_no_outcome():
    error = {"type": "KeyError", "says": "'x'", "line": 3, "text": "a['x']"}
    lines = told(send(b"x"), None, {"came": b"", "closed": False}, [error])
    assert "came      nothing: your code raised" in lines
    assert "It raised KeyError: 'x' in line 3: a['x']" in lines


def test_what_a_process_makes_up_is_shown_as_it_is_and_believed_in_nothing():
    mine = {"status": ["\x1b[2J"], "slept": "\x1b", "\x1b[32m": 1, "closed": "no"}
    assert "\x1b" not in " ".join(told(send(b"x"), mine, {"status": 200}))


def test_what_is_long_is_cut():
    assert reading.shown(b"x" * 1000).endswith("... (1003 characters)")
    assert len(reading.shown("x" * 10**6)) < 400


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
