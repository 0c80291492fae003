"""All that may fail, and all that the head depends on, comes before the first byte of the body.

The page returns its bytes, so there is one place where it is sent, and a `Content-Length` too. An exception of `decode`
finds nothing written, and becomes a 500 of its own.
"""

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
        request.setHeader(b"X-Lines", str(len(text.splitlines())))
        return b"Note: " + name + b"\n" + text.encode()
