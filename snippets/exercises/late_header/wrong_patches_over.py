"""The note was sent with marks in the place of what could not be decoded. The task wants a 500: half a note looks like
a whole one."""

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
        text = NOTES[name].decode(errors="replace")
        request.setHeader(b"X-Lines", str(len(text.splitlines())))
        return b"Note: " + name + b"\n" + text.encode()
