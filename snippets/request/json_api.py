"""A small JSON API on 127.0.0.1: notes to list, read and add, with its errors in JSON too.

python -m snippets run json_api --port 8080
curl -H 'Content-Type: application/json' -d '{"text": "Buy milk"}' http://127.0.0.1:8080/notes
curl http://127.0.0.1:8080/notes/1

The notes are kept in memory. Ctrl-C is an orderly end: the exit code is 0.
"""

import argparse
import json

from twisted.internet.error import CannotListenError
from twisted.web.error import UnsupportedMethod
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

MOST = 100_000  # bytes of a body


class Problem(Exception):
    """Why a request gets an error: its status, and a sentence."""


class JsonResource(Resource):
    """A resource whose methods return what JSON can say, or raise a Problem."""

    def render(self, request: Request) -> bytes:
        try:
            answer = self.answer(request)
        except Problem as problem:
            status, why = problem.args
            request.setResponseCode(status)
            answer = {"error": why}
        request.setHeader(b"Content-Type", b"application/json")
        return json.dumps(answer).encode() + b"\n"

    def answer(self, request: Request) -> object:
        try:
            return super().render(request)
        except UnsupportedMethod as unsupported:
            request.setHeader(b"Allow", b", ".join(unsupported.allowedMethods))
            raise Problem(405, "this can't be done here") from None

    def getChild(self, name: bytes, request: Request) -> Resource:
        return NotFound()


class NotFound(JsonResource):
    def answer(self, request: Request) -> object:
        raise Problem(404, "there is nothing here")


class Note(JsonResource):
    def __init__(self, number: int, text: str) -> None:
        super().__init__()
        self.number, self.said = number, {"number": number, "text": text}

    def render_GET(self, request: Request) -> object:
        return self.said


class Notes(JsonResource):
    def render_GET(self, request: Request) -> object:
        return [note.said for note in self.children.values()]

    def render_POST(self, request: Request) -> object:
        match sent(request):
            case {"text": str(text)}:
                note = Note(len(self.children) + 1, text)
            case _:
                raise Problem(400, 'a note is an object with a text: {"text": "..."}')
        self.putChild(b"%d" % note.number, note)
        request.setResponseCode(201)
        request.setHeader(b"Location", b"/notes/%d" % note.number)
        return note.said


def sent(request: Request) -> object:
    """What the body says. It is not in `args`: Twisted looks there for forms only."""
    kind = request.getHeader(b"Content-Type") or b""  # Asked for as text it might not be UTF-8.
    if kind.partition(b";")[0].strip().lower() != b"application/json":
        raise Problem(415, "say Content-Type: application/json")
    body = request.content.read(MOST + 1)
    if len(body) > MOST:
        raise Problem(413, f"a body has at most {MOST} bytes")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # The latter is brackets nested too deep.
        raise Problem(400, "the body is not JSON") from None


def root() -> Resource:
    """The root resource of the site."""
    tree = JsonResource()
    tree.putChild(b"notes", Notes())
    return tree


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="json_api", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        # There are no forms here, so none is looked for.
        port = reactor.listenTCP(options.port, Site(root(), parsePOSTFormSubmission=False), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on http://127.0.0.1:{port.getHost().port}/", flush=True)
    reactor.run()
    print("Stopped.")
