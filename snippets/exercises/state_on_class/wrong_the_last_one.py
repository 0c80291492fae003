"""The visitor was forgotten when another one came. The page remembers one connection, the last that asked; but many
connections are open at the same time, and their requests are mixed."""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    channel = None
    count = 0

    def render_GET(self, request):
        if request.channel is not self.channel:
            self.channel, self.before = request.channel, b"nothing"
        self.count += 1
        answer = b"%b before, %d in all" % (self.before, self.count)
        self.before = request.path
        return answer
