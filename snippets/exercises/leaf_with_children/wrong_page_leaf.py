"""A page answered for a path below it. The pages at the ends of the tree are leaves, and a leaf takes the rest of the
path. They need no `isLeaf`: with no segment left, the walk ends at them."""

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
    isLeaf = False

    def getChild(self, segment, request):
        name = segment.decode("utf-8", "replace")
        return Page(f"this is {name}") if name in NAMES else super().getChild(segment, request)


def root():
    api = Resource()
    api.putChild(b"", Page("status, users"))
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
