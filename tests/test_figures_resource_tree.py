"""The tree of resources and the walk on it: they say what is there and what was recorded, and can be read."""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.web import static
from twisted.web.resource import EncodingResourceWrapper, Resource

from snippets.lens.errors import LensError
from snippets.lens.figures import resource_tree, walks
from snippets.lens.figures.resource_tree import MOST_ROWS, join, live
from tests.pictures import assert_legible, texts
from tests.resources import Leaf, Made, Page, sent, tree, walk
from tests.svgs import both


class TestFigure:
    def test_draws_what_is_there(self):
        said = texts(resource_tree(tree()))
        for text in ["Resource", "Page", "Leaf", "isLeaf", "Made", "b'docs'", "b'intro'", "b'api'", "any other"]:
            assert text in said
        assert "Made.getChild" in said

    def test_the_walk_is_joined_to_the_live_tree(self):
        root = tree()
        node = live(root)
        join(node, walk(root, "/docs/intro"))
        assert [each.segment for each in node.rows() if each.arrivals] == [None, b"docs", b"intro"]
        assert not any(each.made for each in node.rows() if each.arrivals)

    def test_what_getChild_made_is_added_and_dashed(self):
        root = tree()
        node = live(root)
        join(node, walk(root, "/docs/none/more"))
        made = [each for each in node.rows() if each.made and each.arrivals]
        assert [(each.kind, each.by, each.itself) for each in made] == [
            ("404 page", "Resource", False),
            ("404 page, itself", "_UnsafeErrorPageBase", True),
        ]

    def test_postpath_stands_at_the_right(self):
        root = tree()
        said = texts(resource_tree(root, sent(root, "/api/a/b")))
        assert said[-3:] == ["left in postpath", "[b'api', b'a', b'b']", "[b'a', b'b']"]

    def test_a_leaf_that_was_made_shows_as_one(self):
        class Leaves(Resource):
            def getChild(self, segment, request):
                return Leaf()

        assert "isLeaf" in texts(resource_tree(Leaves(), sent(Leaves(), "/a/b")))
        assert "isLeaf" not in texts(resource_tree(Leaves(), sent(Leaves(), "/a")))

    def test_the_alternative_text_says_the_same(self):
        root = tree()
        assert resource_tree(root).alt == (
            "A tree of resources: Resource [b'docs' Resource [b'intro' Page], b'api' Leaf (isLeaf), "
            "b'users' Made [any other by Made.getChild]]."
        )
        alt = resource_tree(root, sent(root, "/users/x")).alt
        assert alt.endswith("b'x' to Page#1, made by Made.getChild. Left in postpath: [].")
        assert "No step is walked: the root is rendered." in resource_tree(Leaf(), sent(Leaf(), "/a")).alt

    def test_what_stands_below_itself_is_drawn_once_more_and_no_further(self):
        root = Resource()
        root.putChild(b"again", root)
        assert [node.kind for node in live(root).rows()] == ["Resource", "Resource, as above"]
        assert_legible(resource_tree(root, sent(root, "/again/again/again")))

    @pytest.mark.parametrize("returned", [None, 1])
    def test_what_is_no_resource_is_no_leaf(self, returned):
        class Wrong(Resource):
            def getChild(self, segment, request):
                return returned

        trace = sent(Wrong(), "/a/b")
        assert walks(trace)[0].found is None
        assert "isLeaf" not in texts(resource_tree(Wrong(), trace))

    def test_what_is_no_wrapper_and_what_is_no_object_are_drawn_as_they_are(self):
        page = Page()
        page.original = "a text"
        page.putChild(b"file", static.File)
        assert [node.kind for node in live(page).rows()] == ["Page", "type"]

    def test_a_wrapper_shows_what_is_below_what_it_wraps(self):
        page = Page()
        page.putChild(b"below", Leaf())
        wrapper = EncodingResourceWrapper(page, [])
        assert [node.kind for node in live(wrapper).rows()] == ["EncodingResourceWrapper", "Leaf"]
        assert_legible(resource_tree(wrapper, sent(wrapper, "/below/x")))

    def test_what_it_can_not_draw_is_answered_in_a_line(self):
        root = tree()
        with pytest.raises(LensError, match="walks of 2 requests"):
            resource_tree(root, sent(root, "/", "/"))
        wide, deep = Resource(), Resource()
        for number in range(MOST_ROWS):
            wide.putChild(b"%d" % number, Page())
        with pytest.raises(LensError, match=f"has more than {MOST_ROWS} resources"):
            resource_tree(wide)
        branch = deep
        for _ in range(20):
            branch.putChild(b"deeper", Page())
            branch = branch.children[b"deeper"]
        with pytest.raises(LensError, match="too deep to be drawn"):
            resource_tree(deep)

    @pytest.mark.parametrize("segments", [[b"a"], [b"a", b"b"]])
    def test_a_tree_without_end_is_refused_as_well(self, segments):
        root = branch = Resource()
        for _ in range(2000):
            below = Resource()
            for segment in segments:
                branch.putChild(segment, below)
            branch = below
        with pytest.raises(LensError, match=f"has more than {MOST_ROWS} resources"):
            resource_tree(root)

    def test_what_is_written_between_two_cards_stays_on_the_page(self):
        drawn = 0
        for depth in range(1, 12):
            root = branch = Resource()
            for _ in range(depth):
                branch.putChild(b"a", Resource())
                branch = branch.children[b"a"]
            branch.putChild(b"x" * 20, itself := Made())
            itself.getChild = lambda segment, request, itself=itself: Made.getChild(itself, b"", request)
            with suppress(LensError):
                assert_legible(resource_tree(root, sent(root, "/a" * depth + "/" + "x" * 20 + "/" + "y" * 30)))
                drawn += 1
        assert 0 < drawn < 11

    def test_the_same_tree_gives_the_same_picture(self):
        assert resource_tree(tree()).png == resource_tree(tree()).png


SEGMENTS = st.sampled_from([b"", b"docs", b"api", b"caf\xc3\xa9", b"a/b", b"x" * 60, b"$\\x$", b"users"])


@st.composite
def trees(draw, depth: int = 3) -> Resource:
    """A tree of up to four levels, of resources of all kinds."""
    root = draw(st.sampled_from([Resource, Page, Leaf, Made, lambda: static.File("/nowhere")]))()
    if depth:
        for segment in draw(st.lists(SEGMENTS, max_size=3, unique=True)):
            root.putChild(segment, draw(trees(depth - 1)))
    return root


def escaped(segment: bytes) -> str:
    return "".join(f"%{byte:02x}" for byte in segment)


@settings(max_examples=20)
@given(trees(), st.lists(SEGMENTS, min_size=1, max_size=5))
@example(tree(), [b"docs", b"x" * 60, b"", b""])
@example(tree(), [b"users", b"", b"", b"$\\x$"])
@example(tree(), [b"api", b"a/b", b"x" * 60])
def test_it_can_be_read(root, segments):
    trace = sent(root, "".join(f"/{escaped(segment)}" for segment in segments))
    (found,) = walks(trace)
    assert found.before == tuple(segment[:200] for segment in segments)
    with suppress(LensError):  # a tree that is too wide to be drawn
        assert_legible(both(resource_tree, root, trace))
        assert_legible(both(resource_tree, root))
