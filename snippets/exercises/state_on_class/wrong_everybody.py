"""The visitor was told what another one had asked for. The path is kept in one place for all: the class, the page, of
which there is one, or an address that visitors have in common. Which object is made for each connection?"""

from twisted.web.resource import Resource


class Page(Resource):
    isLeaf = True
    before = b"nothing"
    count = 0

    def render_GET(self, request):
        self.count += 1
        answer = b"%b before, %d in all" % (self.before, self.count)
        self.before = request.path
        return answer
