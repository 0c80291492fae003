"""The letter was cut to the length that was said. It is the length that is wrong here, and not the letter."""

from twisted.web.resource import Resource

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        lines = [line + "\r\n" for line in text.split("\n")]
        return "".join([*lines, SIGNED]).encode()[: len(text)]
