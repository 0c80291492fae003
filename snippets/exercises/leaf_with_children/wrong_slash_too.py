"""`/users/` was answered like `/users`. The slash at the end leaves an empty segment, for which `Users` was asked;
here it got the list again."""

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
        if segment == b"":
            return self
        name = segment.decode("utf-8", "replace")
        return Page(f"this is {name}") if name in NAMES else super().getChild(segment, request)


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
