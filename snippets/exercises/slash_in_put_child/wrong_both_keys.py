"""Now a quoted slash leads to a page as well. The keys with a slash in them are still there, and each of them is a
segment that a client can ask for."""

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
    docs.putChild(b"intro", Page("intro"))
    docs.putChild(b"next", Page("next"))
    site.putChild(b"docs/intro", Page("intro"))
    site.putChild(b"/about", Page("about"))
    return site
