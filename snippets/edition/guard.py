"""What stands before every page: only this server's own pages may ask, and no page runs a script but its own."""

import re
import socket

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.web.server import Request

from snippets.edition.plays import MOST_CHARACTERS

# Styles may stand in a page: listings and the player have some. Scripts, and whatever else is loaded, are files here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MOST_BODY = MOST_CHARACTERS  # bytes that are kept of what a request brings

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([0-9a-z._-]+))(?::([0-9]{1,5}))?")


def own(host: str, port: int) -> bool:
    """Is this the name of a server on `port` here, as a Host header has it?

    Whoever can give this machine's address to a name of theirs can't do it to a number: numbers are taken, and of names
    those that this machine gives itself.
    """
    asked = _HOST.fullmatch(host.lower())
    if asked is None or int(asked[3] or 80) != port:
        return False
    if asked[1]:
        return isIPv6Address(asked[1])
    return asked[2] in ("localhost", socket.gethostname().lower()) or isIPAddress(asked[2])


class GuardedRequest(Request):
    """A request that is refused unless a page of this server, or a person, may have made it.

    A page of another site can send a browser here under a name of its own (so a Host tells it, RFC 9110, section 7.2),
    have it send a POST (an Origin tells it), or have it fetch a page as if it were a picture (what a browser says of a
    fetch tells it). Of a body no more is kept than a page here may need.
    """

    headers = HEADERS  # of every answer
    _body = 0  # bytes that have come

    def handleContentChunk(self, data: bytes) -> None:
        self._body += len(data)
        if self._body <= MOST_BODY:
            super().handleContentChunk(data)

    def process(self) -> None:
        for header, value in self.headers.items():
            self.setHeader(header, value)
        if self._body > MOST_BODY:
            self._refuse(413, f"a request may bring at most {MOST_BODY} bytes")
        elif why := self._refusal():
            self._refuse(403, why)
        else:
            super().process()

    def _refuse(self, code: int, why: str) -> None:
        said = f"{why}\n".encode()
        self.setResponseCode(code)
        self.setHeader("Content-Type", "text/plain; charset=utf-8")
        self.setHeader("Content-Length", str(len(said)))
        self.write(said)
        self.finish()

    def _refusal(self) -> str:
        hosts = self._every("host")
        if len(hosts) != 1 or not own(hosts[0], self.getHost().port):
            return "this server answers under its own name only: use the address that it printed"
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in self._every("origin")):
            return "a page of another site asked for this"
        # A link on another site may lead to a page here.
        foreign = {"cross-site", "same-site"} & {*self._every("sec-fetch-site")}
        if foreign and self._every("sec-fetch-dest") != ["document"]:
            return "a page of another site asked for this"
        return ""

    def _every(self, header: str) -> list[str]:
        """All values of a header; bytes that are no text stay what they are."""
        return [value.decode("latin-1") for value in self.requestHeaders.getRawHeaders(header.encode(), [])]
