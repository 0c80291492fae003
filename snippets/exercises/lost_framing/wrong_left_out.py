"""The response has no Content-Length: none is set, or it is set behind the first `write`, which sends the head. An
HTTP/1.1 client gets chunks then, and reads the right bytes; but it can't know how many will come."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        for line in text.split("\n"):
            request.write(line.encode() + b"\r\n")
        request.write(SIGNED.encode())
        request.finish()
        return NOT_DONE_YET
