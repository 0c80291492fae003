"""X-Lines is set behind the first write. The head had been sent with the title, as it stood then, and nobody is told
of what is set later."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.postpath[0]
        if name in NOTES:
            text = NOTES[name].decode()
        else:
            request.setResponseCode(404)
        request.write(b"Note: " + name + b"\n")
        if name in NOTES:
            request.setHeader(b"X-Lines", str(len(text.splitlines())))
            request.write(text.encode())
        else:
            request.write(b"There is no such note.\n")
        request.finish()
        return NOT_DONE_YET
