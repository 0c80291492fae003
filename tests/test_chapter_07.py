"""What chapter 07 says in words and leaves to a test."""

import gc
import inspect
import socket

import pytest
from twisted.internet.task import Clock
from twisted.web import _http2
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site
from twisted.web.static import File

from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire

GET = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


class Now(Resource):
    isLeaf = True

    def render(self, request):
        return b"hello"


class Later(Resource):
    isLeaf = True

    def __init__(self):
        super().__init__()
        self.requests = []

    def render(self, request):
        self.requests.append(request)
        return NOT_DONE_YET


def finish(wire: Wire, request) -> bytes:
    wire.reactor.callLater(0, request.finish)
    return wire.receive()


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_when_the_client_goes_at_most_one_request_is_at_work(answered):
    """Of three pipelined requests, with none, one or two answered, one is at work when the client goes, and is told."""
    page = Later()
    wire = Wire(page)
    wire.send(GET * 3)
    for number in range(answered):
        finish(wire, page.requests[number])
    wire.disconnect()
    assert len(page.requests) == answered + 1
    assert [request._disconnected for request in page.requests] == [False] * answered + [True]


@pytest.mark.parametrize("turns_between", [0, 2])
@pytest.mark.parametrize("page", [Now, Later])
def test_a_client_that_half_closes_gets_what_was_sent_by_then(page, turns_between):
    """A client that half-closes gets a page that was sent by then, and nothing of one that was not."""
    resource = page()
    with Turns() as hand:
        client = hand.connect(hand.listen(Site(resource, reactor=Clock())))
        hand.turn()
        client.sendall(GET)
        for _ in range(turns_between if page is Now else 0):
            hand.turn()
        client.shutdown(socket.SHUT_WR)
        hand.until(lambda: hand.readers == ["Port#1"] and not hand.writers)
        got = client.recv(9999)
    if page is Now:
        assert got.endswith(b"hello") is (turns_between == 2)
    else:
        assert got == b""
        with pytest.raises(RuntimeError, match="after its connection was lost"):
            resource.requests[0].finish()


def test_a_site_with_a_channel_of_its_own_still_offers_http2():
    """A site whose protocol is HTTPChannel builds one, and its acceptableProtocols still has h2."""
    site = Site(Now(), reactor=Clock())
    site.protocol = HTTPChannel
    assert type(site.buildProtocol(None)) is HTTPChannel
    assert b"h2" in site.acceptableProtocols()


def test_there_is_no_limit_for_the_requests_of_a_connection():
    """One connection answers 2000 requests, and stays open."""
    wire = Wire(Now())
    assert wire.send(GET * 2000).count(b"200 OK") == 2000
    assert not wire.closed


def test_a_request_that_was_kept_is_not_known_to_the_channel():
    """Of three pipelined requests whose page waits, the channel's list has the one at work; the others are bytes."""
    page = Later()
    wire = Wire(page)
    wire.send(GET * 3)
    assert wire.channel.requests == page.requests
    assert b"".join(wire.channel._dataBuffer) == GET * 2


def test_bytes_that_come_one_by_one_are_kept_as_well():
    page = Later()
    wire = Wire(page)
    wire.send(GET)
    wire.send(GET, size=1)
    assert len(wire.channel._dataBuffer) == len(GET)
    finish(wire, page.requests[0])
    assert len(page.requests) == 2


@pytest.mark.parametrize(("size", "reading"), [(16384, True), (16385, False)])
def test_where_the_reading_stops(size, reading):
    page = Later()
    wire = Wire(page)
    wire.send(GET)
    wire.send(b"x" * size)
    assert (wire.transport in wire.reactor.getReaders()) is reading


def test_while_the_reading_is_paused_the_end_is_not_told():
    """A page with 16384 bytes behind its request is told that the client has gone, and one with 16385 is not."""
    for size, told in [(16384, ["told"]), (16385, [])]:
        page, heard = Later(), []
        wire = Wire(page)
        wire.send(GET)
        page.requests[0].notifyFinish().addErrback(lambda _, heard=heard: heard.append("told"))
        wire.send(b"x" * size)
        wire.disconnect()
        assert heard == told


def test_a_page_hears_that_it_is_finished_after_the_next_request_was_begun():
    page, heard = Later(), []
    wire = Wire(page)
    wire.send(GET * 2)
    page.requests[0].notifyFinish().addCallback(lambda _: heard.append(len(page.requests)))
    finish(wire, page.requests[0])
    assert heard == [2]


def slowly_read(tmp_path, size: int, portion: int) -> Wire:
    """A wire to a site with a /file of `size` bytes; each time that it is `reading`, it takes `portion` bytes."""
    (tmp_path / "file").write_bytes(b"x" * size)
    wire = Wire(File(str(tmp_path)))
    take_all = wire.socket.send

    def take_some(data):
        sent = take_all(data[:portion])
        wire.reading = False
        return sent

    wire.socket.send = take_some
    return wire


GET_FILE = b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_file_that_is_read_slowly_is_sent_whole(tmp_path):
    """A file of 2000000 bytes is sent whole to a client that reads 50000 every 5 seconds."""
    wire = slowly_read(tmp_path, 2_000_000, portion=50_000)
    got = wire.send(GET_FILE)
    for _ in range(45):
        wire.reading = True
        got += wire.advance(5)
    assert len(got.partition(b"\r\n\r\n")[2]) == 2_000_000
    assert not wire.closed


def test_a_channel_can_put_a_time_to_the_closing():
    """A channel that calls setTimeout in requestDone aborts a client that sent close and reads nothing."""

    class Bounded(HTTPChannel):
        def requestDone(self, request):
            super().requestDone(request)
            if not self.persistent:
                self.setTimeout(60)

    site = Site(Now(), reactor=Clock())
    site.protocol = Bounded
    wire = Wire(site)
    wire.reading = False
    wire.send(GET[:-2] + b"Connection: close\r\n\r\n")
    for step, closed in [(60, False), (14, False), (1, True)]:
        site.reactor.advance(step)
        wire.receive()
        assert wire.closed is closed


def test_a_page_that_answers_at_once_is_finished_before_the_next_begins():
    """Of two pipelined pages that answer at once, the second begins when the requestDone of the first has returned."""
    names = ["HTTPChannel.dataReceived", "http.Request.requestReceived", "HTTPChannel.requestDone"]
    with record(names) as trace:
        Wire(Now()).send(GET * 2)
    assert [(event.method, event.depth) for event in trace.events] == [
        ("dataReceived", 0),
        ("requestReceived", 1),
        ("requestDone", 2),
        ("requestReceived", 1),
        ("requestDone", 2),
    ]


def test_all_that_was_pipelined_may_be_done_and_no_answer_read():
    """Three pipelined requests are finished before their client has read an answer, and then it goes away."""
    wire = Wire(Now())
    wire.reading = False
    with record(["HTTPChannel.requestDone"]) as answered:
        wire.send(GET * 3)
    wire.disconnect()
    assert len(answered) == 3
    assert not wire.socket.outbox


def test_a_file_is_finished_with_up_to_65536_bytes_of_it_unsent(tmp_path):
    """A file is finished with 65536 bytes unsent; a client that reads 1000 of them every 5 seconds is cut off."""
    wire = slowly_read(tmp_path, 131_072, portion=1000)
    got = wire.send(GET_FILE)
    with record(["HTTPChannel.requestDone"]) as finished:
        while not finished.events:
            wire.reading = True
            got += wire.advance(5)
        assert len(wire.transport.dataBuffer) + wire.transport._tempDataLen == 65_536
        for _ in range(15):
            wire.reading = True
            got += wire.advance(5)
    assert wire.closed
    assert len(got) < 131_072


def test_a_page_can_end_its_connection():
    """A page that sets persistent of its channel to False ends an HTTP/1.1 connection behind its whole answer.

    The docstring of HTTPChannel doesn't name the attribute, and the code for HTTP/2 doesn't know it.
    """

    class Ends(Resource):
        isLeaf = True

        def render(self, request):
            request.channel.persistent = False
            request.setHeader(b"Connection", b"close")
            return b"hello"

    wire = Wire(Ends())
    answer = wire.send(GET * 2)
    assert answer.endswith(b"\r\n\r\nhello")
    assert answer.count(b"\r\nConnection: close\r\n") == 1
    assert wire.closed
    assert "@ivar persistent" not in HTTPChannel.__doc__
    assert "persistent" not in inspect.getsource(_http2)


class TestNotes:
    """What the notes on the source say."""

    def test_a_resource_that_takes_the_header_away_does_not_keep_the_connection(self):
        class Silent(Resource):
            isLeaf = True

            def render(self, request):
                request.responseHeaders.removeHeader(b"Connection")
                return b"hello"

        wire = Wire(Silent())
        assert b"Connection" not in wire.send(GET[:-2] + b"Connection: close\r\n\r\n")
        assert wire.closed

    def test_a_resource_that_sets_the_header_does_not_close_the_connection(self):
        class Closing(Resource):
            isLeaf = True

            def render(self, request):
                request.setHeader(b"Connection", b"close")
                return b"hello"

        wire = Wire(Closing())
        assert wire.send(GET * 2).count(b"Connection: close") == 2
        assert not wire.closed

    def test_a_timeout_is_in_twisteds_log_and_not_in_the_access_log(self, tmp_path):
        log = tmp_path / "access.log"
        wire = Wire(Now(), logPath=str(log))
        wire.send(GET[:-2])
        with record(["twisted.logger:Logger.info"]) as said:
            assert wire.advance(60) == b""
        assert [event.args[1] for event in said.events] == ["Timing out client: {peer}"]
        assert log.read_text() == ""

    def test_no_byte_brings_back_a_connection_that_has_timed_out(self):
        wire = Wire(Now())
        wire.reading = False
        wire.send(GET)
        wire.advance(60)
        wire.channel.dataReceived(b"")
        wire.advance(15)
        assert wire.closed

    @pytest.mark.parametrize("seconds", [0, 60, 70])
    def test_no_timer_is_left_when_the_connection_is_lost(self, seconds):
        wire = Wire(Now())
        wire.reading = False
        wire.send(GET)
        wire.advance(seconds)
        wire.disconnect()
        assert wire.closed
        assert [call.func.__name__ for call in wire.reactor.getDelayedCalls()] == ["_updateLogDateTime"]

    def test_without_an_abort_timeout_closing_has_no_end(self, monkeypatch):
        monkeypatch.setattr(HTTPChannel, "abortTimeout", None)
        wire = Wire(Now())
        wire.reading = False
        wire.send(GET)
        wire.advance(60)
        assert wire.transport.disconnecting
        wire.advance(10_000)
        assert not wire.closed

    def test_whoever_asks_after_the_end_is_never_told(self):
        """A notifyFinish that is called after the response does not fire, even when the connection is lost."""
        page = Later()
        wire = Wire(page)
        wire.send(GET)
        finish(wire, page.requests[0])
        wire.disconnect()
        assert not page.requests[0].notifyFinish().called

    def test_an_end_that_nobody_catches_is_logged(self):
        page = Later()
        wire = Wire(page)
        wire.send(GET)
        page.requests[0].notifyFinish()
        with logged() as failures:
            wire.disconnect()
            gc.collect()
        assert [failure.type.__name__ for failure in failures] == ["ConnectionDone"]

    def test_the_body_can_not_be_read_after_the_end(self):
        page = Later()
        wire = Wire(page)
        wire.send(GET)
        wire.disconnect()
        (request,) = page.requests
        assert request.content.closed
        assert request.getHeader("Host") == "a"

    def test_the_transport_asks_at_each_further_write(self):
        page = Later()
        wire = Wire(page)
        wire.reading = False
        wire.send(GET)
        with record(["HTTPChannel.pauseProducing"]) as trace:
            for _ in range(3):
                page.requests[0].write(b"x" * 70_000)
        assert len(trace) >= 3

    def test_a_refusal_or_a_100_is_what_a_channel_writes_by_itself(self):
        page = Later()
        wire = Wire(page)
        wire.reading = False
        with record(["HTTPChannel.pauseProducing"], watch={"HTTPChannel": ["_handlingRequest"]}) as trace:
            wire.send(GET)
            page.requests[0].write(b"x" * 70_000)
            wire.reactor.callLater(0, page.requests[0].finish)
            wire.reactor.settle()
            wire.send(b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            assert wire.transport not in wire.reactor.getReaders()
        assert trace.events[-1].before == (False,)


@pytest.mark.parametrize(("field", "seconds"), [(b"", 60), (b"Connection: close\r\n", None)])
def test_after_close_no_timer_runs(field, seconds):
    """A client that sent close and reads nothing is still connected after 10000 seconds; without close it is not."""
    with record(["TimeoutMixin.setTimeout"]) as trace:
        wire = Wire(Now())
        wire.reading = False
        wire.send(GET.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n"))
    assert trace.events[-1].args[1] == seconds
    assert not wire.closed
    for step in [60, 15, 10_000]:
        wire.advance(step)
    assert wire.closed is (seconds is not None)


@pytest.mark.parametrize("ending", [(b"1.1", b"1.0"), (b"a\r\n", b"a\r\nConnection: close\r\n")])
def test_behind_the_last_request_no_line_is_parsed(ending):
    """Behind an HTTP/1.0 request, or one with Connection: close, no line is parsed, before its answer or after."""
    page = Later()
    wire = Wire(page)
    with record(["HTTPChannel.lineReceived"]) as trace:
        wire.send(GET.replace(*ending) + GET)
        finish(wire, page.requests[0])
        wire.channel.dataReceived(GET)
    assert wire.closed
    assert [event.args[1] for event in trace.events] == GET.replace(*ending)[:-2].split(b"\r\n")
