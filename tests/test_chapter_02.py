"""What chapter 02 says in words and leaves to a test."""

import gc
import socket
import weakref

import pytest
from twisted.internet import interfaces
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from snippets.lens.event import Point
from snippets.lens.figures import path_map
from snippets.lens.logged import logged
from snippets.lens.turns import Turns
from snippets.lens.wire import Wire
from snippets.workshop.scenarios.tls_client import TLSClient
from tests.keeping import Echo, Keeping


def test_the_map_marks_both_sides_of_the_contract():
    marked = path_map("02_protocol_transport").alt.partition("02_protocol_transport: ")[2]
    assert marked == "Connection._dataReceived, FileDescriptor.writeSequence, FileDescriptor.write."


def test_a_trace_calls_the_readers_own_code_their_cell():
    for file in ("/tmp/ipykernel_12/345.py", "<ipython-input-12-345>"):
        assert Point("__main__:Echo.dataReceived", file, 7, True, ()).where == "your cell:7"


@pytest.fixture
def hand():
    with Turns() as turned:
        yield turned


class TestTheCalls:
    def test_what_a_protocol_knows_and_when(self):
        """A protocol is made without transport and factory; in connectionLost getHost has no socket to ask."""
        known = {}

        class Asking(Protocol):
            def __init__(self):
                known["__init__"] = (self.transport, self.factory)

            def connectionMade(self):
                known["connectionMade"] = (self.transport.getPeer().host, self.transport.getHost().host)

            def connectionLost(self, reason):
                known["peer"] = self.transport.getPeer().host
                with pytest.raises(AttributeError, match="socket"):
                    self.transport.getHost()

        Wire(Factory.forProtocol(Asking)).disconnect()
        assert known == {
            "__init__": (None, None),
            "connectionMade": ("127.0.0.1", "127.0.0.1"),
            "peer": "127.0.0.1",
        }

    def test_a_factory_refuses_a_connection(self, hand):
        """A client whose factory returns None is connected and reads the end, or a reset if it has sent something."""

        class Refusing(Factory):
            noisy = False

            def buildProtocol(self, addr):
                assert addr.host == "127.0.0.1"

        client = hand.connect(hand.listen(Refusing()))
        assert hand.turn().ran == ["Port#1.doRead"]
        assert client.recv(1) == b""
        assert hand.readers == ["Port#1"]
        client = hand.connect(hand.listen(Refusing()))
        client.sendall(b"hello")
        hand.turn()
        with pytest.raises(ConnectionResetError):
            client.recv(1)

    def test_pieces_are_of_at_most_64_kib_and_under_tls_of_16(self):
        """Of 70000 bytes the first piece has 65536; of 20000 over TLS it has 16384."""
        sizes = []

        class Sizes(Protocol):
            def dataReceived(self, data):
                sizes.append(len(data))

        Wire(Factory.forProtocol(Sizes)).send(bytes(70_000))
        assert sizes == [65536, 4464]
        sizes.clear()
        client = TLSClient(Factory.forProtocol(Sizes))
        client.tls.write(bytes(20_000))
        client.exchange()
        assert sizes == [16384, 3616]

    def test_an_exception_ends_its_own_connection_only(self, hand):
        """An exception in dataReceived is logged once and closes its own connection; another is still answered."""

        class Faulty(Echo):
            def dataReceived(self, data):
                super().dataReceived(data)
                if data == b"bug":
                    raise ValueError

        factory = Keeping(Faulty)
        port = hand.listen(factory)
        one, two = hand.connect(port), hand.connect(port)
        hand.until(lambda: len(factory.made) == 2)
        with logged() as failures:
            one.sendall(b"bug")
            hand.until(lambda: len(hand.readers) == 2)
        assert len(failures) == 1
        assert one.recv(9) == b""
        two.sendall(b"hello")
        hand.until(lambda: hand.writers)
        hand.turn()
        assert two.recv(9) == b"hello"
        assert [each.reason is None for each in factory.made].count(True) == 1

    def test_an_exception_in_connection_lost_comes_too_late_to_matter(self, hand):
        """An exception in connectionLost is logged, and the reactor no longer watches the connection."""

        class Faulty(Protocol):
            def connectionLost(self, reason):
                raise ValueError

        client = hand.connect(hand.listen(Keeping(Faulty)))
        hand.turn()
        client.close()
        with logged() as failures:
            hand.turn()
        assert [failure.type for failure in failures] == [ValueError]
        assert hand.readers == ["Port#1"]

    def test_connection_lost_is_called_once_even_if_a_connection_ends_twice(self, hand):
        """A protocol that aborts and raises in one turn is told of one end, with the ValueError."""
        ends = []

        class Twice(Protocol):
            def dataReceived(self, data):
                self.transport.abortConnection()
                raise ValueError

            def connectionLost(self, reason):
                ends.append(reason.type)

        client = hand.connect(hand.listen(Keeping(Twice)))
        hand.turn()
        client.sendall(b"hello")
        with logged():
            hand.turn()
            hand.turn(0)
        assert ends == [ValueError]

    def test_every_orderly_end_has_the_same_failure(self):
        reasons = set()
        for end in (lambda wire: wire.disconnect(), lambda wire: wire.transport.loseConnection()):
            wire = Wire(Keeping())
            end(wire)
            wire.receive()
            reasons.add(id(wire.protocol.reason))
        assert len(reasons) == 1

    def test_a_reactor_that_stops_is_no_orderly_end(self, hand):
        """A reactor that stops gives a connection that is still open a ConnectionLost."""
        factory = Keeping()
        client = hand.connect(hand.listen(factory))
        client.sendall(b"hello")
        hand.until(lambda: hand.writers)
        hand.reactor.callWhenRunning(hand.reactor.stop)
        hand.reactor.run(installSignalHandlers=False)
        assert factory.made[0].reason.type is ConnectionLost

    def test_what_the_reactor_does_not_watch_is_forgotten(self):
        """A protocol whose transport the reactor watches is kept, and one whose transport it does not is collected."""
        wires = [Wire(Factory.forProtocol(Protocol)) for _ in range(2)]
        reactors = [wire.reactor for wire in wires]
        protocols = [weakref.ref(wire.protocol) for wire in wires]
        wires[1].transport.stopReading()
        del wires
        gc.collect()
        assert [protocol() is None for protocol in protocols] == [False, True]
        assert [len(reactor.getReaders()) for reactor in reactors] == [1, 0]


class TestHowAServerCloses:
    def test_an_abort_reaches_the_peer_as_a_reset_and_the_protocol_in_the_next_turn(self, hand):
        """An abort reaches the client as a reset, and the protocol in the next turn as ConnectionAborted."""
        factory = Keeping()
        client = hand.connect(hand.listen(factory))
        hand.turn()
        factory.made[0].transport.write(b"never sent")
        factory.made[0].transport.abortConnection()
        assert factory.made[0].reason is None
        hand.turn()
        assert factory.made[0].reason.type is ConnectionAborted
        assert issubclass(ConnectionAborted, ConnectionLost)
        with pytest.raises(ConnectionResetError):
            client.recv(1)

    def test_an_abort_cuts_short_a_connection_that_waits_to_be_closed(self):
        wire = Wire(Keeping())
        wire.reading = False
        wire.send(b"hello")
        wire.transport.loseConnection()
        wire.receive()
        assert not wire.closed
        wire.transport.abortConnection()
        wire.receive()
        assert wire.closed
        assert wire.protocol.reason.type is ConnectionAborted

    def test_an_abort_in_data_received_keeps_the_same_turn_from_writing(self, hand):
        class Aborting(Echo):
            def dataReceived(self, data):
                super().dataReceived(data)
                if data == b"second":
                    self.transport.abortConnection()

        client = hand.connect(hand.listen(Keeping(Aborting)))
        hand.turn()
        client.sendall(b"first")
        hand.turn()
        client.sendall(b"second")
        assert "write 0 bytes" in repr(hand.turn())
        hand.turn()
        with pytest.raises(ConnectionResetError):
            client.recv(9)


class TestHalfClose:
    def half_closed(self, hand, protocol):
        """A client that sent hello and half-closed at once; its factory, and what it got."""
        factory = Keeping(protocol)
        client = hand.connect(hand.listen(factory))
        hand.turn()
        client.sendall(b"hello")
        client.shutdown(socket.SHUT_WR)
        return factory, client

    def test_the_answer_is_lost_without_a_word(self, hand):
        """A client that half-closes at once gets nothing; the reason is ConnectionDone, and no error is logged."""
        said = []
        with logged() as failures:
            factory, client = self.half_closed(hand, Echo)
            hand.until(lambda: factory.made[0].reason)
            said += failures
        assert client.recv(9) == b""
        assert factory.made[0].reason.type is ConnectionDone
        assert said == []

    def test_a_client_that_takes_its_time_gets_its_answer(self, hand):
        """A client that half-closes after the turn that has written its answer gets it."""
        client = hand.connect(hand.listen(Keeping(Echo)))
        hand.turn()
        client.sendall(b"hello")
        hand.turn()
        assert "write 5 bytes" in repr(hand.turn())
        client.shutdown(socket.SHUT_WR)
        assert "read 0 bytes; ran doRead, connectionLost" in repr(hand.turn())
        assert client.recv(9) == b"hello"

    def test_the_methods_of_the_interface_are_not_enough(self, hand):
        """A protocol that has readConnectionLost and declares nothing is not asked, and its answer is lost."""

        class Undeclared(Echo):
            def readConnectionLost(self):
                raise AssertionError

        factory, client = self.half_closed(hand, Undeclared)
        hand.until(lambda: factory.made[0].reason)
        assert client.recv(9) == b""
        assert factory.made[0].reason.type is ConnectionDone

    def test_the_connection_stays_until_the_protocol_ends_it(self, hand):
        """Told of half a close and its answer sent, a protocol that its factory holds is connected until it closes; the
        reactor no longer watches its connection."""

        @implementer(interfaces.IHalfCloseableProtocol)
        class Undecided(Echo):
            def readConnectionLost(self):
                self.told = True

            def writeConnectionLost(self):
                raise AssertionError

        factory, client = self.half_closed(hand, Undecided)
        hand.until(lambda: hand.writers)
        hand.until(lambda: not hand.writers)
        (protocol,) = factory.made
        assert client.recv(9) == b"hello"
        assert protocol.told
        assert hand.readers == ["Port#1"]
        assert protocol.reason is None
        protocol.transport.loseConnection()
        hand.turn()
        assert protocol.reason.type is ConnectionDone
        assert client.recv(9) == b""

    def test_a_half_closed_connection_that_nobody_holds_is_collected(self, hand):
        """Told of half a close and its answer sent, a protocol that nobody holds is collected. Its client reads the
        end, and connectionLost is not called."""
        calls, made = [], []

        @implementer(interfaces.IHalfCloseableProtocol)
        class Undecided(Protocol):
            def connectionMade(self):
                made.append(weakref.ref(self))

            def dataReceived(self, data):
                self.transport.write(data)

            def readConnectionLost(self):
                calls.append("readConnectionLost")

            def connectionLost(self, reason):
                calls.append("connectionLost")

        del hand.reactor._doReadOrWrite  # a Turns would hold the connection, to give it a label
        client = hand.connect(hand.reactor.listenTCP(0, Factory.forProtocol(Undecided), interface="127.0.0.1"))
        while not made:
            hand.turn()
        client.sendall(b"hello")
        client.shutdown(socket.SHUT_WR)
        while not calls or hand.reactor.getWriters():
            hand.turn()
        assert client.recv(9) == b"hello"
        with pytest.warns(ResourceWarning, match="unclosed"):
            gc.collect()
        assert made[0]() is None
        assert client.recv(9) == b""
        assert calls == ["readConnectionLost"]

    def test_a_reset_after_half_a_close_ends_the_connection(self, hand):
        """A client that half-closes and resets before it has read all gives its patient protocol a ConnectionLost."""

        @implementer(interfaces.IHalfCloseableProtocol)
        class Generous(Echo):
            told = False

            def dataReceived(self, data):
                self.transport.write(bytes(50_000_000))

            def readConnectionLost(self):
                self.told = True

        factory, client = self.half_closed(hand, Generous)
        (protocol,) = factory.made
        hand.until(lambda: protocol.told)
        assert hand.readers == ["Port#1"]
        assert len(hand.writers) == 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1" + bytes(7))  # closes by a reset
        client.close()
        hand.until(lambda: protocol.reason)
        assert protocol.reason.type is ConnectionLost
        assert hand.writers == []


class TestLoseConnection:
    def test_which_producers_keep_a_closing_connection_open(self):
        """After loseConnection a pull producer keeps a TCP connection open until it is unregistered. A push producer
        that is not paused does not."""

        class Silent:
            def resumeProducing(self):
                pass

            pauseProducing = stopProducing = resumeProducing

        for pushes in (False, True):
            wire = Wire(Keeping())
            wire.transport.registerProducer(Silent(), pushes)
            wire.transport.loseConnection()
            wire.receive()
            assert wire.closed == pushes
            wire.transport.unregisterProducer()
            wire.receive()
            assert wire.closed

    def test_after_lose_connection_no_piece_comes_and_the_answer_goes_out(self):
        """A protocol that writes and calls loseConnection is given no further piece, and all of its answer is sent."""

        class Closing(Protocol):
            pieces = ()

            def dataReceived(self, data):
                self.pieces += (data,)
                self.transport.write(bytes(300_000))
                self.transport.loseConnection()

        wire = Wire(Factory.forProtocol(Closing))
        protocol = wire.protocol
        assert wire.send(b"firstsecond", [5]) == bytes(300_000)
        assert wire.closed
        assert protocol.pieces == (b"first",)
