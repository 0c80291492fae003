"""A key with a slash in front was not found. The path is cut at its slashes before anybody looks for a segment, so
`/about` asks for `about`."""

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
    site.putChild(b"/about", Page("about"))
    site.putChild(b"docs", docs)
    docs.putChild(b"intro", Page("intro"))
    docs.putChild(b"next", Page("next"))
    return site
