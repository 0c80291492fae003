"""A letter that comes as a % sign and two digits was not understood. `request.path` is the path as it came, still
quoted; the segments of the walk are unquoted. Let the walk find the pages."""

from twisted.web.resource import Resource


class Site(Resource):
    isLeaf = True
    pages = {b"/": "index", b"/about": "about", b"/docs/intro": "intro", b"/docs/next": "next"}  # noqa: RUF012

    def render_GET(self, request):
        if request.path in self.pages:
            return f"this is {self.pages[request.path]}".encode()
        request.setResponseCode(404)
        return b""


def root():
    return Site()
