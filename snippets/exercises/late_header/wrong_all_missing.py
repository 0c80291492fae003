"""A note that is there and can't be read is no missing one: whoever looks for it should hear of the damage. Catch
nothing that you don't mean."""

from twisted.web.resource import Resource

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.postpath[0]
        try:
            text = NOTES[name].decode()
        except (KeyError, ValueError):
            request.setResponseCode(404)
            return b"There is no such note.\n"
        request.setHeader(b"X-Lines", str(len(text.splitlines())))
        return b"Note: " + name + b"\n" + text.encode()
