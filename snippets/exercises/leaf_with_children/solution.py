"""A leaf ends the walk, so whoever has children is none. Then the walk itself tells a page from a miss.

The page for `/` is a child too, under the empty segment: for `/` the root is asked for `b""`. A `getChild` that knows
no such child leaves the answer to the one that it overrides, which returns a 404 page.
"""

from twisted.web.resource import Resource

NAMES = ["ann", "bob"]


class Page(Resource):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def render_GET(self, request):
        return self.text.encode()


class Users(Page):
    def getChild(self, segment, request):
        name = segment.decode("utf-8", "replace")
        return Page(f"this is {name}") if name in NAMES else super().getChild(segment, request)


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
