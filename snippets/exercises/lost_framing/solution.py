"""The bytes are made first, all of them, and returned: then Twisted counts what it sends, and the two can't differ.

Who writes by itself must count the very bytes that it writes: encoded, with their line ends, and to the last line.
"""

from twisted.web.resource import Resource

SIGNED = "Yours, Zoë\r\n"


class Letter(Resource):
    isLeaf = True

    def render_GET(self, request):
        text = request.args.get(b"text", [b""])[0].decode()
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        lines = [line + "\r\n" for line in text.split("\n")]
        return "".join([*lines, SIGNED]).encode()
