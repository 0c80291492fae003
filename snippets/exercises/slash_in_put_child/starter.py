"""This site is to have four pages, and has none:

    /               this is index
    /about          this is about
    /docs/intro     this is intro
    /docs/next      this is next

Everything else is a 404, such as //about, /about/ and /docs%2Fintro (a slash that comes as %2F is part of a segment).
Only /docs itself may answer as it likes. Repair `root`.
"""

from twisted.web.resource import Resource


class Page(Resource):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return f"this is {self.name}".encode()


def root():
    site = Resource()
    site.putChild(b"/", Page("index"))
    site.putChild(b"/about", Page("about"))
    site.putChild(b"docs/intro", Page("intro"))
    site.putChild(b"docs/next", Page("next"))
    return site
