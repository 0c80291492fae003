"""What chapter 08 says in words and leaves to a test."""

from email import message_from_bytes
from pathlib import Path

import pytest
import twisted
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import Clock
from twisted.protocols.haproxy._wrapper import HAProxyWrappingFactory
from twisted.web import http, http_headers
from twisted.web._http2 import H2Stream
from twisted.web.http import _getMultiPartArgs, parse_qs, proxiedLogFormatter
from twisted.web.iweb import INonQueuedRequestFactory
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from zope.interface import provider

from snippets.http_channel.hello_site import root as hello_root
from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from snippets.workshop.scenarios.tls_client import TLSClient

FORM = b"application/x-www-form-urlencoded"
BOUNDARY = b"multipart/form-data; boundary=X"
MALFORMED = b"HTTP/1.1 400 Bad Request\r\n\r\n"


class Keep(Resource):
    """Keeps what `look` finds in each request, in `seen`."""

    isLeaf = True

    def __init__(self, look):
        super().__init__()
        self.look, self.seen = look, []

    def render(self, request):
        self.seen.append(self.look(request))
        return b"kept"


def look(data: bytes, find, **site_options):
    """What `find` makes of the request."""
    resource = Keep(find)
    assert Wire(resource, **site_options).send(data).endswith(b"\r\n\r\nkept")
    return resource.seen[0]


def get(target: bytes = b"/", *fields: bytes) -> bytes:
    return b"\r\n".join([b"GET %b HTTP/1.1" % target, b"Host: a", *fields, b"", b""])


def post(body: bytes, kind: bytes, method: bytes = b"POST", target: bytes = b"/") -> bytes:
    head = b"%b %b HTTP/1.1\r\nHost: a\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (method, target, kind, len(body)) + body


def multipart(*parts: bytes) -> bytes:
    return post(b"".join(b"--X\r\n%b\r\n" % part for part in parts) + b"--X--\r\n", BOUNDARY)


def field(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    return b'Content-Disposition: form-data; name="%b"%b\r\n\r\n%b' % (name, more, value)


class TestTarget:
    def test_any_first_byte_does(self):
        """Over HTTP/1.1, 142 other bytes in the place of the slash get the page of /hello as well."""
        page = Wire(hello_root()).send(get(b"/hello"))
        assert page.endswith(b"Hello from Twisted.web\n")
        same = [byte for byte in range(256) if Wire(hello_root()).send(get(bytes([byte]) + b"hello")) == page]
        # All that pass for printable in a target, but for the question mark, with which the query begins.
        assert same == [byte for byte in range(0x21, 0xB1) if byte != ord("?")]
        assert len(same) - 1 == 142

    def test_a_plus_is_a_space_in_the_query_only(self):
        """The path /a+b is one segment, a+b, and the query c=a+b one argument, a b."""
        found = look(get(b"/a+b?c=a+b"), lambda request: (request.postpath, request.args))
        assert found == ([b"a+b"], {b"c": [b"a b"]})

    @pytest.mark.parametrize("method", [b"GET", b"HEAD", b"PUT", b"BREW"])
    def test_only_options_may_ask_the_server_as_a_whole(self, method):
        with record(["Site.getResourceFor"]) as trace:
            response = Wire(Resource()).send(get(b"*?x=1").replace(b"GET", method))
        assert response.startswith(b"HTTP/1.1 405 Method Not Allowed\r\n")
        assert b"\r\nAllow: OPTIONS\r\n" in response
        assert len(trace) == 0

    @pytest.mark.parametrize(
        ("hosts", "name"), [([], b"127.0.0.1"), ([b"a", b"b"], b"b"), ([b"[::1]:80"], b"::1"), ([b"a b"], b"a b")]
    )
    def test_a_host_may_be_missing_or_be_there_twice(self, hosts, name):
        """A request without Host and one with two get the page; the host is the server's address, or the last."""
        data = b"".join([b"GET / HTTP/1.1\r\n", *(b"Host: %b\r\n" % host for host in hosts), b"\r\n"])
        assert look(data, Request.getRequestHostname) == name


class TestHeadersAndCookies:
    @given(st.lists(st.sampled_from([b"a=1", b"a=2", b"b=", b"c", b"=d"]), max_size=6), st.integers(0, 6))
    def test_of_cookies_with_one_name_the_last_counts_in_however_many_headers(self, cookies, cut):
        fields = [b"Cookie: " + b"; ".join(some) for some in (cookies[:cut], cookies[cut:]) if some]
        wanted = dict(cookie.split(b"=", 1) for cookie in cookies if b"=" in cookie)
        assert look(get(b"/", *fields), lambda request: request.received_cookies) == wanted

    def test_what_comes_in_is_not_among_the_cookies_that_go_out(self):
        """With a cookie that came, getCookie returns its value and request.cookies is empty."""
        found = look(get(b"/", b"Cookie: a=1"), lambda request: (request.cookies, request.getCookie(b"a")))
        assert found == ([], b"1")
        assert look(get(), lambda request: request.getCookie(b"a")) is None

    def test_the_docstring_of_headers_says_utf_8(self):
        """The docstring of Headers says that values are encoded as UTF-8, and to use bytes; getHeader's does not."""
        said = " ".join(http_headers.Headers.__doc__.split())
        assert "header values (e.g. 'text/html;charset=utf-8') are encoded using UTF-8" in said
        assert "using just L{bytes} arguments to the methods of this class will ensure no decoding" in said
        assert "UTF-8" not in http.Request.getHeader.__doc__

    def test_cookies_are_there_before_the_body(self):
        wire = Wire(Resource())
        wire.send(post(b"", FORM).replace(b"Length: 0", b"Length: 1\r\nCookie: a=1"))
        assert wire.channel.requests[0].received_cookies == {b"a": b"1"}


class TestForms:
    @pytest.mark.parametrize("method", [b"PUT", b"PATCH", b"DELETE", b"post", b"GET"])
    def test_a_form_is_read_from_a_post_only(self, method):
        found = look(post(b"a=1", FORM, method, b"/?a=query"), lambda request: (request.args, request.content.read()))
        assert found == ({b"a": [b"query"]}, b"a=1")

    @pytest.mark.parametrize("kind", [FORM.upper(), FORM + b"; charset=utf-8", b" " + FORM + b" "])
    def test_its_type_may_be_written_in_other_ways(self, kind):
        assert look(post(b"a=1", kind), lambda request: request.args) == {b"a": [b"1"]}

    def test_a_body_in_chunks_may_be_a_form(self):
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: " + FORM + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert look(head + b"3\r\na=1\r\n0\r\n\r\n", lambda request: request.args) == {b"a": [b"1"]}

    @given(st.dictionaries(st.binary(min_size=1), st.lists(st.binary(), min_size=1, max_size=3), max_size=4))
    def test_what_python_encodes_is_read_back(self, fields):
        from urllib.parse import urlencode

        assert parse_qs(urlencode(fields, doseq=True).encode(), 1) == fields

    @given(st.lists(st.sampled_from([b"\r", b"\n", b"--", b"-", b"a", b"\xff", b"\0", b":", b"\x85"]), max_size=9))
    def test_the_bytes_of_a_file_are_not_changed(self, pieces):
        content = b"".join(pieces)
        body = b"--Boundary\r\n" + field(b"a", content) + b"\r\n--Boundary--\r\n"
        assert _getMultiPartArgs(body, b"multipart/form-data; boundary=Boundary") == {b"a": [content]}

    def test_the_name_of_a_file_is_in_the_content(self):
        """Python's email finds cat.gif and image/gif in the content, and args has the file's bytes alone."""
        part = field(b"photo", b"GIF89a", b'; filename="cat.gif"\r\nContent-Type: image/gif')

        def names(request):
            head = b"Content-Type: %b\r\n\r\n" % request.getHeader(b"Content-Type")
            parts = message_from_bytes(head + request.content.read()).get_payload()
            return request.args, [(part.get_filename(), part.get_content_type()) for part in parts]

        assert look(multipart(part), names) == ({b"photo": [b"GIF89a"]}, [("cat.gif", "image/gif")])

    def test_base64_is_undone_and_a_message_is_none(self):
        coded = field(b"a", b"aGVsbG8=", b"\r\nContent-Transfer-Encoding: base64")
        mail = field(b"b", b"Subject: hello\r\n\r\nHello", b"\r\nContent-Type: message/rfc822")
        assert look(multipart(coded, mail), lambda request: request.args) == {b"a": [b"hello"], b"b": [None]}

    def test_a_refused_form_is_not_logged_and_ends_the_connection(self):
        """A form in which no part is found ends the connection, without process and without a line in the log."""
        wire = Wire(Resource())
        with record(["HTTPFactory.log", "server.Request.process"]) as trace:
            assert wire.send(post(b"nonsense", BOUNDARY)) == MALFORMED
        assert (len(trace), wire.closed) == (0, True)

    def test_the_docstring_of_a_site_warns_of_large_uploads(self):
        """The docstring of Site says that parsing forms can use large amounts of memory for large uploads."""
        said = " ".join(Site.__init__.__doc__.split())
        assert "uploads into C{request.args}. This can use large amounts of memory for large uploads." in said

    UNANSWERED = (
        multipart(b"Content-Disposition: form-data; name*=utf-8''a\r\n\r\n1"),
        post(b"{}", b"application/json\x85;"),
    )

    @pytest.mark.parametrize("data", UNANSWERED)
    def test_two_posts_are_not_answered(self, data):
        wire = Wire(Keep(lambda request: None))
        with logged() as failures:
            assert wire.send(data) == b""
        assert (wire.closed, len(failures)) == (True, 1)

    @pytest.mark.parametrize("data", UNANSWERED)
    def test_a_site_without_forms_answers_them(self, data):
        """Two POSTs that are dropped otherwise reach a resource of a site that reads no forms, and args is empty."""
        assert look(data, lambda request: request.args, parsePOSTFormSubmission=False) == {}

    def test_the_body_can_be_read_once_or_from_the_start_again(self):
        """A second read of request.content is empty, and after seek(0) a read returns the body again."""

        def read(request):
            first, second = request.content.read(), request.content.read()
            request.content.seek(0)
            return first, second, request.content.read()

        assert look(post(b"{}", b"application/json"), read) == (b"{}", b"", b"{}")


class TestWhoMakesTheRequest:
    def test_a_class_can_do_without_resources(self):
        class Plain(http.Request):
            def process(self):
                self.write(b"plain")
                self.finish()

        response = Wire(Resource(), requestFactory=Plain).send(get())
        assert response.startswith(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nplain\r\n")
        assert b"Server" not in response

    def test_the_default_type_belongs_to_the_class(self):
        """A subclass with another defaultContentType has it in its answers, but not in an empty one."""

        class Json(Request):
            defaultContentType = b"application/json"

        response = Wire(Keep(lambda request: None), requestFactory=Json).send(get())
        assert b"\r\nContent-Type: application/json\r\n" in response
        empty = Keep(lambda request: None)
        empty.render = lambda request: b""
        assert b"Content-Type" not in Wire(empty, requestFactory=Json).send(get())

    def test_what_a_resource_raises_is_a_500(self):
        class Broken(Resource):
            isLeaf = True

            def render_GET(self, request):
                raise ValueError

        with logged() as failures:
            response = Wire(Broken()).send(get())
        assert response.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        assert [failure.type for failure in failures] == [ValueError]

    @pytest.mark.parametrize(
        ("does", "end", "raised"),
        [
            (lambda request: request.write(b"begun"), b"5\r\nbegun\r\n5f\r\n<html>", [ValueError]),
            (lambda request: request.finish(), b"", [ValueError, RuntimeError]),
        ],
    )
    def test_an_exception_after_a_write_joins_the_response(self, does, end, raised):
        """After a write, the error page of an exception joins the response; after finish, the page raises, too."""

        class Broken(Resource):
            isLeaf = True

            def render_GET(self, request):
                does(request)
                raise ValueError

        with logged() as failures:
            response = Wire(Broken()).send(get())
        assert response.partition(b"\r\n\r\n")[2].startswith(end)
        assert [failure.type for failure in failures] == raised

    def test_a_request_lets_go_of_its_channel(self):
        """A request whose response is finished has no channel any more, and one whose connection is lost has None."""
        resource = Keep(lambda request: request)
        resource.render = lambda request: resource.seen.append(request) or NOT_DONE_YET
        for _ in range(2):
            wire = Wire(resource)
            wire.send(get())
            if len(resource.seen) == 1:
                resource.seen[0].finish()
            wire.disconnect()
        assert [vars(request).get("channel", "gone") for request in resource.seen] == ["gone", None]

    def test_a_factory_is_called_with_two_arguments(self):
        """HTTP/1.1 calls a factory with the channel and 0, HTTP/2 with the stream and queued=False."""
        made = []

        def make(*args, **named):
            made.append((*args, named))
            return Request(*args, **named)

        wire = Wire(Keep(lambda request: None), requestFactory=make)
        wire.send(get())
        stream = H2Stream(1, wire.channel, [], make, wire.site, wire.site)
        assert made == [(wire.channel, 0, {}), (stream, {"queued": False})]

    def test_a_factory_can_ask_for_the_channel_alone(self):
        @provider(INonQueuedRequestFactory)
        def make(channel):
            return Request(channel)

        wire = Wire(Keep(lambda request: None), requestFactory=make)
        assert wire.send(get()).endswith(b"\r\n\r\nkept")
        with pytest.raises(TypeError, match="queued"):
            H2Stream(1, wire.channel, [], make, wire.site, wire.site)


class TestAddresses:
    def test_only_the_log_looks_at_forwarded_for(self):
        """Only twisted.web.http names it: getClientAddress ignores the header, the log takes its first address."""
        data = get(b"/", b"X-Forwarded-For: 203.0.113.7, 198.51.100.9")
        client = IPv4Address("TCP", "127.0.0.1", 50000)
        found = look(data, lambda request: (request.getClientAddress(), proxiedLogFormatter("now", request)))
        assert found[0] == client
        assert found[1].startswith('"203.0.113.7" - - now ')
        modules = [path for path in Path(twisted.__file__).parent.rglob("*.py") if "test" not in path.parts]
        naming = [path for path in modules if "x-forwarded-for" in path.read_text("utf-8").lower()]
        assert naming == [Path(http.__file__)]

    def test_a_connection_is_secure_whatever_a_header_says(self):
        """Request.isSecure is False over TCP and True over TLS, although X-Forwarded-Proto says the opposite."""
        assert look(get(b"/", b"X-Forwarded-Proto: https"), Request.isSecure) is False
        resource = Keep(Request.isSecure)
        client = TLSClient(Site(resource, reactor=Clock()))
        client.tls.write(get(b"/", b"X-Forwarded-Proto: http"))
        client.exchange()
        assert resource.seen == [True]

    def test_a_request_is_told_that_a_proxy_was_asked_over_tls(self):
        """After setHost with ssl=True in process, isSecure is True, prePathURL https, the session's cookie Secure."""

        class Forwarded(Request):
            def process(self):
                self.setHost(b"www.example.org", 443, ssl=True)
                super().process()

        resource = Keep(lambda request: (request.getSession(), request.isSecure(), request.prePathURL()))
        for made, secure, scheme in [(Request, False, b"http:"), (Forwarded, True, b"https:")]:
            response = Wire(resource, requestFactory=made).send(get())
            (cookie,) = (line for line in response.splitlines() if line.startswith(b"Set-Cookie: "))
            _, said, url = resource.seen[-1]
            assert (said, url.split(b"//")[0], cookie.endswith(b"; Secure")) == (secure, scheme, secure)
        assert url == b"https://www.example.org/"

    def test_the_old_way_is_deprecated_and_knows_no_unix_socket(self):
        """The older getClientIP warns that it is deprecated, and returns None for the address of a Unix socket."""

        def addresses(request):
            with pytest.warns(DeprecationWarning, match="getClientIP was deprecated"):
                ip = request.getClientIP()
            request.client = UNIXAddress("socket")
            with pytest.warns(DeprecationWarning, match="getClientIP was deprecated"):
                return ip, request.getClientIP(), request.getClientAddress()

        assert look(get(), addresses) == ("127.0.0.1", None, UNIXAddress("socket"))

    PROXY = b"PROXY TCP4 203.0.113.7 192.0.2.1 56324 80\r\n"

    @pytest.mark.parametrize(("data", "first"), [(get(), None), (PROXY + get(), 7)])
    def test_the_proxy_protocol_is_required(self, data, first):
        """A client without the PROXY line, or with seven bytes of it in its first piece, is closed unanswered."""
        resource = Keep(Request.getClientAddress)
        wire = Wire(HAProxyWrappingFactory(Site(resource, reactor=Clock())))
        assert wire.send(data, first and [first]) == b""
        assert (wire.closed, resource.seen) == (True, [])

    @pytest.mark.parametrize("size", [8, 20, None])
    def test_the_proxy_protocol_says_who_the_client_is(self, size):
        """The address in the PROXY line is getClientAddress, also if the line comes in pieces of eight bytes."""
        resource = Keep(Request.getClientAddress)
        wire = Wire(HAProxyWrappingFactory(Site(resource, reactor=Clock())))
        assert wire.send(self.PROXY + get(), size).endswith(b"kept")
        assert resource.seen == [IPv4Address("TCP", "203.0.113.7", 56324)]

    def test_the_endpoint_has_a_name(self):
        """The endpoint haproxy:tcp listens at its interface, and gives a request the address in the PROXY line."""
        with Turns() as hand:
            resource, ports = Keep(Request.getClientAddress), []
            endpoint = serverFromString(hand.reactor, "haproxy:tcp:0:interface=127.0.0.1")
            endpoint.listen(Site(resource, reactor=hand.reactor)).addCallback(ports.append)
            assert ports[0].getHost().host == "127.0.0.1"
            hand.connect(ports[0]).sendall(self.PROXY + get())
            hand.until(lambda: resource.seen)
        assert resource.seen == [IPv4Address("TCP", "203.0.113.7", 56324)]
