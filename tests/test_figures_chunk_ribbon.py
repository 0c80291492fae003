"""The ribbon of a chunked body: what it says of each byte agrees with what the decoder did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.figures import CHUNK_POINTS, CHUNK_WATCH, Picture, chunk_ribbon
from snippets.lens.figures.chunk_ribbon import LOOK
from snippets.lens.follow.chunks import AFTER, DATA, LEFT, LINE_END, SIZE, TRAILER, received_chunks
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from tests.pictures import assert_legible, texts
from tests.recorded import kinds
from tests.svgs import both

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
MIXED = b"3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nSum: 42\r\n\r\n"
MIXED_KINDS = [
    *[(SIZE, b"3;a=b\r\n"), (DATA, b"hel"), (LINE_END, b"\r\n")],
    *[(SIZE, b"2\r\n"), (DATA, b"lo"), (LINE_END, b"\r\n")],
    *[(SIZE, b"0\r\n"), (TRAILER, b"Sum: 42\r\n"), (TRAILER, b"\r\n")],
]


class Page(Resource):
    isLeaf = True

    def render(self, request):
        return b""


def traced(body: bytes, sizes=None, watch=CHUNK_WATCH) -> Trace:
    with record(CHUNK_POINTS, watch=watch) as trace:
        wire = Wire(Page())
        wire.send(HEAD)
        wire.send(body, sizes)
    return trace


def test_says_which_state_took_each_byte():
    assert kinds(received_chunks(traced(MIXED))) == MIXED_KINDS


@given(st.lists(st.integers(1, 12)))
def test_the_cuts_change_nothing_in_that(sizes):
    found, cuts = received_chunks(traced(MIXED, sizes))
    assert bytes(byte.value for byte in found) == MIXED
    assert [byte.kind for byte in found] == [kind for kind, data in MIXED_KINDS for _ in data]
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    assert cuts == [end for end in ends if end < len(MIXED)]


def test_what_comes_after_the_body():
    assert kinds(received_chunks(traced(b"0\r\n\r\nGET")))[-1] == (AFTER, b"GET")


def test_what_waits_for_more():
    assert kinds(received_chunks(traced(b"5\r\nhello\r\n12"))) == [
        *[(SIZE, b"5\r\n"), (DATA, b"hello"), (LINE_END, b"\r\n"), (LEFT, b"12")],
    ]


@pytest.mark.parametrize(
    ("body", "kind", "refused"),
    [(b"five\r\nhello", SIZE, b"five\r\nhello"), (b"5\r\nhello!\r\n", LINE_END, b"!\r\n")],
)
def test_what_is_refused_is_framed(body, kind, refused):
    trace = traced(body)
    found = [byte for byte in received_chunks(trace)[0] if byte.refused]
    assert bytes(byte.value for byte in found) == refused
    assert {byte.kind for byte in found} == {kind}
    assert "answered with 400 Bad Request" in texts(chunk_ribbon(trace))
    assert f"{len(refused)} bytes were answered with 400" in chunk_ribbon(trace).alt


@pytest.mark.parametrize(("body", "sizes"), [(MIXED, None), (MIXED, 7), (MIXED, 1), (b"0\r\n\r\nGET", None)])
def test_can_be_read_and_has_a_legend_of_what_occurs(body, sizes):
    trace = traced(body, sizes)
    picture = both(chunk_ribbon, trace)
    assert isinstance(picture, Picture)
    assert_legible(picture)
    found, cuts = received_chunks(trace)
    assert {kind for kind in LOOK.fills if kind in texts(picture)} == {byte.kind for byte in found}
    assert ("a piece ends here" in texts(picture)) == (0 < len(cuts) < len(found) - 1)


def test_alt_counts():
    alt = chunk_ribbon(traced(MIXED, [10])).alt
    assert f"{len(MIXED)} bytes, received in 2 pieces." in alt
    assert f"{SIZE} 13; {DATA} 5; {LINE_END} 4; {TRAILER} 11." in alt


def test_a_long_chunk_is_known_by_its_length():
    found, _ = received_chunks(traced(b"1000\r\n" + b"x" * 4096))
    assert [byte.kind for byte in found] == [SIZE] * 6 + [DATA] * 4096


def test_what_has_one_colour_differs_in_its_hatch():
    assert len(set(LOOK.fills.values())) == len(LOOK.fills)


class TestWhatCannotBeDrawn:
    def test_no_body_or_two(self):
        with pytest.raises(LensError, match="this trace has 0: record"):
            chunk_ribbon(traced(b""))
        with pytest.raises(LensError, match="this trace has 2: record"):
            chunk_ribbon(traced(MIXED + HEAD + MIXED))

    def test_without_the_watched_attributes(self):
        with pytest.raises(LensError, match="without watching state, length"):
            chunk_ribbon(traced(MIXED, watch={}))

    def test_a_line_behind_what_was_kept_of_a_long_piece(self):
        with pytest.raises(LensError, match="send smaller ones"):
            chunk_ribbon(traced(b"190\r\n" + b"x" * 400 + b"\r\n0\r\n\r\n"))
