"""An empty segment was passed over. To Twisted `//about` isn't `/about`: between two slashes is a segment without
bytes, and nothing was put under it."""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return f"this is {self.name}".encode()


class Folder(Resource):
    def getChild(self, segment, request):
        return self if segment == b"" and request.postpath else super().getChild(segment, request)


def root():
    site, docs = Folder(), Folder()
    site.putChild(b"", Page("index"))
    site.putChild(b"about", Page("about"))
    site.putChild(b"docs", docs)
    docs.putChild(b"intro", Page("intro"))
    docs.putChild(b"next", Page("next"))
    return site
