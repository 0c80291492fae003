"""These bytes are no UTF-8, `decode` raised UnicodeDecodeError, and nobody caught it. The client gets a 500, as if the
mistake were the server's. It was the client's: catch it, and answer 400."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[0].decode() or "nobody"
        return f"Hello, {name}! {len(name)} letters".encode()
