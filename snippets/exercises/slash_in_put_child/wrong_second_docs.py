"""The second resource that was put under `docs` took the place of the first, with the page below it. Put both pages
into one."""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return f"this is {self.name}".encode()


def root():
    site = Resource()
    site.putChild(b"", Page("index"))
    site.putChild(b"about", Page("about"))
    for name in ["intro", "next"]:
        docs = Resource()
        docs.putChild(name.encode(), Page(name))
        site.putChild(b"docs", docs)
    return site
