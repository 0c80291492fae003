"""There is nothing before any request. What is kept on the request is gone when the request is done: the next one of
the same visitor is another object."""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    count = 0

    def render_GET(self, request):
        self.count += 1
        before = getattr(request, "before", b"nothing")
        request.before = request.path
        return b"%b before, %d in all" % (before, self.count)
