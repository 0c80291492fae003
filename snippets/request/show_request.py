"""Answers every request on 127.0.0.1 with what that request carries, attribute by attribute.

python -m snippets run show_request --port 8080
curl -d a=1 -d a=2 -b theme=dark 'http://127.0.0.1:8080/some/page?a=query'

Each line is an attribute or a method of the request, and its value as Python writes it. With --no-forms a body is left
alone, whatever its Content-Type. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

MOST = 1000  # characters of one value


def carried(request: Request) -> dict[str, object]:
    """What the request carries, by the name to ask for it."""
    body = request.content.read()
    return {
        "method": request.method,
        "uri": request.uri,
        "path": request.path,
        "clientproto": request.clientproto,
        "prepath": request.prepath,
        "postpath": request.postpath,
        "args": request.args,
        "received_cookies": request.received_cookies,
        "requestHeaders": dict(request.requestHeaders.getAllRawHeaders()),
        "getRequestHostname()": request.getRequestHostname(),
        "getClientAddress()": request.getClientAddress(),
        "getHost()": request.getHost(),
        "isSecure()": request.isSecure(),
        "type(content)": type(request.content).__name__,
        "len(content.read())": len(body),
        "content.read()": body,
    }


class ShowRequest(Resource):
    isLeaf = True  # Whatever the path is, it is answered here.

    def render(self, request: Request) -> bytes:
        """Answer any method; most resources have a render_GET or a render_POST instead."""
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        return "".join(f"{name:<21}{value!r:.{MOST}}\n" for name, value in carried(request).items()).encode()


def root() -> Resource:
    """The root resource of the site."""
    return ShowRequest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="show_request", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--no-forms", action="store_true", help="don't look for a form in the body")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        site = Site(root(), parsePOSTFormSubmission=not options.no_forms)
        port = reactor.listenTCP(options.port, site, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
