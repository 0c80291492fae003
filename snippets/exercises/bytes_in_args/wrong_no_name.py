"""Without a name in the query `args` has no such key, and looking it up with brackets raises KeyError. The client gets
a 500 for it."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args[b"name"][0]
        try:
            text = name.decode("utf-8") or "nobody"
        except UnicodeDecodeError:
            request.setResponseCode(400)
            return b"a name is UTF-8"
        return f"Hello, {text}! {len(text)} letters".encode()
