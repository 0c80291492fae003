"""This page tells each visitor for which path they asked before, and how many requests it has answered in all:

    /one before, 7 in all

It is one object, and serves everybody; so it tells a visitor what somebody else has asked for. Repair that. A visitor
is a connection: whoever comes over another one is somebody else, and has `nothing before`. (In the check all clients
have the same address and port.) The number in all stays what it is, one number for everybody.
"""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    before = b"nothing"
    count = 0

    def render_GET(self, request):
        Page.count += 1
        answer = b"%b before, %d in all" % (Page.before, Page.count)
        Page.before = request.path
        return answer
