"""What chapter 07 says of a download that is read slowly."""

import pytest
from twisted.web.resource import Resource

from snippets.lens.wire import Wire


class Big(Resource):
    isLeaf = True

    def render(self, request):
        return b"x" * 4_000_000


@pytest.mark.parametrize(("pause", "whole"), [(2, True), (2.4, True), (2.5, False), (4, False)])
def test_a_download_is_whole_if_its_pauses_are_over_in_time(pause, whole):
    """With pauses of 2 or 2.4 seconds the 31 portions arrive, with pauses of 2.5 or 4 seconds they don't."""
    wire, got = Wire(Big()), 0
    wire.reading = False
    wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    while not wire.closed and got < 4_000_000:
        wire.reading = True
        wire.transport.doWrite()
        wire.reading = False
        got += len(wire.receive())
        wire.advance(pause)
    assert (got >= 4_000_000) is whole
