"""`/users` was found, and has nothing to say: 405 means that it has no `render_GET`. A resource with children can be a
page as well."""

from twisted.web.resource import Resource

NAMES = ["ann", "bob"]


class Page(Resource):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def render_GET(self, request):
        return self.text.encode()


class Users(Resource):
    def __init__(self, text):
        super().__init__()

    def getChild(self, segment, request):
        name = segment.decode("utf-8", "replace")
        return Page(f"this is {name}") if name in NAMES else super().getChild(segment, request)


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
