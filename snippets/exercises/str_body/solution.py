"""Text becomes bytes where it leaves the program, in the encoding that the Content-Type names.

`Request.render` could not choose it: what the page said in its Content-Type is for the client, and nothing reads it
here. So it takes bytes, and calls everything else an error.
"""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        return f"Hello, {name}!\n".encode()
