"""What belongs to a connection is kept on the object that is made for each connection: the channel of the request.

The count belongs to the page, of which the site has one. A dictionary on the page with channels for keys would do as
well, if it let go of those whose connection has ended, as a `weakref.WeakKeyDictionary` does.
"""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    count = 0

    def render_GET(self, request):
        self.count += 1
        before = getattr(request.channel, "before", b"nothing")
        request.channel.before = request.path
        return b"%b before, %d in all" % (before, self.count)
