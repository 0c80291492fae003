"""Takes uploads on 127.0.0.1 and answers with their size and checksum, or with 413 if they are too large.

python -m snippets run upload --port 8080 --limit 1000000
curl --data-binary @some.file http://127.0.0.1:8080/

The site is asked for the file that a body goes to before its first byte: here one that counts, keeps nothing beyond the
limit, and goes to disk only when it has grown. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
import hashlib
from tempfile import SpooledTemporaryFile

from twisted.internet.error import CannotListenError
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

IN_MEMORY = 100_000  # bytes


class CountingFile(SpooledTemporaryFile):
    """Counts what is written to it, in `total`, and keeps it as long as that is at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(max_size=IN_MEMORY)
        self.limit, self.total = limit, 0

    def write(self, data: bytes) -> int:
        self.total += len(data)
        return super().write(data) if self.total <= self.limit else len(data)


class UploadSite(Site):
    def __init__(self, limit: int) -> None:
        # A form would be read into memory to be parsed.
        super().__init__(Upload(), parsePOSTFormSubmission=False)
        self.limit = limit

    def getContentFile(self, length: int | None) -> CountingFile:
        """Called by Twisted, for each request; `length` is None for a chunked body."""
        return CountingFile(self.limit)


class Upload(Resource):
    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"Content-Type", b"text/plain")
        return b"POST a body, or PUT one.\n"

    def render_POST(self, request: Request) -> bytes:
        body = request.content
        request.setHeader(b"Content-Type", b"text/plain")
        if body.total > body.limit:
            request.setResponseCode(413)
            return b"%d bytes are more than %d\n" % (body.total, body.limit)
        return f"{body.total} bytes, SHA-256 {hashlib.file_digest(body, 'sha256').hexdigest()}\n".encode()

    render_PUT = render_POST


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="upload", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--limit", type=int, default=10**9, help="bytes in a body (default: %(default)s)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    if options.limit < 0:
        parser.error(f"argument --limit: a limit is 0 or more bytes, not {options.limit}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, UploadSite(options.limit), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
