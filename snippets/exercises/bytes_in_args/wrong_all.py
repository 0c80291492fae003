"""All names that came were greeted as one. The list has each of them apart; the task wants its first."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = b" ".join(request.args.get(b"name", []))
        try:
            text = name.decode("utf-8") or "nobody"
        except UnicodeDecodeError:
            request.setResponseCode(400)
            return b"a name is UTF-8"
        return f"Hello, {text}! {len(text)} letters".encode()
