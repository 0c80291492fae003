"""What came is kept so that it can be compared: without an object's address, and what is long by a digest."""

from snippets.practice import ways
from snippets.practice.talk import get

PAGE = """
from twisted.web.resource import Resource

class Page(Resource):
    isLeaf = True

    def render_GET(self, request):
        return BODY
"""


def body(text):
    """What is kept of the body of a page that returns the value of an expression."""
    told = ways.play(PAGE.replace("BODY", text), "page.py", "site", "Page", [[list(get("/"))]])
    return told["talks"][0]["outcomes"][0]["body"]


def test_an_objects_address_is_left_out():
    assert body("repr(self).encode()") == b"<learner.Page object at 0x...>"


def test_what_is_short_is_kept_whole():
    assert body("b'x' * 4000") == b"x" * 4000


def test_of_what_is_long_both_ends_are_kept_with_its_length():
    kept = body("b'ab' + b'x' * 30_000 + b'yz'")
    assert kept.startswith(b"abxxx")
    assert b"xxxyz (30004 bytes, digest " in kept
    assert len(kept) < 200


def test_one_other_byte_in_the_middle_is_seen():
    assert body("b'x' * 9000 + b'a' + b'x' * 9000") != body("b'x' * 9000 + b'b' + b'x' * 9000")


def test_the_same_is_the_same():
    assert body("b'x' * 9000") == body("b'x' * 9000")
