"""What the notes on sessions say, and no cell shows."""

import os

from twisted.web.resource import Resource

from snippets.lens.wire import Wire


class Visit(Resource):
    """Answers with the name of the visitor's session."""

    isLeaf = True

    def render_GET(self, request):
        return request.getSession().uid


def get(*fields):
    return b"\r\n".join([b"GET / HTTP/1.1", b"Host: lens.example", *fields, b"", b""])


def test_a_session_that_is_asked_for_once_a_request_ends_all_the_same():
    """A visitor who comes every 300 seconds, to a page that asks for the session once, is a new one after 900."""
    wire = Wire(Visit(), timeout=None)
    vars(wire.site)["_entropy"] = os.urandom
    uid = wire.send(get()).rpartition(b"\r\n")[2]
    seen = []
    for _ in range(3):
        wire.advance(300)
        seen.append(wire.send(get(b"Cookie: TWISTED_SESSION=" + uid)).rpartition(b"\r\n")[2])
    assert [name == uid for name in seen] == [True, True, False]
