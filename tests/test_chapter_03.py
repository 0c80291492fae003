"""What chapter 03 says in words and leaves to a test."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.protocol import Factory
from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineOnlyReceiver, LineReceiver
from twisted.web._newclient import HTTPClientParser, Request
from twisted.web.http import HTTPChannel
from twisted.web.http_headers import Headers

from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.line_receiver.line_cost import Counted, cost
from snippets.line_receiver.line_then_raw import Store, factory
from snippets.line_receiver.long_line import Closing


class Receiver(LineReceiver):
    """Notes what it is told, and does what a line says."""

    MAX_LENGTH = 80

    def __init__(self):
        self.told = []

    def lineReceived(self, line):
        self.told.append(line)
        if line in (b"pauseProducing", b"resumeProducing", b"clearLineBuffer", b"setRawMode"):
            getattr(self, line.decode())()
        if line == b"raise":
            raise ValueError("told to")

    def rawDataReceived(self, data):
        self.told.append((b"raw", data))

    def lineLengthExceeded(self, line):
        self.told.append((b"too long", line))

    def connectionLost(self, reason):
        self.told.append(reason.type.__name__)


class OnlyReceiver(LineOnlyReceiver):
    MAX_LENGTH = 80
    lineReceived = Receiver.lineReceived
    __init__ = Receiver.__init__
    lineLengthExceeded = Receiver.lineLengthExceeded


def connected(protocol):
    """The protocol, on a transport that does not stop delivering, whatever it is asked."""
    protocol.makeConnection(StringTransport())
    return protocol


def test_http_is_spoken_by_a_line_receiver():
    assert issubclass(HTTPChannel, LineReceiver)


class TestTheLoop:
    @given(
        st.lists(st.sampled_from([b"put a 3\r\n", b"\r\n\r", b"get a\r\n", b"put b 0\r\n", b"quit\r\n", b"x" * 90])),
        st.lists(st.integers(1, 20)),
    )
    def test_how_the_bytes_are_cut_makes_no_difference_to_the_store(self, parts, sizes):
        data = b"".join(parts)
        whole, cut = Wire(factory()), Wire(factory())
        assert cut.send(data, sizes) == whole.send(data)
        assert cut.closed == whole.closed

    def test_a_crlf_in_raw_data_ends_nothing(self):
        """A value of 8 bytes with three CRLFs in it is stored whole, and comes back whole."""
        assert Wire(factory()).send(b"put a 8\r\n\r\na\r\nb\r\nget a\r\n") == b"stored\r\nvalue 8\r\n\r\na\r\nb\r\n"

    def test_raw_data_of_length_0_is_never_delivered(self):
        receiver = connected(Receiver())
        receiver.dataReceived(b"setRawMode\r\n")
        assert receiver.told == [b"setRawMode"]
        receiver.dataReceived(b"next")
        assert receiver.told == [b"setRawMode", (b"raw", b"next")]

    def test_extra_data_given_back_by_a_line_comes_after_what_was_there(self):
        """A line given back by lineReceived is handled after the line that was in the buffer already."""

        class Repeating(Receiver):
            def lineReceived(self, line):
                self.told.append(line)
                if line == b"a":
                    self.setLineMode(b"x\r\n")

        receiver = connected(Repeating())
        receiver.dataReceived(b"a\r\nb\r\n")
        assert receiver.told == [b"a", b"b", b"x"]

    def test_outside_a_callback_set_line_mode_handles_the_lines_before_it_returns(self):
        receiver = connected(Receiver())
        receiver.dataReceived(b"setRawMode\r\n")
        receiver.setLineMode(b"one\r\ntwo\r\nthr")
        assert receiver.told == [b"setRawMode", b"one", b"two"]

    def test_a_line_that_raises_is_gone_and_the_next_one_is_not(self):
        receiver = connected(Receiver())
        with pytest.raises(ValueError, match="told to"):
            receiver.dataReceived(b"one\r\nraise\r\nthree\r\n")
        receiver.dataReceived(b"")
        assert receiver.told == [b"one", b"raise", b"three"]

    def test_clear_line_buffer_ends_the_loop(self):
        receiver = connected(Receiver())
        receiver.dataReceived(b"clearLineBuffer\r\ntwo\r\n")
        assert (receiver.told, receiver._buffer) == ([b"clearLineBuffer"], b"")

    def test_unguarded_the_client_decides_how_deep_the_stack_is(self):
        """Without the flag a piece of many values raises a RecursionError; with it the same piece is handled."""

        class Unguarded(Store):
            _busyReceiving = property(lambda self: False, lambda self, value: None)

        many = b"put x 1\r\ny" * sys.getrecursionlimit()
        for cls in (Store, Unguarded):
            store = cls()
            store.factory = factory()
            store.makeConnection(StringTransport())
            if cls is Store:
                store.dataReceived(many)
            else:
                with pytest.raises(RecursionError):
                    store.dataReceived(many)

    def test_a_line_with_a_delimiter_inside_is_sent_as_two(self):
        receiver = connected(Receiver())
        receiver.sendLine(b"one\r\ntwo")
        other = connected(Receiver())
        other.dataReceived(receiver.transport.value())
        assert other.told == [b"one", b"two"]


class TestPausing:
    def test_resume_hands_on_what_was_left_before_it_returns(self):
        receiver = connected(Receiver())
        receiver.dataReceived(b"pauseProducing\r\none\r\ntwo\r\n")
        assert receiver.told == [b"pauseProducing"]
        receiver.resumeProducing()
        assert receiver.told == [b"pauseProducing", b"one", b"two"]

    def test_paused_and_resumed_in_one_line_is_as_if_nothing_had_been(self):
        class Hesitating(Receiver):
            def lineReceived(self, line):
                self.told.append(line)
                self.pauseProducing()
                self.resumeProducing()

        receiver = connected(Hesitating())
        receiver.dataReceived(b"one\r\ntwo\r\n")
        assert receiver.told == [b"one", b"two"]

    def test_resume_reads_nothing_yet(self):
        wire = Wire(Factory.forProtocol(Receiver))
        wire.send(b"pauseProducing\r\n")
        wire.send(b"one\r\n")
        wire.protocol.resumeProducing()
        assert wire.protocol.told == [b"pauseProducing"]
        wire.receive()
        assert wire.protocol.told == [b"pauseProducing", b"one"]

    def test_in_raw_mode_a_line_given_back_is_handled_on_a_closing_connection(self):
        """A line given back by rawDataReceived after loseConnection is handled, and the line behind it is not."""
        receiver = connected(Receiver())

        def raw(data):
            receiver.transport.loseConnection()
            receiver.setLineMode(data)

        receiver.rawDataReceived = raw
        receiver.dataReceived(b"setRawMode\r\none\r\ntwo\r\n")
        assert receiver.told == [b"setRawMode", b"one"]


class TestTheEnd:
    def test_a_last_line_without_its_end_is_not_delivered(self):
        """A line without its CRLF is not delivered when the client closes; clearLineBuffer returns it afterwards."""
        wire = Wire(Factory.forProtocol(Receiver))
        wire.send(b"one\r\nquit")
        wire.disconnect()
        assert wire.protocol.told == [b"one", "ConnectionDone"]
        assert wire.protocol.clearLineBuffer() == b"quit"

    def test_the_http_client_takes_out_what_came_behind_a_response_without_a_body(self):
        """Twisted's HTTP client gives away what came behind a 204, and has it from clearLineBuffer."""
        rest = []
        parser = HTTPClientParser(Request(b"GET", b"/", Headers(), None), rest.append)
        parser.makeConnection(StringTransport())
        with record(["LineReceiver.clearLineBuffer"]) as trace:
            parser.dataReceived(b"HTTP/1.1 204 No Content\r\n\r\nrest")
        assert rest == [event.result for event in trace.events] == [b"rest"]

    def test_async_line_received_never_runs_and_stops_the_loop(self, recwarn):
        """An async lineReceived does not run, and the line behind the first stays in the buffer."""

        class Asynchronous(Receiver):
            async def lineReceived(self, line):
                self.told.append(line)

        receiver = connected(Asynchronous())
        receiver.dataReceived(b"one\r\ntwo\r\n").close()
        assert (receiver.told, receiver._buffer) == ([], b"two\r\n")

    def test_the_transport_does_not_look_at_the_result_of_data_received(self):
        """After a true lineReceived the connection is still open, and the second line is in the buffer."""
        receiver = Receiver()
        receiver.lineReceived = lambda line: True
        made = Factory()
        made.buildProtocol = lambda address: receiver
        wire = Wire(made)
        wire.send(b"one\r\ntwo\r\n")
        assert (receiver._buffer, wire.closed) == (b"two\r\n", False)


class TestTooLong:
    @pytest.mark.parametrize("cut", range(1, 82))
    def test_a_line_of_the_greatest_length_may_be_cut_anywhere(self, cut):
        """A line of exactly MAX_LENGTH bytes is received, wherever it is cut."""
        line = b"x" * 80
        receiver = connected(Receiver())
        receiver.dataReceived((line + b"\r\n")[:cut])
        receiver.dataReceived((line + b"\r\n")[cut:])
        assert receiver.told == [line]

    @pytest.mark.parametrize("cut", range(1, 82))
    def test_a_line_only_receiver_refuses_one_cut_of_the_longest_line(self, cut):
        line = b"x" * 80
        receiver = connected(OnlyReceiver())
        receiver.dataReceived((line + b"\r\n")[:cut])
        receiver.dataReceived((line + b"\r\n")[cut:])
        assert (receiver.told == [line]) == (cut != 81)

    @given(st.lists(st.integers(1, 90)))
    def test_one_byte_more_is_too_long_however_it_is_cut(self, sizes):
        wire = Wire(Factory.forProtocol(Receiver))
        wire.send(b"x" * 81 + b"\r\n", sizes)
        assert wire.protocol.told[0][0] == b"too long"


class TestClosing:
    def test_a_receiver_that_asks_handles_no_line_after_the_end(self):
        """A receiver that asks for disconnecting handles no line after loseConnection."""
        wire = Wire(Factory.forProtocol(Closing))
        wire.protocol.pauseProducing()
        wire.protocol._buffer = b"one\r\n"
        wire.transport.loseConnection()
        wire.protocol.resumeProducing()
        assert wire.receive() == b""

    def test_after_an_abort_every_line_of_the_piece_is_handled(self):
        """Three lines of one piece are all handled over TCP, though the first has called abortConnection."""

        class Aborting(Receiver):
            def lineReceived(self, line):
                super().lineReceived(line)
                self.transport.abortConnection()

        wire = Wire(Factory.forProtocol(Aborting))
        wire.send(b"one\r\ntwo\r\nthree\r\n")
        assert wire.protocol.told == [b"one", b"two", b"three", "ConnectionAborted"]
        assert wire.closed


SIZES = st.integers(0, 60)
COUNTS = st.integers(1, 30)


class TestCost:
    @given(SIZES, COUNTS)
    def test_cost_of_lines_in_one_piece(self, n, count):
        """Lines of 0 to 60 bytes, up to 30 of them in one piece, cost what the chapter's formula says."""
        m = n + 2
        assert cost(n, count) == (n * count + m * count * (count - 1) // 2, m * count)

    @given(SIZES, COUNTS)
    def test_cost_of_lines_byte_by_byte(self, n, count):
        """Lines of 0 to 60 bytes, up to 30 of them byte by byte, cost what the chapter's formula says."""
        m = n + 2
        assert cost(n, count, 1) == (count * (n * n + 7 * n + 4) // 2, count * m * (m + 1) // 2)

    @given(SIZES, COUNTS, st.integers(1, 5))
    def test_cost_is_linear_in_the_length_of_a_stream(self, n, count, pieces):
        """Pieces of whole lines, up to five of them, cost as many times what one costs."""
        copied, searched = cost(n, count)
        assert cost(n, count * pieces, (n + 2) * count) == (copied * pieces, searched * pieces)

    @given(SIZES, COUNTS)
    def test_line_only_receiver_copies_a_byte_at_most_once(self, n, count):
        """A LineOnlyReceiver with nothing waiting copies no more bytes than the piece has."""
        copied, _ = cost(n, count, None, LineOnlyReceiver)
        assert copied <= (n + 2) * count

    def test_nothing_is_copied_where_nothing_changes(self):
        """For a sum with no bytes and a split in vain CPython returns what is there, and Counted counts 0."""
        data = b"no end in sight"
        assert b"" + data is data
        assert data + b"" is data
        assert data.split(b"\r\n", 1)[0] is data
        assert data.split(b"\r\n")[0] is data
        Counted.copied = 0
        for same in (Counted() + data, Counted(data) + b"", Counted(data).split(b"\r\n", 1)[0]):
            assert same == data
        assert Counted.copied == 0

    def test_what_counts_behaves_as_what_it_stands_for(self):
        with record(["LineReceiver.lineReceived"]) as trace:
            receiver = connected(Receiver())
            receiver._buffer = Counted()
            for piece in (b"on", b"e\r\ntwo\r", b"\n", b"thr"):
                receiver.dataReceived(piece)
        assert receiver.told == [b"one", b"two"]
        assert (type(receiver._buffer), receiver._buffer) == (Counted, b"thr")
        assert len(trace) == 2
