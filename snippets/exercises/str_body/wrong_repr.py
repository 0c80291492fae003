"""`str` of bytes is what Python shows of them, with b and quotation marks around. Decode bytes to get the text in
them."""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = str(request.args.get(b"name", [b"you"])[0])
        return f"Hello, {name}!\n".encode()
