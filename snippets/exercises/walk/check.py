"""Predict where six walks down a tree end."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="09_resource_traversal",
    title="Six walks down a tree",
    kind="predict",
    minutes=5,
    section="The source, in the order in which the request meets it",
)

SAYS = {
    "docs_slash": "A slash at the end leaves one more segment, the empty one, and it is asked for like any other.",
    "users_bare": "When no segment is left, the resource at which the walk stands is rendered. Can this one?",
    "me": "getChildWithDefault looks in one place before the other.",
    "api_page": "The loop has a condition, and it is asked before every step.",
    "api_left": "A step moves one segment to prepath. Whoever ends the walk early leaves the others where they are.",
    "got_children": "The loop takes what getChild returned, whatever it is, and asks that for the next segment.",
    "ann_path": "A segment is moved before it is looked up, the first one too.",
}
LIKELY = {
    "docs_slash": {200: "a slash at the end that is passed over.", 301: "a server that takes the slash away."},
    "users_bare": {
        404: "a resource that is not found. This one is: it stands in the tree.",
        200: "a resource that has something to say of itself.",
    },
    "me": {"me": "a getChild that is asked first."},
    "api_page": {"version 1": "a leaf whose children are asked for.", "v1": "a page that is made of its segment."},
    "api_left": {
        (b"v1",): "a slash at the end that leaves nothing.",
        (): "a leaf that takes the rest off the list.",
        (b"api", b"v1", b""): "a leaf's own segment that is left, too.",
    },
    "got_children": {
        1: "a walk that ends at the first page that was made.",
        2: "a walk that ends at a miss.",
        4: "a root that has to make the first one.",
    },
    "ann_path": {(b"users",): "a last segment that is not moved.", (b"ann",): "a list that begins below users."},
}


def truth() -> dict[str, object]:
    from twisted.web.resource import Resource

    from snippets.lens.trace import record
    from snippets.lens.wire import Wire

    class Page(Resource):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def render_GET(self, request):
            rendered.append((self.name, request.prepath, request.postpath))
            return b""

    class Leaf(Page):
        isLeaf = True

    class Users(Resource):
        def getChild(self, segment, request):
            return Page(segment.decode())

    def ask(path):
        return int(Wire(root).send(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()).split()[1])

    rendered, root, users, api = [], Resource(), Users(), Leaf("api")
    root.children = {b"docs": Page("docs"), b"users": users, b"api": api}
    users.putChild(b"me", Page("this is you"))
    api.putChild(b"v1", Page("version 1"))
    told = {"docs_slash": ask("/docs/"), "users_bare": ask("/users")}
    for path in ["/users/me", "/api/v1/", "/users/ann"]:
        ask(path)
    with record(["Resource.getChild", "_UnsafeErrorPageBase.getChild"]) as trace:
        ask("/users/ann/x/y")
    (me, *_), (page, _, left), (_, prepath, _) = rendered
    count = len(trace.events)
    return told | {"me": me, "api_page": page, "api_left": left, "got_children": count, "ann_path": prepath}
