"""What a site does that is set up otherwise: TLS, an access log, pages of its own, and what a program may ask of it."""

import contextlib
import io
import os
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from twisted.internet.interfaces import IHandshakeListener, IPushProducer
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.web import http, http_headers
from twisted.web.error import UnsupportedMethod
from twisted.web.http import (
    PotentialDataLoss,
    _ChunkedTransferDecoder,
    _DataLoss,
    _GenericHTTPChannelProtocol,
    _IdentityTransferDecoder,
    parse_qs,
)
from twisted.web.iweb import INonQueuedRequestFactory, IRequest
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from zope.interface import implementer, provider

from snippets.lens.wire import Wire
from snippets.workshop.scenarios.demo_site import DemoSite
from snippets.workshop.scenarios.http2 import Ask, Over2, play2, reset
from snippets.workshop.scenarios.requests import HELLO, LATER, get, post
from snippets.workshop.scenarios.tls_client import TLSClient, server_options


class _Greeting(Protocol):
    """Speaks first, and so before TLS has agreed on a key."""

    def connectionMade(self) -> None:
        self.transport.write(b"welcome")  # type: ignore[union-attr] # declared as one that may be none


@implementer(IHandshakeListener)
class _Told(Protocol):
    """Is told when TLS has agreed on a key."""

    def handshakeCompleted(self) -> None: ...


class _Giving(Protocol):
    """Gives up before anything has come."""

    def connectionMade(self) -> None:
        self.transport.abortConnection()  # type: ignore[union-attr] # as above


def _site(cls: type[Site] = Site, **options: object) -> Site:
    site = cls(DemoSite(), reactor=Clock(), **options)
    site.noisy = False
    return site


def over_tls() -> None:
    """HTTP/1.1 over TLS, with ALPN and without; a session whose cookie is for TLS alone; a goodbye."""
    for offer in ((), ("http/1.1",)):
        client = TLSClient(_site(), offer)
        for request in (HELLO, get(b"/visit"), get(b"/addressed"), get(b"/pulled"), get(b"/pushed"), LATER):
            client.send(request)
        client.wire.disconnect()
    TLSClient(_site(), ["http/1.1"]).send(get(b"/big", b"Connection: close"))
    TLSClient(Factory.forProtocol(_Greeting)).send(b"hello")


def handshakes() -> None:
    """Handshakes of which a protocol is told, that fail, and that a protocol gives up; bytes that are no TLS after one;
    a goodbye."""
    client = TLSClient(Factory.forProtocol(_Told))
    client.wire.send(b"no record of TLS, and long enough to be seen as none")
    client = TLSClient(Factory.forProtocol(_Told))
    with contextlib.suppress(ssl.SSLError):
        client.tls.unwrap()
    client.exchange()
    client.wire.protocol.negotiatedProtocol  # noqa: B018 # a property that does something
    for protocol in (_Told, _Giving):
        factory = TLSMemoryBIOFactory(server_options(), False, Factory.forProtocol(protocol), Clock())
        Wire(factory).send(b"GET / HTTP/1.1\r\n\r\n")


def agreed_on_http2() -> None:
    """TLS agrees on HTTP/2 with a client that names both."""
    with mock.patch("twisted.internet.reactor", Clock(), create=True):
        client = TLSClient(_site(), ["http/1.1", "h2"])
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))


def many_resets() -> None:
    """A client that opens streams and resets them, faster than it may."""
    with mock.patch("twisted.web._http2.H2Connection._resetTokenBurst", 1):
        play2(
            Over2("h2-resets", "Two resets where one is allowed.", (Ask("/later"), reset(1), Ask("/later"), reset(3)))
        )


def access_log() -> None:
    """A site that writes its access log to a file, and closes it when it stops."""
    with tempfile.TemporaryDirectory(prefix="snippets-log-") as folder:
        site = _site(logPath=str(Path(folder, "access.log")))
        Wire(site).send(HELLO)
        site.doStop()
        with mock.patch("twisted.internet.reactor", Clock(), create=True):
            plain = http.HTTPFactory()
        plain.noisy = False
        plain.startFactory()
        plain.stopFactory()


def request_factories() -> None:
    """Requests made by whatever a site is given, which may take no place in a queue and read no forms."""

    @provider(INonQueuedRequestFactory)
    def alone(channel: object) -> Request:
        return Request(channel, parsePOSTFormSubmission=False)

    Wire(DemoSite(), requestFactory=alone).send(HELLO)


def own_content_file() -> None:
    """A site that chooses by itself where the body of a request is kept."""

    class Keeping(Site):
        def getContentFile(self, length: int | None) -> io.BytesIO:
            return io.BytesIO()

    Wire(_site(Keeping)).send(post(b"/echo", b"Hello"))


def tracebacks() -> None:
    """A page on what a resource returned that is no bytes; and a site that shows the traceback of one that raises."""
    site = _site()
    Wire(site).send(get(b"/no-bytes"))
    site.displayTracebacks = True
    Wire(site).send(get(b"/broken"))


def several_ranges() -> None:
    """Several parts of a file, in one answer; its boundary is made from the clock, so two answers differ."""
    wire = Wire(DemoSite())
    wire.send(get(b"/files/text.txt", b"Range: bytes=0-1,4-5,99-"))
    wire.send(get(b"/files/big.bin", b"Range: bytes=0-99999,100000-199999"))
    wire.reading = False
    wire.send(get(b"/files/big.bin", b"Range: bytes=0-99999,100000-199999"))
    wire.disconnect()


def sessions() -> None:
    """A visitor asks twice in one request, is told when the session ends, and asks again after that."""
    waiting = []

    class Waiting(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> int:
            request.getSession().notifyOnExpire(lambda: None)
            request.getSession(IRequest)
            waiting.append(request)
            return NOT_DONE_YET

    wire = Wire(Waiting())
    vars(wire.site)["_entropy"] = os.urandom
    wire.send(get(b"/"))
    wire.advance(900)
    waiting[0].getSession().expire()
    waiting[0].finish()


def producers_left_behind() -> None:
    """A request that is finished before its producer has let go, and one that is given two producers."""

    class Leaving(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> int:
            request.registerProducer(_Idle(), True)
            for register in (request.registerProducer, request.channel.registerProducer):
                with contextlib.suppress(ValueError, RuntimeError):
                    register(_Idle(), True)
            request.content.close = _failing  # type: ignore[attr-defined] # declared as the None it begins as
            request.finish()
            return NOT_DONE_YET

    Wire(Leaving()).send(HELLO)
    channel = Wire(DemoSite()).channel
    channel.unregisterProducer()
    channel.writeHeaders(b"HTTP/1.1", b"200", b"OK", [(b"X-Listed", b"one")])


def _failing() -> None:
    raise OSError("the disk is full")


@implementer(IPushProducer)
class _Idle:
    """Produces nothing."""

    def resumeProducing(self) -> None: ...

    def pauseProducing(self) -> None: ...

    def stopProducing(self) -> None: ...


def asked_of_a_request() -> None:
    """What a request is asked for by programs: the client, the pages that made it, and what is left out."""

    class Asking(Resource):
        isLeaf = True

        def render_GET(self, request: Request) -> int:
            request.getClientIP()
            request.client = None
            request.getClientIP()
            request._forceSSL = True
            request.isSecure()
            request._forceSSL = False
            request.channel.getHost()
            request.finish()
            request.isSecure()
            return NOT_DONE_YET

    Wire(Asking()).send(HELLO)


def names_of_headers() -> None:
    """Names of headers that the process has not met yet: written in one way, and kept; and the time of day."""
    with mock.patch.object(http_headers._nameEncoder, "_canonicalHeaderCache", {}):
        http.datetimeToLogString()
        Wire(DemoSite()).send(get(b"/hello", b"www-authenticate: a", b"X-New: b"))
        http_headers.Headers({"X-New": ["b"]}).getRawHeaders("x-new")


def decoders() -> None:
    """Bodies that end before they should, or go on after that; the length of the last is known to nobody."""
    identity = _IdentityTransferDecoder(5, lambda data: None, lambda rest: None)
    chunks = _ChunkedTransferDecoder(lambda data: None, lambda rest: None)
    endless = _IdentityTransferDecoder(None, lambda data: None, lambda rest: None)
    endless.dataReceived(b"until the connection ends")
    for decoder in (identity, chunks, endless):
        with contextlib.suppress(_DataLoss, PotentialDataLoss):
            decoder.noMoreData()
    chunks.dataReceived(b"0\r\n\r\n")
    for decoder in (identity, chunks):
        with contextlib.suppress(RuntimeError):
            decoder.dataReceived(b"more")


def mistakes() -> None:
    """What Twisted refuses from programs: a name that is text, a wrong request, no query, no list of methods."""
    channel = Wire(DemoSite()).channel
    channel.requests = [object()]
    for attempt in (
        lambda: Resource().putChild("text", Resource()),  # type: ignore[arg-type] # that is the mistake
        lambda: channel.requestDone(Request(channel)),
        lambda: parse_qs(b"no-value", strict_parsing=1),
        lambda: UnsupportedMethod(None),
    ):
        with contextlib.suppress(TypeError, ValueError):
            attempt()


def handed_on() -> None:
    """What is asked of the proxy is asked of the channel behind it."""
    proxy = _GenericHTTPChannelProtocol(http.HTTPChannel())
    proxy.factory = Factory()
    proxy.requestFactory, proxy.site, proxy.timeOut, proxy.callLater = Request, None, 1, None
    assert (proxy.requestFactory, proxy.site, proxy.timeOut, proxy.callLater) == (Request, None, 1, None)
    assert isinstance(proxy.factory, Factory)


SET_UP: tuple[Callable[[], None], ...] = (
    over_tls,
    handshakes,
    agreed_on_http2,
    many_resets,
    access_log,
    request_factories,
    own_content_file,
    tracebacks,
    several_ranges,
    sessions,
    producers_left_behind,
    asked_of_a_request,
    names_of_headers,
    decoders,
    mistakes,
    handed_on,
)
