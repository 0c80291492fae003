"""The damage was seen, and a 500 was set, when the title had been sent and the head with it. Decode before anything is
written."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.postpath[0]
        if name in NOTES:
            request.setHeader(b"X-Lines", b"%d" % len(NOTES[name].splitlines()))
            request.write(b"Note: " + name + b"\n")
            try:
                request.write(NOTES[name].decode().encode())
            except UnicodeDecodeError:
                request.setResponseCode(500)
        else:
            request.setResponseCode(404)
            request.write(b"Note: " + name + b"\n")
            request.write(b"There is no such note.\n")
        request.finish()
        return NOT_DONE_YET
