r"""This page writes a letter: each line of the text with \r\n behind it, and then a last line that signs it.

Its Content-Length is wrong. For most texts it is too small, and the client takes the end of the letter for the
beginning of the next response. Repair it. The bytes of the letter are right, and must stay as they are; and the
client must be told their number, so that it can show how much is still to come.
"""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        request.setHeader(b"Content-Length", b"%d" % len(text))
        for line in text.split("\n"):
            request.write(line.encode() + b"\r\n")
        request.write(SIGNED.encode())
        request.finish()
        return NOT_DONE_YET
