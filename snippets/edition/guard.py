"""What stands in front of every page: only this server's own pages may ask, and no page runs a script but its own."""

import socket
from urllib.parse import urlsplit

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from zope.interface import implementer

# Styles may stand in a page: listings and the player have some. Scripts, and whatever else is loaded, are files here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _Refused(Resource):
    """Says why a request is refused."""

    isLeaf = True

    def __init__(self, why: str) -> None:
        super().__init__()
        self._why = why

    def render(self, request: Request) -> bytes:
        request.setResponseCode(403)
        request.setHeader("Content-Type", "text/plain; charset=utf-8")
        return f"{self._why}\n".encode()


def own(host: str, port: int) -> bool:
    """Is this the name of a server on `port` here, as a Host header has it?

    Whoever can give this machine's address to a name of theirs can't do it to a number: numbers are taken, and of names
    those that this machine gives itself.
    """
    try:
        asked = urlsplit(f"//{host}")
        name, of_port = asked.hostname or "", asked.port or 80
    except ValueError:
        return False
    if of_port != port or asked.username is not None or asked.path:
        return False
    return name in ("localhost", socket.gethostname().lower()) or isIPAddress(name) or isIPv6Address(name)


@implementer(IResource)
class Guarded:
    """The root: passes on what this server's own pages ask for, and refuses the rest.

    A page of another site can send a browser here under a name of its own (so a Host tells it, RFC 9110, section 7.2),
    or have it send a POST (then an Origin tells it).

    Args:
        root: what is served.
    """

    isLeaf = False

    def __init__(self, root: IResource) -> None:
        self._root = root

    def getChildWithDefault(self, name: bytes, request: Request) -> IResource:
        for header, value in _HEADERS.items():
            request.setHeader(header, value)
        if why := _refusal(request):
            return _Refused(why)
        return self._root.getChildWithDefault(name, request)

    def putChild(self, path: bytes, child: IResource) -> None:
        raise NotImplementedError("put it under the root that is guarded")

    def render(self, request: Request) -> bytes:
        raise NotImplementedError("each path has a segment, so the walk never ends here")


def _refusal(request: Request) -> str:
    host = (request.getHeader("host") or "").lower()
    if not own(host, request.getHost().port):
        return "this server answers under its own name only: use the address that it printed"
    origin = request.getHeader("origin")
    if origin is not None and origin.lower() != f"http://{host}":
        return "a page of another site asked for this"
    return ""
