"""The last exercise asks for a channel that answers as Twisted's does: its solution does so, turn by turn."""

import re
import sys
from importlib import util

import pytest
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.web.server import Site

from snippets.lens.wire import Wire
from snippets.practice.shelf import exercise

FOLDER = exercise("mini_channel")
MORE = {
    "a request line that is not complete": b"GET /hello HTTP/1.1\r",
    "a bad request line alone": b"x\r\n",
    "a bad header that may go on": b"GET /hello HTTP/1.1\r\nno colon\r\n",
    "a bad header with a line behind it": b"GET /hello HTTP/1.1\r\nno colon\r\nA: b\r\n",
    "a body that stays away": b"POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\n1234",
    "a name of many letters": b"GET /echo/%41%2fb/c?d HTTP/1.1\r\n\r\n",
    "a HEAD": b"HEAD /hello HTTP/1.1\r\nConnection: close\r\n\r\n",
    "an empty page": b"GET /echo HTTP/1.1\r\n\r\n",
    "a length with zeros in front": b"POST /echo HTTP/1.1\r\ncontent-LENGTH:\t007 \r\n\r\n1234567",
}


def cases():
    """All conversations of the exercise, and some of the test's own: a sentence, and the pieces."""
    for talk in FOLDER.talks(1):
        for _, _, pieces in talk.steps:
            yield pytest.param(pieces, id=f"{talk.teaches} {pieces[0][:60]}")
    for name, data in MORE.items():
        yield pytest.param([data], id=name)


@pytest.fixture(scope="module")
def solution():
    spec = util.spec_from_file_location("mini_channel_solution", FOLDER.path / "solution.py")
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def answers(factory, pieces):
    """What came after each piece, without the two headers that Twisted's site adds, and whether the end was closed."""
    wire = Wire(factory)
    return [(re.sub(rb"(?m)^(Server|Date): .*\r\n", b"", wire.send(piece)), wire.closed) for piece in pieces]


@pytest.mark.parametrize("pieces", list(cases()))
@pytest.mark.parametrize("cut", [False, True], ids=["as it stands", "byte by byte"])
def test_the_solution_answers_as_twisted_does(solution, pieces, cut):
    pieces = [bytes([byte]) for byte in b"".join(pieces)] if cut else pieces
    mine = answers(Factory.forProtocol(solution.MiniChannel), pieces)
    assert mine == answers(Site(solution.ROOT, reactor=Clock()), pieces)


def test_there_are_thirty_conversations_or_more():
    assert len(FOLDER.talks(1)) >= 30


def test_the_channel_has_about_sixty_lines():
    code = FOLDER.solution.partition("class MiniChannel")[2].splitlines()
    assert 40 <= len(code) <= 70
