"""Serves one text in five ways, to see which headers each way of answering gives a response, and how it is framed.

python -m snippets run response_headers --port 8080
curl -i http://127.0.0.1:8080/returned      Twisted counts the bytes
curl -i http://127.0.0.1:8080/written       nobody counts them: chunks
curl -i -0 http://127.0.0.1:8080/written    HTTP/1.0 has no chunks
curl -i http://127.0.0.1:8080/counted       the page counts them
curl -i http://127.0.0.1:8080/late          a header after the first write
curl -i http://127.0.0.1:8080/nothing       there is no body

curl takes the framing away: add --raw to see the chunks. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.web.http import NO_CONTENT
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

TEXT = [b"Hello, ", b"world\n"]


class Returned(Resource):
    def render_GET(self, request: Request) -> bytes:
        return b"".join(TEXT)


class Written(Resource):
    def render_GET(self, request: Request) -> int:
        for piece in TEXT:
            request.write(piece)
        request.finish()
        return NOT_DONE_YET


class Counted(Written):
    def render_GET(self, request: Request) -> int:
        request.setHeader(b"Content-Length", b"%d" % sum(map(len, TEXT)))
        return super().render_GET(request)


class Late(Resource):
    def render_GET(self, request: Request) -> int:
        request.write(TEXT[0])
        request.setHeader(b"X-Late", b"yes")  # the headers are out: nobody will see it
        request.setResponseCode(404)
        request.write(TEXT[1])
        request.finish()
        return NOT_DONE_YET


class Nothing(Resource):
    def render_GET(self, request: Request) -> int:
        request.setResponseCode(NO_CONTENT)
        request.finish()
        return NOT_DONE_YET


def root() -> Resource:
    """The root resource of the site."""
    tree = Resource()
    for page in [Returned, Written, Counted, Late, Nothing]:
        tree.putChild(page.__name__.lower().encode(), page())
    return tree


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="response_headers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, Site(root()), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
