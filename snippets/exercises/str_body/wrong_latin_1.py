"""These are the bytes of another encoding. The Content-Type says UTF-8, so the client takes them for that, and shows
something else."""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        return f"Hello, {name}!\n".encode("latin-1", "replace")
