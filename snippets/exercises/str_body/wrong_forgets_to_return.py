"""The greeting was written, and then render_GET returned None, which is neither bytes nor NOT_DONE_YET. An error page
follows the greeting. Return the bytes."""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        request.write(f"Hello, {name}!\n".encode())
