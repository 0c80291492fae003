"""The letters that are not ASCII are wrong ones. The bytes were decoded, but by another encoding than UTF-8; in
Latin-1 each byte is a letter, so that never fails and is wrong all the same."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[0].decode("latin-1") or "nobody"
        return f"Hello, {name}! {len(name)} letters".encode()
