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


def test_an_error_page_of_ones_own_is_none_of_those():
    talk, _ = played(["request.setResponseCode(500)", "return b'Value: <pre>x</pre>'"], get("/"))
    assert talk["errors"] == []


GIVES_WAY = ["request.notifyFinish().addErrback(lambda: None)", "return NOT_DONE_YET"]  # the errback takes no failure


def test_what_was_logged_stands_before_what_ended_the_conversation():
    talk, _ = played(["self.reactor.callLater(1, request.finish)", *GIVES_WAY], get("/"), leave(), wait(1))
    assert len(talk["outcomes"]) == 2, "the last step raised"
    assert [error["type"] for error in talk["errors"]] == ["TypeError", "RuntimeError"]


@pytest.mark.filterwarnings("always")
def test_a_warning_is_told_without_a_path_of_a_package():
    _, printed = played(["request.finish()", "request.finish()", "return NOT_DONE_YET"], get("/"))
    assert printed == "UserWarning: Warning! request.finish called twice.\n"


def test_a_warning_about_the_learners_own_line_has_its_number():
    _, printed = played(["import warnings", "warnings.warn('look')", "return b''"], get("/"))
    assert printed == "UserWarning: look in line 13\n"
