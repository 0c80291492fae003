"""Build an HTTPChannel: the bytes of a connection become requests, and a page of the tree ROOT answers each.

The last exercise of the book needs no producer. It puts chapters 05 to 07 together: request line, headers, a body with
a length, keep-alive and the 400. What it has to do stands in the docstring of MiniChannel, in the file. Nothing else
comes: no chunks, no other methods. `Request`, pages and ROOT are given. What Twisted does is right.
"""

from io import BytesIO
from urllib.parse import unquote_to_bytes

from twisted.internet.protocol import Protocol
from twisted.web import resource
from twisted.web.http import RESPONSES

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # what it looks like, as a regular expression


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


class MiniChannel(Protocol):
    r"""Answers each request as Twisted's channel does.

    - A request line is a method, a target of printable ASCII and HTTP/1.0 or HTTP/1.1, with one space between them. The
      method, and the name of a header, are a TOKEN. One empty line in front is skipped. Lines end with \r\n.
    - A header is a name in any case, a colon, a value. Spaces and tabs around the value don't belong to it, and \0, \r
      and \n can't be in it. A line that begins with a space or a tab goes on with the header before it: a space takes
      the place of both.
    - Content-Length is digits, and comes once at most. So many bytes of body follow the head; without it, none.
    - The page is asked when all is there. Requests come in any pieces, and several in one; each is answered in its
      turn.
    - After HTTP/1.0, or after a first Connection header with the word close (in any case, between spaces), the
      connection is closed, and nothing more is answered. In HTTP/1.1 the response says so first: Connection: close.
    - What is wrong gets `HTTP/1.1 400 Bad Request\r\n\r\n` behind the answers before it, and the connection is closed.
    """

    def dataReceived(self, data):
        """Called with each piece."""
