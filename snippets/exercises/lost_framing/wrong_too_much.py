"""The length is larger than what is sent: the client waits for bytes that never come."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        request.setHeader(b"Content-Length", b"%d" % (4 * len(text + "\r\n" + SIGNED)))
        for line in text.split("\n"):
            request.write(line.encode() + b"\r\n")
        request.write(SIGNED.encode())
        request.finish()
        return NOT_DONE_YET
