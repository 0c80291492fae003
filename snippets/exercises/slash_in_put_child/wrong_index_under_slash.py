"""The page for `/` was not found. Behind the first slash of that path nothing follows, and so it has one segment,
which is empty."""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return f"this is {self.name}".encode()


def root():
    site, docs = Resource(), Resource()
    site.putChild(b"/", Page("index"))
    site.putChild(b"about", Page("about"))
    site.putChild(b"docs", docs)
    docs.putChild(b"intro", Page("intro"))
    docs.putChild(b"next", Page("next"))
    return site
