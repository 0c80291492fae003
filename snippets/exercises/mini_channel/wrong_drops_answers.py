"""The request before the bad one lost its answer. `abortConnection` drops what was written; `loseConnection` sends
it first."""

import re
from io import BytesIO
from urllib.parse import unquote_to_bytes

from twisted.protocols.basic import LineReceiver
from twisted.web import resource
from twisted.web.http import RESPONSES

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # what it looks like, as a regular expression
REQUEST_LINE = re.compile(rb"(%b) ([!-~]+) (HTTP/1\.[01])" % TOKEN)
HEADER = re.compile(rb"(%b):[ \t]*([^\0\r\n]*?)[ \t]*" % TOKEN)


class Request:
    """For a page, which `resource.getChildForRequest(ROOT, request)` finds; its `render(request)` returns the body."""

    def __init__(self, method, target, version, body):
        self.method, self.uri, self.clientproto, self.content = method, target, version, BytesIO(body)
        self.path = target.partition(b"?")[0]
        self.prepath, self.postpath = [], [unquote_to_bytes(part) for part in self.path[1:].split(b"/")]
        self.code, self.headers = 200, {}

    def setResponseCode(self, code):
        self.code = code

    def setHeader(self, name, value):
        self.headers[name.title()] = value

    def response(self, body):
        """The bytes of the response with this body, and with the headers in the order in which they were set."""
        headers = self.headers | {b"Content-Length": b"%d" % len(body)}
        if body:
            headers.setdefault(b"Content-Type", b"text/html")
        lines = [b"%b %d %b" % (self.clientproto, self.code, RESPONSES[self.code])]
        lines += [b"%b: %b" % field for field in headers.items()]
        return b"\r\n".join([*lines, b"", b"" if self.method == b"HEAD" else body])


class Hello(resource.Resource):
    def render_GET(self, request):
        return b"hello"


class Echo(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        return b"/".join(request.postpath)

    def render_POST(self, request):
        return b"[" + request.content.read() + b"]"


ROOT = resource.Resource()
ROOT.putChild(b"hello", Hello())
ROOT.putChild(b"echo", Echo())


class MiniChannel(LineReceiver):
    def connectionMade(self):
        self.begin()

    def begin(self):
        """Wait for a request."""
        self.first, self.header, self.headers, self.body, self.blank = None, b"", {}, b"", False

    def lineReceived(self, line):
        try:
            if self.first is None:
                self.requestLineReceived(line)
            elif line[:1] in (b" ", b"\t"):
                self.header += b" " + line.lstrip(b" \t")
            else:
                if self.header:
                    self.headerReceived(self.header)
                self.header = line
                if not line:
                    self.allHeadersReceived()
        except ValueError:
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            self.transport.abortConnection()

    def requestLineReceived(self, line):
        if not line and not self.blank:
            self.blank = True
        elif found := REQUEST_LINE.fullmatch(line):
            self.first = found.groups()
        else:
            raise ValueError(line)

    def headerReceived(self, header):
        found = HEADER.fullmatch(header)
        if not found:
            raise ValueError(header)
        name, value = found[1].lower(), found[2]
        if name == b"content-length" and (name in self.headers or not value.isdigit()):
            raise ValueError(header)
        self.headers.setdefault(name, value)

    def allHeadersReceived(self):
        self.length = int(self.headers.get(b"content-length", b"0"))
        self.told_to_close = b"close" in self.headers.get(b"connection", b"").lower().split(b" ")
        self.setRawMode()
        self.rawDataReceived(b"")

    def rawDataReceived(self, data):
        self.body += data
        if len(self.body) < self.length:
            return
        body, rest = self.body[: self.length], self.body[self.length :]
        self.answer(Request(*self.first, body))
        if not self.transport.disconnecting:
            self.begin()
            self.setLineMode(rest)

    def answer(self, request):
        old = request.clientproto == b"HTTP/1.0"
        if self.told_to_close and not old:
            request.setHeader(b"Connection", b"close")
        page = resource.getChildForRequest(ROOT, request)
        self.transport.write(request.response(page.render(request)))
        if self.told_to_close or old:
            self.transport.loseConnection()
