"""What the tests of walks and of trees walk on: small resources, and requests sent to them."""

from twisted.web.resource import Resource

from snippets.lens.figures import TREE_POINTS, TREE_WATCH
from snippets.lens.follow.walk import Walk, walks
from snippets.lens.logged import logged
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire


class Page(Resource):
    def render_GET(self, request):
        return b"page"


class Leaf(Page):
    isLeaf = True


class Made(Page):
    """Makes a Page for each segment, returns itself for the empty one, and raises for one."""

    def getChild(self, segment, request):
        if segment == b"raise":
            raise ValueError("no")
        return self if segment == b"" else Page()


def tree() -> Resource:
    root, docs = Resource(), Resource()
    docs.putChild(b"intro", Page())
    root.putChild(b"docs", docs)
    root.putChild(b"api", Leaf())
    root.putChild(b"users", Made())
    return root


def sent(root: Resource, *targets: str, points=TREE_POINTS, watch=TREE_WATCH, **site_options) -> Trace:
    wire = Wire(root, **site_options)
    with logged(), record(points, watch=watch) as trace:
        for target in targets:
            wire.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return trace


def walk(root: Resource, target: str) -> Walk:
    (one,) = walks(sent(root, target))
    return one
