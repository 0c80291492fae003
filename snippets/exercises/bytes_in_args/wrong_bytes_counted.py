"""The name is right, and its length is not: bytes were counted. In UTF-8 a letter takes one to four bytes; count after
`decode`."""

from twisted.web.resource import Resource


class Greeter(Resource):
    isLeaf = True

    def render_GET(self, request):
        name = request.args.get(b"name", [b""])[0] or b"nobody"
        return b"Hello, %b! %d letters" % (name, len(name))
