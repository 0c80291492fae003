"""Now the number is that of the visitor's own requests. It belongs to the page, and to all its visitors together: not
everything that was shared was a mistake."""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True

    def render_GET(self, request):
        channel = request.channel
        channel.count = getattr(channel, "count", 0) + 1
        before = getattr(channel, "before", b"nothing")
        channel.before = request.path
        return b"%b before, %d in all" % (before, channel.count)
