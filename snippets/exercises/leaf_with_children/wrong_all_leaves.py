"""The root answered, though `status` was put below it. A leaf ends the walk: it gets the rest of the path in
`postpath`, and nobody asks it for a child."""

from twisted.web.resource import Resource

NAMES = ["ann", "bob"]


class Page(Resource):
    isLeaf = True

    def __init__(self, text):
        super().__init__()
        self.text = text

    def render_GET(self, request):
        return self.text.encode()


class Users(Page):
    def getChild(self, segment, request):
        return Page(f"this is {segment.decode()}")


def root():
    api = Page("status, users")
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
