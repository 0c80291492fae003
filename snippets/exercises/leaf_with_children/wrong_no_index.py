"""`/` was a 404. The walk doesn't end at the root when a segment is left, and `/` leaves one, the empty one. A page
for it must be found under that segment."""

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
    api = Page("status, users")
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
