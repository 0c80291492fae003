"""The visitor was told of the path of this very request. It was written down before the one from before was read."""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    count = 0

    def render_GET(self, request):
        self.count += 1
        request.channel.before = request.path
        return b"%b before, %d in all" % (request.channel.before, self.count)
