"""A page answered for a path below it. A leaf takes the rest of the path, whatever it is. These pages need to be none:
with no segment left, the walk ends at them all the same."""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True

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
    return site
