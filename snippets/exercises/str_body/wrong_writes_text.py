"""`write` takes bytes, too. It had sent the head when the transport refused the text, so the client gets an error page
inside a 200."""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        request.write(f"Hello, {name}!\n")
        request.finish()
        return NOT_DONE_YET
