"""A page two segments deep was not found. `putChild(b"docs/next", ...)` puts it under one segment with a slash in it,
and no walk asks for that: it asks for `docs`, and then, somewhere else, for `next`."""

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
    site.putChild(b"docs/intro", Page("intro"))
    site.putChild(b"docs/next", Page("next"))
    return site
