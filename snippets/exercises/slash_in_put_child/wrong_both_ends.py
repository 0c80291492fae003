"""A slash at the end was passed over. `/about/` has one segment more than `/about`, and the page was asked for it;
here it returned itself."""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def getChild(self, segment, request):
        return self if segment == b"" else super().getChild(segment, request)

    def render_GET(self, request):
        return f"this is {self.name}".encode()


def root():
    site, docs = Resource(), Resource()
    site.putChild(b"", Page("index"))
    site.putChild(b"about", Page("about"))
    site.putChild(b"docs", docs)
    docs.putChild(b"intro", Page("intro"))
    docs.putChild(b"next", Page("next"))
    return site
