"""A small API. Whatever is asked below it, the same answer comes. Repair it, so that these paths have a page:

    /               what there is: status, users
    /status         fine
    /users          ann, bob
    /users/ann      this is ann; and so for each name in NAMES

Every other path is a 404: /nothing, /users/carl, /users/, /status/more, /users/ann/more.
"""

from twisted.web.resource import Resource

NAMES = ["ann", "bob"]


class Page(Resource):
    isLeaf = True

    def __init__(self, text):
        super().__init__()
        self.text = text

    def render_GET(self, request):
        return self.text.encode()


class Users(Page):
    def getChild(self, segment, request):
        return Page(f"this is {segment.decode()}")


def root():
    api = Page("status, users")
    api.putChild(b"status", Page("fine"))
    api.putChild(b"users", Users(", ".join(NAMES)))
    return api
