"""One line too many was counted: the title, or what `split` finds behind the last line end, where there is no line."""

from twisted.web.resource import Resource

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.postpath[0]
        if name not in NOTES:
            request.setResponseCode(404)
            return b"There is no such note.\n"
        text = NOTES[name].decode()
        request.setHeader(b"X-Lines", str(1 + len(text.splitlines())))
        return b"Note: " + name + b"\n" + text.encode()
