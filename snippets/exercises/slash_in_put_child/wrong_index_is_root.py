"""The page for `/` is the root itself, and was not asked to render: `/` leaves one segment, the empty one, and the
root was asked for a child of that name."""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return f"this is {self.name}".encode()


def root():
    site, docs = Page("index"), Resource()
    site.putChild(b"about", Page("about"))
    site.putChild(b"docs", docs)
    docs.putChild(b"intro", Page("intro"))
    docs.putChild(b"next", Page("next"))
    return site
