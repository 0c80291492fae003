"""The second page was put into the first, and stands one segment deeper than it should: below `/docs/next`. Both
belong below `docs`."""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return f"this is {self.name}".encode()


def root():
    site, docs = Resource(), Resource()
    site.putChild(b"", Page("index"))
    site.putChild(b"about", Page("about"))
    site.putChild(b"docs", docs)
    page = Page("next")
    docs.putChild(b"next", page)
    page.putChild(b"intro", Page("intro"))
    return site
