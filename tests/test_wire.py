"""The wire is honest: it gives what a real connection gives, byte by byte and call by call."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from inspect import unwrap
from itertools import pairwise
from linecache import getline
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web import http
from twisted.web.server import Site

from snippets.lens.errors import LensError
from snippets.lens.lines import lines, statement_lines
from snippets.lens.names import locate
from snippets.lens.path import PATH
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire, dated_by
from snippets.workshop.scenarios import SCENARIOS, scenario
from snippets.workshop.scenarios.conversation import Played, Scenario, Send, play
from snippets.workshop.scenarios.demo_site import DemoSite
from snippets.workshop.scenarios.requests import get
from tests.loopback import Loopback, SelectLoopback

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\n\r\n"
TWO_BAD_HEADERS = get(b"/hello", b"no colon", b"none here")
NAMES = [each.name for each in SCENARIOS]

# The reactors themselves differ by design: the wire has no poll and no descriptors.
POINTS = [step.name for step in PATH if step.lane != "reactor"] + [
    "twisted.internet.abstract:FileDescriptor.loseConnection",
    "twisted.internet.abstract:FileDescriptor.pauseProducing",
    "twisted.internet.abstract:FileDescriptor.resumeProducing",
    "twisted.internet.tcp:Connection.connectionLost",
    "twisted.web.http:HTTPChannel.connectionMade",
    "twisted.web.http:HTTPChannel.connectionLost",
    "twisted.web.http:HTTPChannel.rawDataReceived",
    "twisted.web.http:HTTPChannel.requestDone",
    "twisted.web.http:HTTPChannel.timeoutConnection",
    "twisted.web.http:HTTPChannel.forceAbortClient",
    "twisted.web.http:HTTPChannel.pauseProducing",
    "twisted.web.http:HTTPChannel.resumeProducing",
    "twisted.web.http:HTTPChannel._respondToBadRequestAndDisconnect",
    "twisted.web.http:Request.connectionLost",
]
WATCHED = {
    "twisted.web.http:HTTPChannel": (
        "__first_line",
        "__header",
        "_receivedHeaderCount",
        "_receivedHeaderSize",
        "length",
        "persistent",
        "line_mode",
        "requests",
        "_handlingRequest",
        "_waitingForTransport",
        "_dataBuffer",
        "transport.disconnecting",
    )
}


class Account(NamedTuple):
    """All that is compared of one conversation."""

    played: Played
    ending: str
    reasons: list[str]
    calls: list[tuple]


def calls_of(trace: Trace) -> list[tuple]:
    """What is compared of a trace: all but where a call came from, which may be the lens."""
    return [
        (event.depth, event.name, event.args, event.result, event.raised, event.before, event.after)
        for event in trace.events
    ]


def http_calls(account: Account) -> list[tuple]:
    """The calls above the transport, without how deep they are in calls of the transport."""
    return [call[1:] for call in account.calls if not call[1].startswith("twisted.internet.")]


@contextmanager
def reasons_noted() -> Iterator[list[str]]:
    """The reasons given to `HTTPChannel.connectionLost` while the block runs."""
    reasons: list[str] = []
    original = http.HTTPChannel.connectionLost

    def noting(self: http.HTTPChannel, reason: object) -> None:
        reasons.append(f"{reason.type.__name__}: {reason.value}")
        original(self, reason)

    http.HTTPChannel.connectionLost = noting
    try:
        yield reasons
    finally:
        http.HTTPChannel.connectionLost = original


def ending_of(wire: Wire) -> str:
    """How the connection ended, as a client would see it."""
    if wire.socket.peer_closed:
        return "the client closed"
    if wire.socket.peer_reset:
        return "the client reset"
    if not wire.closed:
        return "open"
    lingers = (socket.SOL_SOCKET, socket.SO_LINGER) in wire.socket.options
    return "the server reset" if lingers else "the server closed"


def on_the_wire(scenario: Scenario) -> Account:
    wires: list[Wire] = []

    def connect(*args: object, **options: object) -> Wire:
        wires.append(Wire(*args, **options))
        return wires[-1]

    with reasons_noted() as reasons, record(POINTS, WATCHED) as trace:
        played = play(scenario, connect)
    return Account(played, ending_of(wires[0]), reasons, calls_of(trace))


def through_the_kernel(scenario: Scenario, kind: type[Loopback]) -> Account:
    with ExitStack() as stack:
        connections: list[Loopback] = []

        def connect(*args: object, **options: object) -> Loopback:
            connections.append(stack.enter_context(kind(*args, **options)))
            return connections[-1]

        with reasons_noted() as reasons, record(POINTS, WATCHED) as trace:
            played = play(scenario, connect)
        # What happens when the test closes the connection is no part of the scenario.
        return Account(played, connections[0].ending, list(reasons), calls_of(trace))


@pytest.mark.parametrize("kind", [Loopback, SelectLoopback])
@pytest.mark.parametrize("name", NAMES)
def test_the_wire_gives_what_a_real_connection_gives(name: str, kind: type[Loopback]) -> None:
    real = through_the_kernel(scenario(name), kind)
    wired = on_the_wire(scenario(name))
    assert wired.played == real.played
    assert wired.ending == real.ending
    assert wired.reasons == real.reasons
    if kind.reactor_class is SelectReactor:
        # Where epoll reports a hang-up, select has the transport try to write and fail.
        assert http_calls(wired) == http_calls(real)
    else:
        assert wired.calls == real.calls


# What decides whether a request is taken or refused, and what ends a connection.
JUDGES = (
    "twisted.web.http:_parseRequestLine",
    "twisted.web.http:HTTPChannel.lineReceived",
    "twisted.web.http:HTTPChannel.headerReceived",
    "twisted.web.http:HTTPChannel._maybeChooseTransferDecoder",
    "twisted.web.http:HTTPChannel._failChooseTransferDecoder",
    "twisted.web.http:HTTPChannel.allHeadersReceived",
    "twisted.web.http:HTTPChannel.allContentReceived",
    "twisted.web.http:HTTPChannel.checkPersistence",
    "twisted.web.http:HTTPChannel.rawDataReceived",
    "twisted.web.http:HTTPChannel.timeoutConnection",
    "twisted.web.http:HTTPChannel.forceAbortClient",
    "twisted.web.http:HTTPChannel.connectionLost",
    "twisted.web.http:HTTPChannel.pauseProducing",
    "twisted.web.http:HTTPChannel.resumeProducing",
    "twisted.web.http:_ChunkedTransferDecoder._dataReceived_CHUNK_LENGTH",
    "twisted.web.http:_ChunkedTransferDecoder._dataReceived_CRLF",
    "twisted.web.http:_ChunkedTransferDecoder._dataReceived_TRAILER",
    "twisted.web.http:_ChunkedTransferDecoder._dataReceived_BODY",
    "twisted.web.http:Request.requestReceived",
    "twisted.protocols.basic:LineReceiver.lineLengthExceeded",
)
UNREACHABLE = {
    # A connection that is not persistent stays in raw mode after its last request: it parses no further line.
    ("HTTPChannel.lineReceived", "self.dataReceived = self.lineReceived = lambda *args: None"),
    ("HTTPChannel.lineReceived", "return"),
    # For request factories of another kind than the one that Site has.
    ("HTTPChannel.lineReceived", "request = self.requestFactory(self)"),
}


def test_the_scenarios_reach_every_line_that_judges_a_request() -> None:
    with lines(JUDGES) as run:
        for each in SCENARIOS:
            play(each, Wire)
    missed = {
        (name.partition(":")[2], getline(code.co_filename, line).strip())
        for name in JUDGES
        for code in [unwrap(locate(name).raw).__code__]
        for line in {number for _, _, number in code.co_lines() if number} & set(statement_lines(code).values())
        if line not in run.of(name) and line != code.co_firstlineno
    }
    assert missed == UNREACHABLE


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("refused-")])
def test_what_is_refused_is_answered_with_400_and_a_close(name: str) -> None:
    played = play(scenario(name), Wire)
    assert played.response.count(BAD_REQUEST) == 1
    assert played.response.endswith(BAD_REQUEST)
    assert played.closed


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("dropped-")])
def test_what_is_dropped_is_not_answered(name: str) -> None:
    played = play(scenario(name), Wire)
    assert played.response == b""
    assert played.closed


def test_no_two_scenarios_are_the_same() -> None:
    assert len(set(NAMES)) == len(SCENARIOS)
    assert len({(each.steps, str(each.site_options)) for each in SCENARIOS}) == len(SCENARIOS)


def test_an_unknown_scenario_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(LensError, match=r"no scenario called gte; there are get, get-bytewise, "):
        scenario("gte")


def test_a_scenario_plays_the_same_twice() -> None:
    for each in SCENARIOS:
        assert play(each, Wire) == play(each, Wire)


@st.composite
def recut(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """The scenario, with what the client sends cut at other places."""

    def cut(step: object) -> object:
        if not isinstance(step, Send):
            return step
        places = draw(st.sets(st.integers(1, max(1, len(step.data) - 1)), max_size=12))
        edges = [0, *sorted(places), len(step.data)]
        return Send(step.data, tuple(end - start for start, end in pairwise(edges)))

    return scenario._replace(steps=tuple(map(cut, scenario.steps)))


SENT = [each.name for each in SCENARIOS if any(isinstance(step, Send) for step in each.steps)]
# Trailers of this size are refused if the last line end is cut, and taken otherwise.
CUT_MATTERS = {"trailers-65536-bytes", "refused-trailers-65536-bytes"}


@settings(max_examples=15)
@given(data=st.data())
@pytest.mark.parametrize("name", [name for name in SENT if name not in CUT_MATTERS])
def test_the_response_does_not_depend_on_where_the_bytes_are_cut(name: str, data: st.DataObject) -> None:
    original = scenario(name)
    other = data.draw(recut(original))
    assert play(other, Wire) == play(original, Wire)


def test_the_cut_in_the_last_line_end_is_where_the_bytes_do_depend_on_it() -> None:
    whole, cut = scenario("trailers-65536-bytes"), scenario("refused-trailers-65536-bytes")
    assert whole.steps[0].data == cut.steps[0].data
    assert play(whole, Wire).response.startswith(b"HTTP/1.1 200 OK")
    assert play(cut, Wire).response == BAD_REQUEST


def through_a_string_transport(*received: bytes) -> bytes:
    """What a `StringTransport` has been given to send, when `received` came in these pieces."""
    clock, transport = Clock(), StringTransport()
    protocol = Site(DemoSite(), reactor=clock).buildProtocol(None)
    protocol.makeConnection(transport)
    for piece in received:
        with dated_by(clock):
            protocol.dataReceived(piece)
    return transport.value()


def test_a_string_transport_goes_on_reading_where_a_connection_has_stopped() -> None:
    # This is why the wire is not built on it.
    cut = TWO_BAD_HEADERS.index(b"none here")
    pieces = TWO_BAD_HEADERS[: cut + 11], TWO_BAD_HEADERS[cut + 11 :]
    assert Wire(DemoSite()).send(TWO_BAD_HEADERS) == BAD_REQUEST
    assert through_a_string_transport(TWO_BAD_HEADERS) == BAD_REQUEST
    assert Wire(DemoSite()).send(TWO_BAD_HEADERS, (len(pieces[0]),)) == BAD_REQUEST
    with pytest.raises(RuntimeError, match="Cannot unregister a producer unless one is registered"):
        through_a_string_transport(*pieces)


@pytest.mark.parametrize("kind", [Wire, Loopback, SelectLoopback])
def test_a_client_that_does_not_read_is_read_from_all_the_same(kind: type[Wire]) -> None:
    with ExitStack() as stack:
        connection = kind(DemoSite())
        if kind is not Wire:
            stack.enter_context(connection)
        connection.reading = False
        for _ in range(5):
            connection.send(get(b"/big"))
        # Twisted has paused its producer, but the producer answers each request at once all the same.
        assert connection.transport.producerPaused
        assert connection.transport._tempDataLen + len(connection.transport.dataBuffer) > 5 * 400_000
        connection.reading = True
        assert connection.receive().count(b"HTTP/1.1 200 OK") == 5
