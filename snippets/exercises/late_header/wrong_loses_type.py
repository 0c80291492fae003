"""The Content-Type is gone. Whatever is set for all answers stands before the first of them."""

from twisted.web.resource import Resource

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.postpath[0]
        if name not in NOTES:
            request.setResponseCode(404)
            return b"There is no such note.\n"
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        text = NOTES[name].decode()
        request.setHeader(b"X-Lines", str(len(text.splitlines())))
        return b"Note: " + name + b"\n" + text.encode()
