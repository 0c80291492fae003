"""The name is shown as Python writes bytes, with a b and quotes. Formatting bytes into text doesn't decode them:
`decode` does, and it wants to be told the encoding."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[0]
        name = name or "nobody"
        return f"Hello, {name}! {len(name)} letters".encode()
