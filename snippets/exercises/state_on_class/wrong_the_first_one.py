"""The visitor is told again and again of their first request. It was written down once, and never replaced."""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    count = 0

    def render_GET(self, request):
        self.count += 1
        channel = request.channel
        if not hasattr(channel, "before"):
            channel.before = request.path
            return b"nothing before, %d in all" % self.count
        return b"%b before, %d in all" % (channel.before, self.count)
