"""A `Page` answers a GET with its name, a `Leaf` is a `Page` that is a leaf. What does this site answer?

    class Users(Resource):
        def getChild(self, segment, request):
            return Page(segment.decode())

    root, docs, users, api = Resource(), Page("docs"), Users(), Leaf("api")
    root.putChild(b"docs", docs)
    root.putChild(b"users", users)
    root.putChild(b"api", api)
    users.putChild(b"me", Page("this is you"))
    api.putChild(b"v1", Page("version 1"))

Write a value in the place of each `...`; nothing here is run.
"""

docs_slash = ...  # the status of GET /docs/
users_bare = ...  # the status of GET /users
me = ...  # the page, as text, that answers GET /users/me
api_page = ...  # the page, as text, that answers GET /api/v1/
api_left = ...  # request.postpath, a list of bytes, when that page is rendered
got_children = ...  # how often a method called getChild is called for GET /users/ann/x/y
ann_path = ...  # request.prepath, a list of bytes, when GET /users/ann is rendered
