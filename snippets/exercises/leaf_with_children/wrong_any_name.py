"""There is a page for a name that isn't in the list. `getChild` is asked for every segment that nobody put there, and
must say no: `super().getChild(segment, request)` returns the page that does."""

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
        return Page(f"this is {name}")


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
