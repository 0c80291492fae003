"""The page has lost its own Content-Type. Without one Twisted says text/html, and nothing of UTF-8."""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b"you"])[0].decode()
        return f"Hello, {name}!\n".encode()
