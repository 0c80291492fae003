"""What chapter 04 says in words and leaves to a test."""

import io
from unittest.mock import patch

import h2.connection
import pytest
from h2.config import H2Configuration
from h2.events import ConnectionTerminated, ResponseReceived, StreamEnded
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.web import http
from twisted.web.iweb import INonQueuedRequestFactory
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from zope.interface import provider

from snippets.lens.logged import logged as nothing_let_out
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.site_factory.alpn_client import TlsClient
from snippets.site_factory.hello_tls import root
from snippets.workshop.scenarios.tls_client import pem, server_options

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HEADERS = [(":method", "GET"), (":path", "/hello"), (":scheme", "https"), (":authority", "127.0.0.1")]


class Slow(Resource):
    """Answers when it is told to."""

    isLeaf = True

    def render_GET(self, request):
        self.request = request
        return NOT_DONE_YET


class Http2:
    """A client over a wire on which HTTP/2 has been agreed on; `events` holds what it has understood."""

    def __init__(self, resource, **site_options):
        self.wire = Wire(resource, **site_options)
        self.wire.transport.negotiatedProtocol = b"h2"
        self.connection = h2.connection.H2Connection(H2Configuration(client_side=True, header_encoding="ascii"))
        self.connection.initiate_connection()
        self.events = []

    def send(self):
        with patch("twisted.internet.reactor", self.wire.reactor, create=True):
            self.events += self.connection.receive_data(self.wire.send(self.connection.data_to_send()))

    def get(self):
        self.connection.send_headers(self.connection.get_next_available_stream_id(), HEADERS, end_stream=True)
        self.send()

    def advance(self, seconds):
        self.events += self.connection.receive_data(self.wire.advance(seconds))

    def kinds(self):
        return [type(event) for event in self.events]


@pytest.fixture
def logged():
    """What goes to Twisted's log while the test runs: failures and access log, and nothing of it to standard error."""
    events = []
    with nothing_let_out():
        globalLogPublisher.addObserver(events.append)
        yield events


def logged_failures(events):
    """The exceptions among what was logged."""
    return [event["failure"].value for event in events if "failure" in event]


class TestCheckYourself:
    def test_http2_over_plain_tcp_is_refused(self):
        """The first bytes of HTTP/2 over plain TCP are read as a request line, and answered with 400."""
        wire = Wire(root())
        with record(["_parseRequestLine"]) as trace:
            response = wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        assert response == b"HTTP/1.1 400 Bad Request\r\n\r\n"
        assert trace.events[0].args == (b"PRI * HTTP/2.0",)
        assert trace.events[0].raised.kind == "ValueError"
        assert isinstance(wire.channel, http.HTTPChannel)

    def test_a_log_file_set_too_early_is_replaced(self, logged):
        """A logFile that is set before the site starts gets no line, and one that is set afterwards gets its line."""
        site = Site(root(), reactor=Clock())
        early = site.logFile = io.StringIO()
        Wire(site).send(GET)
        assert ['"GET /hello HTTP/1.1" 200' in str(event.get("message", event)) for event in logged] == [True]
        late = site.logFile = io.StringIO()
        Wire(site).send(GET)
        assert (early.getvalue(), late.getvalue().count('"GET /hello HTTP/1.1" 200')) == ("", 1)

    def test_a_site_closes_the_log_file_it_was_given(self):
        """A site that stops closes the logFile that was set on it."""
        wire = Wire(root())
        wire.site.logFile = mine = io.StringIO()
        wire.site.doStop()
        assert mine.closed

    def test_a_request_factory_in_a_class_body_is_a_method(self, logged):
        """A function in a class body gets the site, the channel and a number, a staticmethod the last two."""
        got = []

        def make_request(*args):
            got.append(args)
            return Request(*args[-2:])

        class Bound(Site):
            requestFactory = make_request

        class Unbound(Site):
            requestFactory = staticmethod(make_request)

        for cls in (Bound, Unbound):
            Wire(cls(root(), reactor=Clock())).send(GET)
        names = [" ".join(type(arg).__name__ for arg in args) for args in got]
        assert names == ["Bound HTTPChannel int", "HTTPChannel int"]


class TestText:
    @pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
    def test_a_request_factory_that_raises_closes_the_connection(self, protocol, logged):
        """A request factory that raises gets its client no answer and a close, and its exception is logged."""
        if protocol == "h2":
            client = Http2(root(), requestFactory=lambda channel: Request(channel))
            client.get()
            wire = client.wire
            assert ResponseReceived not in client.kinds()
        else:
            wire = Wire(root(), requestFactory=lambda channel: Request(channel))
            assert wire.send(GET) == b""
        assert wire.closed
        assert [type(error) for error in logged_failures(logged)] == [TypeError]

    def test_a_subclass_of_request_that_hands_on_what_it_gets_serves_both(self):
        """A subclass of Request that hands on what it gets is made by an HTTPChannel and by an H2Stream."""

        class Mine(Request):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                made.append(type(self.channel).__name__)

        made = []
        Wire(root(), requestFactory=Mine).send(GET)
        Http2(root(), requestFactory=Mine).get()
        assert made == ["HTTPChannel", "H2Stream"]

    def test_the_interface_for_the_channel_alone_helps_over_http1_only(self, logged):
        """A factory that declares the interface answers over HTTP/1.1; over HTTP/2 it is still called with queued."""

        @provider(INonQueuedRequestFactory)
        def make_request(channel):
            return Request(channel)

        assert Wire(root(), requestFactory=make_request).send(GET).startswith(b"HTTP/1.1 200 OK")
        assert logged_failures(logged) == []
        client = Http2(root(), requestFactory=make_request)
        client.get()
        assert client.wire.closed
        assert "unexpected keyword argument 'queued'" in str(logged_failures(logged)[0])

    def test_the_older_context_factory_agrees_on_no_protocol(self, tmp_path):
        """A client that offers h2 to a site under DefaultOpenSSLContextFactory agrees on nothing, and gets HTTP/1.1."""
        from twisted.internet.ssl import DefaultOpenSSLContextFactory

        both = tmp_path / "both.pem"
        both.write_bytes(pem())
        agreed = {}
        for context in (DefaultOpenSSLContextFactory(str(both), str(both)), server_options()):
            site = Site(Slow(), reactor=Clock())
            wire = Wire(TLSMemoryBIOFactory(context, False, site, site.reactor))
            client = TlsClient(["h2", "http/1.1"])
            message = client.handshake()
            while not client.done:
                message = client.handshake(wire.send(message))
            wire.send(message)
            agreed[type(context).__name__] = client.tls.selected_alpn_protocol()
            if isinstance(context, DefaultOpenSSLContextFactory):
                wire.send(client.encrypt(GET))
                assert site.resource.request.clientproto == b"HTTP/1.1"
        assert agreed == {"DefaultOpenSSLContextFactory": None, "OpenSSLCertificateOptions": "h2"}

    def test_a_slow_page_is_cut_off_over_http2_only(self):
        slow = Slow()
        wire = Wire(slow)
        wire.send(GET)
        assert wire.advance(10_000) == b""
        assert not wire.closed
        slow.request.finish()
        assert wire.receive().startswith(b"HTTP/1.1 200 OK")
        client = Http2(Slow())
        client.get()
        client.advance(59)
        assert not client.wire.closed
        client.advance(1)
        assert client.kinds()[-1] is ConnectionTerminated
        assert client.wire.closed

    def test_what_puts_the_end_off(self):
        """Over HTTP/2 a ping of the client puts the timeout off, and so does a piece of a body."""
        client = Http2(slow := Slow())
        client.get()
        for _ in range(10):
            client.advance(59)
            client.connection.ping(b"are you?")
            client.send()
        client.advance(59)
        slow.request.write(b"a piece of a body, and with it the headers")
        client.send()
        client.advance(59)
        assert not client.wire.closed
        client.advance(1)
        assert client.wire.closed

    def test_headers_do_not_put_the_end_off(self):
        """Over HTTP/2 the headers of a response, sent after 59 seconds, leave the timeout at 60."""
        client = Http2(slow := Slow())
        client.get()
        client.send()  # what the client has to say to the server's first frames
        client.advance(59)
        slow.request.write(b"")
        client.send()
        assert client.kinds()[-1] is ResponseReceived
        client.advance(1)
        assert client.wire.closed

    def test_the_old_channel_has_lost_its_timeout(self):
        """The HTTPChannel that was replaced has four of the five values, and None for its timeOut."""
        client = Http2(Slow())
        old = client.wire.channel
        client.get()
        assert type(client.wire.channel) is not type(old)
        assert old.timeOut is None
        assert None not in (old.factory, old.callLater, old.requestFactory, old.site)

    def test_without_a_timeout_nothing_is_cut_off(self):
        """With timeout=None an HTTP/2 page that takes 10000 seconds is answered; a client silent for as long stays."""
        client = Http2(slow := Slow(), timeout=None)
        client.get()
        client.advance(10_000)
        slow.request.finish()
        client.send()
        assert client.kinds()[-1] is StreamEnded
        client.advance(10_000)
        silent = Wire(root(), timeout=None)
        silent.advance(10_000)
        assert not client.wire.closed
        assert not silent.closed


class TestNotes:
    """What the notes on the source say."""

    def test_a_path_in_the_second_place_is_taken_for_a_request_factory(self, logged):
        """Site(root, "access.log") has no logPath; its first request gets no answer, and a TypeError is logged."""
        site = Site(root(), "access.log", reactor=Clock())
        assert (site.requestFactory, site.logPath) == ("access.log", None)
        wire = Wire(site)
        assert wire.send(GET) == b""
        assert "not callable" in str(logged_failures(logged)[0])

    def test_a_bare_factory_knows_no_resources(self):
        factory = http.HTTPFactory(reactor=Clock())
        assert factory.buildProtocol(None).requestFactory is http.Request
        assert Site(root(), reactor=Clock()).buildProtocol(None).requestFactory is Request

    def test_a_session_is_known_to_one_site(self):
        """A session is known to the Site that made it, and to no other, as after a restart."""
        one, other = (Site(root(), reactor=Clock()) for _ in range(2))
        uid = one.makeSession().uid
        assert uid in one.sessions
        assert uid not in other.sessions

    def test_the_log_path_is_made_absolute_at_once(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        site = Site(root(), logPath="access.log", reactor=Clock())
        monkeypatch.chdir(tmp_path.parent)
        assert site.logPath == str(tmp_path / "access.log")

    def test_nobody_reads_site_timeout(self):
        wire = Wire(root(), timeout=30)
        wire.site.timeout = 5
        assert Wire(wire.site).channel.timeOut == 30

    def test_a_second_port_starts_no_second_tick(self):
        clock = Clock()
        site = Site(root(), reactor=clock)
        site.noisy = False
        site.doStart()
        site.doStart()
        assert len(clock.getDelayedCalls()) == 1
        site.doStop()
        assert len(clock.getDelayedCalls()) == 1
        site.doStop()
        assert clock.getDelayedCalls() == []

    def test_the_time_in_the_log_is_that_of_the_last_tick(self):
        wire = Wire(root())
        wire.site.logFile = io.StringIO()
        wire.advance(1)
        wire.advance(0.9)
        wire.send(GET)
        assert "[01/Jan/1970:00:00:01 +0000]" in wire.site.logFile.getvalue()

    def test_a_connection_that_outlives_the_port_is_not_logged(self):
        wire = Wire(root())
        log = wire.site.logFile = io.StringIO()
        log.close = lambda: None
        wire.send(GET)
        wire.site.doStop()
        assert wire.send(GET).startswith(b"HTTP/1.1 200 OK")
        assert len(log.getvalue().splitlines()) == 1

    def test_a_response_that_is_never_finished_is_not_logged(self):
        """A page that had not finished when its client left leaves no line in the access log."""
        wire = Wire(Slow())
        log = wire.site.logFile = io.StringIO()
        wire.send(GET)
        wire.disconnect()
        assert log.getvalue() == ""

    def test_the_log_counts_the_body_as_it_was_written(self):
        class Chunked(Resource):
            isLeaf = True

            def render_GET(self, request):
                request.write(b"12345")
                request.write(b"67")
                request.finish()
                return NOT_DONE_YET

        wire = Wire(Chunked())
        wire.site.logFile = io.StringIO()
        assert b"5\r\n12345\r\n2\r\n67\r\n0\r\n\r\n" in wire.send(GET)
        assert wire.site.logFile.getvalue().split(" ")[-3] == "7"

    def test_what_the_client_chose_is_escaped_in_the_log(self):
        wire = Wire(root())
        wire.site.logFile = io.StringIO()
        wire.send(GET.replace(b"\r\n\r\n", b'\r\nUser-Agent: a" "b\xff\r\nAuthorization: Basic YTpi\r\n\r\n'))
        line = wire.site.logFile.getvalue()
        assert line.endswith(r'"a\" \"b\xff"' + "\n")
        assert line.startswith('"127.0.0.1" - - [')

    def test_the_channels_timers_need_no_global_reactor(self):
        clock = Clock()
        proxy = Site(root(), reactor=clock).buildProtocol(None)
        assert proxy._channel.callLater == clock.callLater

    def test_the_channels_own_timeout_is_none_while_a_request_is_at_work(self):
        wire = Wire(Slow(), timeout=30)
        wire.send(GET)
        assert (wire.protocol._timeOut, wire.channel.timeOut) == (30, None)

    def test_a_hundred_streams_may_be_at_work(self):
        """An HTTP/2 connection allows 100 streams, and holds 100 whose pages have not answered."""
        client = Http2(Slow())
        client.send()
        assert client.connection.remote_settings.max_concurrent_streams == 100
        for _ in range(100):
            client.get()
        assert len(client.wire.channel.streams) == 100

    def test_a_factory_function_on_a_class_is_given_the_factory(self):
        class Mine(Factory):
            def protocol(self):
                return got.append(self) or http.HTTPChannel()

        got = []
        (mine := Mine()).buildProtocol(None)
        assert got == [mine]
