"""The map of the path is what a recorded request does."""

import pytest
from twisted.web.server import Site

from snippets.http_channel.hello_site import root
from snippets.lens.path import LANES, PATH, WAY_IN, WAY_OUT, lane_of
from snippets.lens.trace import record
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def over_the_wire():
    Wire(root()).send(GET)


def over_a_socket():
    with Turns() as hand:
        client = hand.connect(hand.listen(Site(root(), reactor=hand.reactor)))
        client.sendall(GET)
        hand.until(lambda: any(ready.event == "write" for ready in hand.turn().ready))


@pytest.mark.parametrize("send", [over_the_wire, over_a_socket])
def test_a_recorded_request_goes_the_way_of_the_map(send):
    """A GET goes through the steps of the map in its order, over a Wire and over a socket."""
    with record([step.name for step in PATH]) as trace:
        send()
    began = list(dict.fromkeys(event.name for event in trace.events))
    assert began == [step.name for step in WAY_IN + WAY_OUT]


def test_every_step_has_a_lane_and_lane_of_agrees():
    for step in PATH:
        assert step.lane in LANES
        assert lane_of(step.name) == step.lane


def test_what_is_not_twisteds_runs_in_the_lane_of_the_resource():
    assert lane_of("snippets.http_channel.hello_site:Hello.render_GET") == "resource"
    assert lane_of("twisted.web.http:HTTPChannel.rawDataReceived") == "channel"
    assert lane_of("twisted.web.pages:_UnsafeErrorPageBase.render") == "resource"
