"""The line ends are not in the number, or not all of them. Each line of the letter is sent with \\r\\n behind it: also
the last one, and a text without any \\n is one line."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        request.setHeader(b"Content-Length", b"%d" % len((text + SIGNED).encode()))
        for line in text.split("\n"):
            request.write(line.encode() + b"\r\n")
        request.write(SIGNED.encode())
        request.finish()
        return NOT_DONE_YET
