"""Letters of the name are missing: an encoding that drops or replaces what it doesn't know answers somebody else. UTF-8
knows all letters."""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        return f"Hello, {name}!\n".encode("ascii", "ignore")
