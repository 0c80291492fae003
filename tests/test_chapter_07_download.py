"""What chapter 07 says of a download that is read slowly."""

import pytest
from twisted.web.resource import Resource

from snippets.lens.wire import Wire


class Big(Resource):
    isLeaf = True

    def render(self, request):
        return b"x" * 4_000_000


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def portions(wire, pause, enough):
    """Send a GET, read a portion every so many seconds, and say how many bytes came until it was enough, or the end."""
    got = 0
    wire.reading = False
    wire.send(GET)
    while not wire.closed and got < enough:
        wire.reading = True
        wire.transport.doWrite()
        wire.reading = False
        got += len(wire.receive())
        wire.advance(pause)
    return got


@pytest.mark.parametrize(("pause", "whole"), [(2, True), (2.4, True), (2.5, False), (4, False)])
def test_a_download_is_whole_if_its_pauses_are_over_in_time(pause, whole):
    """With pauses of 2 or 2.4 seconds the 31 portions arrive, with pauses of 2.5 or 4 seconds they don't."""
    assert (portions(Wire(Big()), pause, 4_000_000) >= 4_000_000) is whole


@pytest.mark.parametrize(
    ("timeout", "abort", "whole", "idle"), [(60, 15, False, 60), (60, 300, True, 60), (300, 15, True, 300)]
)
def test_a_longer_abort_timeout_lets_a_download_end(timeout, abort, whole, idle):
    """With an abortTimeout of 300 a download of 150 seconds is whole, its connection ends, and idle clients go at 60.

    A client that reads nothing stays for 360 seconds. With a timeout of 300 the download is whole as well, an idle
    client stays for 300 seconds, and one that reads nothing for 315.
    """
    wire = Wire(Big(), timeout=timeout)
    wire.channel.abortTimeout = abort
    got = portions(wire, 5, 3_900_000)
    assert wire.closed is not whole
    wire.reading = True
    got += len(wire.receive())  # the last portion
    assert (got >= 4_000_000) is whole
    assert wire.closed is (timeout == 60)

    silent = Wire(Big(), timeout=timeout)
    silent.channel.abortTimeout = abort
    silent.send(GET)
    silent.advance(idle - 1)
    assert not silent.closed
    silent.advance(1)
    assert silent.closed

    unread = Wire(Big(), timeout=timeout)
    unread.channel.abortTimeout = abort
    unread.reading = False
    unread.send(GET)
    unread.advance(timeout)
    unread.advance(abort - 1)
    assert not unread.closed
    unread.advance(1)
    assert unread.closed
