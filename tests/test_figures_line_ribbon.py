"""The ribbon of a LineReceiver: what it says of each byte agrees with what the receiver did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.protocol import Factory
from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineReceiver
from twisted.web.resource import Resource

from snippets.lens.errors import LensError
from snippets.lens.figures import LINE_POINTS, LINE_WATCH, Picture, line_ribbon
from snippets.lens.figures.line_ribbon import LOOK
from snippets.lens.follow.lines import (
    CLEARED,
    IN_BUFFER,
    LEFT,
    LINE,
    PAUSED,
    RAW,
    TOO_LONG,
    received_lines,
)
from snippets.lens.trace import Trace, record
from snippets.lens.wire import Wire
from tests.pictures import assert_legible, texts
from tests.recorded import kinds
from tests.svgs import both


class Obedient(LineReceiver):
    """Does what a line says, and ends raw mode at a full stop."""

    MAX_LENGTH = 20

    def lineReceived(self, line):
        if line in (b"setRawMode", b"pauseProducing", b"clearLineBuffer"):
            getattr(self, line.decode())()
        if line == b"close":
            self.transport.loseConnection()

    def rawDataReceived(self, data):
        if b"." in data:
            self.setLineMode(data[data.index(b".") + 1 :])
        elif data.endswith(b"!"):
            self.setLineMode()


class Calling(Obedient):
    """Calls what it overrides."""

    def lineReceived(self, line):
        super().lineReceived(line)

    def rawDataReceived(self, data):
        super().rawDataReceived(data)

    def setLineMode(self, extra=b""):
        return super().setLineMode(extra=extra)


class Waiting(Resource):
    isLeaf = True

    def render_GET(self, request):
        return b""


def traced(data: bytes, size=None, protocol=Obedient, points=LINE_POINTS, watch=LINE_WATCH) -> Trace:
    """The trace of `data` sent to a new connection, which is resumed in the end."""
    with record(points, watch=watch) as trace:
        wire = Wire(Factory.forProtocol(protocol))
        wire.send(data, size)
        if wire.protocol.paused:
            wire.protocol.resumeProducing()
            wire.receive()
    return trace


def waited(trace: Trace) -> list[str]:
    return [byte.waited for byte in received_lines(trace)[0]]


MIXED = b"one\r\nsetRawMode\r\nra\r\nw.two\r\nthr"
MIXED_KINDS = [(LINE, b"one\r\n"), (LINE, b"setRawMode\r\n"), (RAW, b"ra\r\nw."), (LINE, b"two\r\n"), (LEFT, b"thr")]


@pytest.mark.parametrize("protocol", [Obedient, Calling])
def test_says_what_took_each_byte(protocol):
    assert kinds(received_lines(traced(MIXED, protocol=protocol))) == MIXED_KINDS


@given(st.lists(st.integers(1, 12)))
def test_the_cuts_change_nothing_in_what_took_a_byte(sizes):
    whole, cuts = received_lines(traced(MIXED, sizes))
    assert bytes(byte.value for byte in whole) == MIXED
    assert [byte.kind for byte in whole] == [kind for kind, data in MIXED_KINDS for _ in data]
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    assert cuts == [end for end in ends if end < len(MIXED)]


@pytest.mark.parametrize("delimiter", [b"\n", b"||", b"end"])
@pytest.mark.parametrize("size", [None, 1, 4])
def test_a_line_is_as_long_as_its_delimiter_makes_it(delimiter, size):
    class Other(Obedient):
        pass

    Other.delimiter = delimiter
    assert kinds(received_lines(traced(delimiter.join([b"one", b"", b"two", b"thr"]), size, Other))) == [
        *[(LINE, b"one" + delimiter), (LINE, delimiter), (LINE, b"two" + delimiter), (LEFT, b"thr")],
    ]


def test_whole_only_the_rest_waits():
    assert waited(traced(MIXED)) == [""] * (len(MIXED) - 3) + [IN_BUFFER] * 3


def test_byte_by_byte_all_of_a_line_waits_but_its_last_byte_and_nothing_of_raw_data():
    line, raw = [IN_BUFFER] * 4 + [""], [""] * 6
    expected = line + [IN_BUFFER] * 11 + [""] + raw + line + [IN_BUFFER] * 3
    assert waited(traced(MIXED, 1)) == expected


def test_what_a_pause_leaves_in_the_buffer_waits_paused_and_what_was_not_read_does_not():
    trace = traced(b"pauseProducing\r\none\r\ntwo\r\nlate\r\n", [21, 5])
    assert waited(trace) == [""] * 16 + [PAUSED] * 5 + [""] * 11
    assert {kind for kind, _ in kinds(received_lines(trace))} == {LINE}


def test_what_has_waited_paused_and_waits_on_has_waited_paused():
    assert waited(traced(b"pauseProducing\r\non")) == [""] * 16 + [PAUSED] * 2


def test_a_line_that_is_too_long_takes_all_there_is_with_it():
    assert kinds(received_lines(traced(b"one\r\n" + b"x" * 21 + b"\r\ntwo\r\n"))) == [
        (LINE, b"one\r\n"),
        (TOO_LONG, b"x" * 21 + b"\r\ntwo\r\n"),
    ]
    assert kinds(received_lines(traced(b"x" * 40, 1))) == [(TOO_LONG, b"x" * 22)]


def test_what_is_taken_out_of_the_buffer():
    assert kinds(received_lines(traced(b"clearLineBuffer\r\none\r\n"))) == [
        (LINE, b"clearLineBuffer\r\n"),
        (CLEARED, b"one\r\n"),
    ]


def test_what_comes_after_the_end_is_left():
    assert kinds(received_lines(traced(b"close\r\none\r\n")))[-1] == (LEFT, b"one\r\n")


def test_raw_data_given_back_and_never_taken_is_left():
    assert kinds(received_lines(traced(b"setRawMode\r\nraw.line")))[-2:] == [(RAW, b"raw."), (LEFT, b"line")]


def test_raw_data_may_end_with_its_piece():
    trace = traced(b"setRawMode\r\nra!one\r\n", [12, 3])
    assert kinds(received_lines(trace)) == [(LINE, b"setRawMode\r\n"), (RAW, b"ra!"), (LINE, b"one\r\n")]


def test_http_is_shown_too():
    with record(LINE_POINTS, watch=LINE_WATCH) as trace:
        Wire(Waiting()).send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    assert kinds(received_lines(trace)) == [(LINE, b"GET / HTTP/1.1\r\n"), (LINE, b"Host: x\r\n"), (LINE, b"\r\n")] * 2


def test_a_long_piece_is_known_by_its_length():
    found, _ = received_lines(traced(b"setRawMode\r\n" + b"x" * 5000))
    assert len(found) == 5012
    assert found[-1] == (None, RAW, 1, "", False)
    assert "5,012 bytes, received in 1 piece" in line_ribbon(traced(b"setRawMode\r\n" + b"x" * 5000)).alt


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (MIXED, None),
        (MIXED, 7),
        (MIXED, 1),
        (b"pauseProducing\r\none\r\ntwo", 20),
        (b"x" * 30, 5),
        (b"close\r\none\r\n", 3),
    ],
)
def test_can_be_read_and_has_a_legend_of_what_occurs(data, size):
    trace = traced(data, size)
    found, cuts = received_lines(trace)
    picture = both(line_ribbon, trace)
    assert isinstance(picture, Picture)
    assert_legible(picture)
    said = texts(picture)
    assert {kind for kind in LOOK.fills if kind in said} == {byte.kind for byte in found}
    assert {bar for bar in LOOK.bars if bar in said} == {byte.waited for byte in found} - {""}
    assert ("a piece ends here" in said) == (0 < len(cuts) < len(found) - 1)


def test_alt_counts():
    alt = line_ribbon(traced(b"pauseProducing\r\none\r\ntwo", [21])).alt
    assert "24 bytes, received in 2 pieces." in alt
    assert f"{LINE} 21; {LEFT} 3." in alt
    assert f"pieces end after byte 21; 3 bytes {IN_BUFFER}; 5 bytes {PAUSED}." in alt


def test_bytes_that_come_one_by_one_are_said_to_and_not_marked():
    picture = line_ribbon(traced(MIXED, 1))
    assert f"{len(MIXED)} bytes, received one by one" in texts(picture)
    assert "pieces end after" not in picture.alt
    assert "1 byte, received in 1 piece" in texts(line_ribbon(traced(b"x")))


def test_what_has_one_colour_differs_in_its_hatch():
    assert len(set(LOOK.fills.values())) == len(LOOK.fills)


class TestWhatCannotBeDrawn:
    def test_nothing_received(self):
        with pytest.raises(LensError, match="this trace has 0: record"):
            line_ribbon(traced(b""))

    def test_two_connections(self):
        with record(LINE_POINTS, watch=LINE_WATCH) as trace:
            wires = [Wire(Factory.forProtocol(Obedient)) for _ in range(2)]
            for wire in wires:
                wire.send(b"one\r\n")
        with pytest.raises(LensError, match="this trace has 2: record"):
            line_ribbon(trace)

    def test_without_the_watched_attributes(self):
        with pytest.raises(LensError, match="without watching delimiter, paused"):
            line_ribbon(traced(MIXED, watch={}))

    def test_from_the_middle_of_a_line(self):
        wire = Wire(Factory.forProtocol(Obedient))
        wire.send(b"on")
        with record(LINE_POINTS, watch=LINE_WATCH) as trace:
            wire.send(b"e\r\n")
        with pytest.raises(LensError, match="came or went without a call"):
            line_ribbon(trace)

    def test_bytes_made_up_by_the_receiver(self):
        receiver = Obedient()
        receiver.makeConnection(StringTransport())
        with record(LINE_POINTS, watch=LINE_WATCH) as trace:
            receiver.setLineMode(b"one\r\n")
        with pytest.raises(LensError, match="bytes that rawDataReceived had not been given"):
            line_ribbon(trace)
