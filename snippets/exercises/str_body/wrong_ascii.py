"""ASCII has no bytes for this letter, so `encode` raised, and the client got a 500. The Content-Type promises
UTF-8."""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        return f"Hello, {name}!\n".encode("ascii")
