"""What came is a list with a name in it, and the list was written. A name may come more than once in a query, so each
key has all its values."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", "nobody")
        return f"Hello, {name}! {len(name)} letters".encode()
