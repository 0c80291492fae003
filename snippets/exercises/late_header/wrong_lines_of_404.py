"""The 404 has a count of lines. A header that is set stays set, whichever branch follows."""

from twisted.web.resource import Resource

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.postpath[0]
        request.setHeader(b"X-Lines", str(len(NOTES.get(name, b"").splitlines())))
        if name not in NOTES:
            request.setResponseCode(404)
            return b"There is no such note.\n"
        text = NOTES[name].decode()
        request.setHeader(b"X-Lines", str(len(text.splitlines())))
        return b"Note: " + name + b"\n" + text.encode()
