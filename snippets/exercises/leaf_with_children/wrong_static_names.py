"""The page of one name answers for all. A loop that makes functions or pages must give each of them its own name; or
let `getChild` make a page from the segment that it gets."""

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
        return Page(f"this is {NAMES[0]}") if name in NAMES else super().getChild(segment, request)


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
