"""No name was found, though one came. The keys of `args` are bytes, and a `str` is never equal to bytes: `"name"` is a
key that no request can have."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get("name", ["nobody"])[0]
        return f"Hello, {name}! {len(name)} letters".encode()
