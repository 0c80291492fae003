"""`splitlines` knows more line ends than one, and no empty line at the end: the letter has other bytes than before."""

from twisted.web.resource import Resource

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        lines = [line + "\r\n" for line in text.splitlines()]
        return "".join([*lines, SIGNED]).encode()
