"""All that came is bytes: the key, and each value in the list. Which text they stand for is for the page to say.

`decode` is that place, and the one at which it can fail; a client may send any bytes, so the page has an answer ready.
"""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[0]
        try:
            text = name.decode("utf-8") or "nobody"
        except UnicodeDecodeError:
            request.setResponseCode(400)
            return b"a name is UTF-8"
        return f"Hello, {text}! {len(text)} letters".encode()
