"""What a learner's page did wrong is kept in the order in which it was, with what it returned in the place of bytes."""

import pytest

from snippets.practice import ways
from snippets.practice.talk import get, leave, wait

PAGE = """
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

class Page(Resource):
    isLeaf = True
    def __init__(self, reactor):
        super().__init__()
        self.reactor = reactor
    def render_GET(self, request):
"""


def played(lines, *steps):
    source = PAGE + "\n".join(f"        {line}" for line in lines)
    told = ways.play(source, "page.py", "site", "Page", [list(map(list, steps))])
    return told["talks"][0], told["printed"]


@pytest.mark.parametrize(
    ("line", "returned"),
    [
        ("pass", "None"),
        ("return '<b>'", "'<b>'"),
        ("return Deferred()", "<Deferred at 0x...>"),
        ("return 'x' * 10_000", "'" + "x" * 499),
    ],
)
def test_what_a_page_returned_in_the_place_of_bytes_is_kept(line, returned):
    talk, _ = played([line], get("/"))
    assert talk["outcomes"] == [{"status": 500, "closed": False}]
    (error,) = talk["errors"]
    assert error["type"] == ""
    assert error["says"].startswith(returned)


def test_a_page_that_looks_like_the_error_page_is_a_page():
    talk, _ = played(["return b'Request did not return bytes. Value: <pre>x</pre>'"], get("/"))
    assert talk["outcomes"][0]["status"] == 200
    assert talk["errors"] == []


GIVES_WAY = ["request.notifyFinish().addErrback(lambda: None)", "return NOT_DONE_YET"]  # the errback takes no failure


def test_what_was_logged_stands_before_what_ended_the_conversation():
    talk, _ = played(["self.reactor.callLater(1, request.finish)", *GIVES_WAY], get("/"), leave(), wait(1))
    assert len(talk["outcomes"]) == 2, "the last step raised"
    assert [error["type"] for error in talk["errors"]] == ["TypeError", "RuntimeError"]


def test_what_was_logged_in_the_step_that_raised_comes_first_too():
    lines = ["from twisted.python import log", "self.reactor.callLater(1, log.err, KeyError('first'))"]
    talk, _ = played([*lines, "self.reactor.callLater(1, {}.popitem)", "return NOT_DONE_YET"], get("/"), wait(1))
    assert [error["says"] for error in talk["errors"]] == ["'first'", "'popitem(): dictionary is empty'"]


def test_a_failure_that_nobody_asks_about_is_heard_at_the_end():
    lines = ["from twisted.internet.defer import fail", "lost = fail(KeyError('lost'))", "lost.kept = lost"]
    talk, _ = played([*lines, "return b''"], get("/"))
    assert [error["says"] for error in talk["errors"]] == ["'lost'"]


@pytest.mark.filterwarnings("always")
def test_a_warning_is_told_without_a_path_of_a_package():
    _, printed = played(["request.finish()", "request.finish()", "return NOT_DONE_YET"], get("/"))
    assert printed == "UserWarning: Warning! request.finish called twice.\n"


def test_a_warning_about_the_learners_own_line_has_its_number():
    _, printed = played(["import warnings", "warnings.warn('look')", "return b''"], get("/"))
    assert printed == "UserWarning: look in line 13\n"
