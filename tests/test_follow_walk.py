"""The walk of a request: its steps are those that the request was led."""

import pytest
from twisted.web.resource import IResource, Resource, getChildForRequest
from twisted.web.server import Request
from zope.interface import implementer

from snippets.lens.errors import LensError
from snippets.lens.follow.walk import walks
from tests.resources import Leaf, Page, sent, tree, walk


class TestWalks:
    def test_a_walk_to_a_page(self):
        found = walk(tree(), "/docs/intro")
        assert [(step.segment, step.by, step.prepath, step.postpath) for step in found.steps] == [
            (b"docs", "", (b"docs",), (b"intro",)),
            (b"intro", "", (b"docs", b"intro"), ()),
        ]
        assert [step.asked for step in found.steps] == [found.root, found.steps[0].found]
        assert found.found.startswith("Page#")
        assert (found.before, found.left, found.raised) == ((b"docs", b"intro"), (), "")

    def test_a_leaf_leaves_the_rest(self):
        found = walk(tree(), "/api/a/b")
        assert (len(found.steps), found.left, found.steps[0].postpath) == (1, (b"a", b"b"), (b"a", b"b"))

    def test_a_leaf_at_the_root(self):
        found = walk(Leaf(), "/a")
        assert (found.steps, found.left, found.found) == ((), (b"a",), found.root)

    def test_who_made_what_was_returned(self):
        assert [step.by for step in walk(tree(), "/users/x/y").steps] == ["", "Made", "Resource"]
        assert walk(tree(), "/users/").steps[-1].found == walk(tree(), "/users/").steps[-1].asked

    def test_an_exception_ends_it(self):
        found = walk(tree(), "/users/raise/more")
        assert found.found is None
        assert found.raised == "ValueError: no"
        assert found.left == (b"more",)
        assert "ValueError: no" in str(found)

    def test_the_lists_are_those_of_the_request_itself(self):
        seen = []

        class Noting(Resource):
            def getChild(self, segment, request):
                seen.append((tuple(request.prepath), tuple(request.postpath)))
                return self

        found = walk(Noting(), "/a//%2F/c")
        assert [(step.prepath, step.postpath) for step in found.steps] == seen

    def test_what_a_resource_does_to_postpath_when_it_renders_is_not_the_walk(self):
        class Eating(Leaf):
            def render_GET(self, request):
                request.postpath.clear()
                return b""

        assert walk(Eating(), "/a/b").left == (b"a", b"b")

    def test_one_for_each_request(self):
        found = walks(sent(tree(), "/docs", "/api/x"))
        assert [each.before for each in found] == [(b"docs",), (b"api", b"x")]

    def test_steps_of_getChildWithDefault_that_calls_its_base_are_counted_once(self):
        class Own(Resource):
            def getChildWithDefault(self, path, request):
                return super().getChildWithDefault(path, request)

        root = Own()
        root.putChild(b"a", Page())
        assert [step.segment for step in walk(root, "/a").steps] == [b"a"]

    def test_a_walk_inside_a_walk_is_not_its_own(self):
        class Outer(Leaf):
            def render(self, request):
                return getChildForRequest(tree(), request).render(request)

        assert walk(Outer(), "/docs/intro").left == (b"docs", b"intro")

    def test_a_request_class_with_its_own_process(self):
        class Own(Request):
            def process(self):
                super().process()

        (found,) = walks(sent(tree(), "/docs/intro", requestFactory=Own))
        assert len(found.steps) == 2

    def test_long_segments_are_shown_as_far_as_they_were_kept(self):
        assert walk(tree(), "/" + "x" * 300).steps[0].segment == b"x" * 200

    def test_a_walk_that_the_trace_does_not_show_whole_is_refused(self):
        class Eating(Page):
            def getChild(self, segment, request):
                request.prepath.append(request.postpath.pop(0))
                return self

        class Renaming(Page):
            def getChild(self, segment, request):
                request.prepath[-1] = b"other"
                return self

        @implementer(IResource)
        class NoResource:
            isLeaf = False

            def getChildWithDefault(self, segment, request):
                return tree()

            def render(self, request):
                return b""

        class Own(Resource):
            def getChildWithDefault(self, segment, request):
                return Leaf()

        for root in [Eating(), Renaming(), NoResource()]:
            with pytest.raises(LensError, match="prepath is not what was asked for"):
                walks(sent(root, "/a/b"))
        with pytest.raises(LensError, match=r"Own\.getChildWithDefault finds the child itself"):
            walks(sent(Own(), "/a"))

    def test_the_table_has_a_row_a_step(self):
        rows = str(walk(tree(), "/docs/intro")).splitlines()
        assert len(rows) == 4
        assert rows[0].split() == ["asked", "for", "by", "returned", "prepath", "postpath"]
        assert rows[1].endswith("[b'docs', b'intro']")
        assert rows[3].endswith("[b'docs', b'intro']  []")

    def test_what_is_missing_is_said_in_a_line(self):
        with pytest.raises(LensError, match="no walk was recorded"):
            walks(sent(tree(), "/docs", points=["Resource.render"], watch={}))
        with pytest.raises(LensError, match="without watching prepath, postpath"):
            walks(sent(tree(), "/docs", watch={}))
        with pytest.raises(LensError, match="send a shorter path"):
            walks(sent(Leaf(), "/a/b/c/d/e/f/g/h"))
