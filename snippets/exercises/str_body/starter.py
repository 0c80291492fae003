"""This page greets whom the query names: `/?name=Ann` is answered by `Hello, Ann!` and a newline, with status 200.

It answers with a 500 instead. Repair it. Names have any letters, and the page is UTF-8, as its Content-Type says.
"""

from twisted.web.resource import Resource


class Greeting(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.args.get(b"name", [b"you"])[0].decode()
        return f"Hello, {name}!\n"
