"""What chapter 01 says in words and leaves to a test."""

import select
import threading
import time

import pytest
from twisted.internet.error import CannotListenError, ConnectionLost
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger, formatEventAsClassicLogText, globalLogPublisher
from twisted.python import log

from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.turns import Turns
from snippets.reactor.egg_timer import EggTimer
from tests.programs import run

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="the chapter reads EPollReactor")


class Upper(Protocol):
    def dataReceived(self, data):
        self.transport.write(data.upper())


@pytest.fixture
def hand():
    with Turns() as hand:
        yield hand


def client_of(hand, protocol):
    """A client whose connection has been accepted."""
    before = len(hand.readers)
    client = hand.connect(hand.listen(Factory.forProtocol(protocol)))
    hand.until(lambda: len(hand.readers) == before + 2)
    return client


def connections(hand):
    return [each for each in hand.reactor.getReaders() if type(each).__name__ == "Server"]


def test_a_thousand_writes_are_one_send(hand):
    """A thousand writes of one byte in one dataReceived are one send of a thousand bytes."""

    class Chatty(Protocol):
        def dataReceived(self, data):
            for _ in range(1000):
                self.transport.write(b"x")

    client = client_of(hand, Chatty)
    client.sendall(b"go")
    with record(["FileDescriptor.write", "Connection.writeSomeData"]) as trace:
        hand.turn()
        hand.turn()
    assert len(trace.of("write")) == 1000
    assert [event.result for event in trace.of("writeSomeData")] == [1000]
    assert client.recv(2000) == b"x" * 1000


def test_a_writer_with_nothing_to_send_is_ready_in_every_turn(hand, monkeypatch):
    """A connection that stays among the writers is ready in each of ten turns, and each sends 0 bytes."""
    client_of(hand, Upper)
    (connection,) = connections(hand)
    monkeypatch.setattr(connection, "stopWriting", lambda: None)
    connection.startWriting()
    for _ in range(10):
        assert [(ready.event, ready.moved) for ready in hand.turn().ready] == [("write", 0)]
    monkeypatch.undo()
    hand.turn()
    assert hand.writers == []
    assert hand.turn(wait=0).ready == []


def test_what_is_written_before_a_sleep_is_sent_after_it(hand):
    """What a dataReceived writes before it sleeps is sent in the next turn, and not while it sleeps."""
    slept = []

    class Sleepy(Protocol):
        def dataReceived(self, data):
            self.transport.write(b"please wait")
            slept.append(select.select([client], [], [], 0.1)[0])

    client = client_of(hand, Sleepy)
    client.sendall(b"go")
    hand.turn()
    assert slept == [[]]
    hand.turn()
    assert client.recv(100) == b"please wait"


def test_two_clients_after_one_are_accepted_in_two_turns(hand):
    """A port that has accepted one client accepts one of the next two in a turn, and the other in the turn after."""
    port = hand.listen(Factory.forProtocol(Upper))
    assert port.numberAccepts == 100
    hand.connect(port)
    hand.until(lambda: "Server#1" in hand.readers)
    assert port.numberAccepts == 1
    hand.connect(port)
    hand.connect(port)
    hand.turn()
    assert hand.readers == ["Port#1", "Server#1", "Server#2"]
    assert port.numberAccepts == 21
    hand.turn()
    assert hand.readers == ["Port#1", "Server#1", "Server#2", "Server#3"]


def test_an_egg_timer_waits_for_no_client_that_has_left(hand):
    """Two delayed calls of an egg timer are cancelled when its client leaves."""
    factory = Factory.forProtocol(EggTimer)
    factory.reactor = hand.reactor
    client = hand.connect(hand.listen(factory))
    hand.turn()
    for line in (b"9999\n", b"60\n"):
        client.sendall(line)
        hand.turn()
    assert len(hand.reactor.getDelayedCalls()) == 2
    client.close()
    hand.turn()
    assert hand.reactor.getDelayedCalls() == []


def test_the_eleventh_call_waits_for_a_thread(hand):
    """Ten calls run in the reactor's pool at once; an eleventh waits for one of them, and so does a name look-up."""
    pool, door, begun = hand.reactor.getThreadPool(), threading.Event(), threading.Semaphore(0)

    def wait():
        begun.release()
        return door.wait(30)

    pool.start()
    try:
        calls = [deferToThreadPool(hand.reactor, pool, wait) for _ in range(11)]
        for _ in range(10):
            assert begun.acquire(timeout=30)
        found = hand.reactor.resolve("localhost")
        assert not begun.acquire(timeout=0.05)
        assert pool._team.statistics().backloggedWorkCount == 2
    finally:
        door.set()
        pool.stop()
    hand.until(lambda: found.called and all(call.called for call in calls))


def test_ctrl_c_waits_for_the_handler_that_sleeps():
    """Ctrl-C pressed while a handler runs stops the reactor when that handler has returned."""
    code = (
        "import os, signal, time\n"
        "from twisted.internet import reactor\n"
        "def handler():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(0.01)\n"
        "    print('the handler is back')\n"
        "reactor.callLater(0, handler)\n"
        "reactor.addSystemEventTrigger('before', 'shutdown', print, 'the reactor stops')\n"
        "reactor.run()\n"
    )
    ended = run("-c", code)
    assert (ended.out, ended.err) == ("the handler is back\nthe reactor stops\n", "")


def test_a_looping_call_installs_a_reactor():
    """A LoopingCall installs the global reactor when it is made, even if its clock is then set to a Clock."""
    code = (
        "import sys\n"
        "from twisted.internet.task import Clock, LoopingCall\n"
        "assert 'twisted.internet.reactor' not in sys.modules\n"
        "LoopingCall(print).clock = Clock()\n"
        "assert 'twisted.internet.reactor' in sys.modules\n"
    )
    assert run("-c", code) == (0, "", "")


def test_what_data_received_returns_is_not_looked_at(hand):
    """A dataReceived that returns ConnectionLost leaves its connection open, and doRead returns None."""

    class Returning(Upper):
        def dataReceived(self, data):
            super().dataReceived(data)
            return ConnectionLost()

    client = client_of(hand, Returning)
    client.sendall(b"hello")
    with record(["Connection.doRead"]) as trace:
        hand.turn()
    assert [event.result for event in trace.events] == [None]
    hand.turn()
    assert client.recv(10) == b"HELLO"
    assert hand.readers == ["Port#1", "Server#1"]


def test_an_error_in_connection_made_is_logged_and_the_connection_stays_open(hand):
    """A connection whose connectionMade has raised stays open, and its bytes are still answered."""

    class Fragile(Upper):
        def connectionMade(self):
            raise ValueError("broken")

    with logged() as failures:
        client = client_of(hand, Fragile)
    assert [failure.type for failure in failures] == [ValueError]
    client.sendall(b"still here")
    hand.turn()
    hand.turn()
    assert client.recv(100) == b"STILL HERE"


def test_a_factory_that_returns_none_refuses_a_connection(hand):
    class Refusing(Factory):
        def buildProtocol(self, address):
            return None

    client = hand.connect(hand.listen(Refusing()))
    hand.turn()
    assert client.recv(1) == b""
    assert hand.readers == ["Port#1"]


def test_a_turn_reads_at_most_65536_bytes_of_a_connection(hand):
    class Silent(Protocol):
        def dataReceived(self, data):
            pass

    client = client_of(hand, Silent)
    client.sendall(bytes(100_000))
    moved = []
    while sum(moved) < 100_000:
        moved += [ready.moved for ready in hand.turn().ready]
    assert max(moved) <= 65536
    assert len(moved) >= 2


def test_who_is_closed_by_an_earlier_one_of_the_same_turn_is_not_served(hand):
    """Of two ready connections of which the first aborts the second, only the first is read in that turn."""

    class Hostile(Upper):
        def dataReceived(self, data):
            for other in self.factory.built:
                if other is not self:
                    other.transport.abortConnection()

    class Remembering(Factory):
        protocol = Hostile
        built = ()

        def buildProtocol(self, address):
            built = super().buildProtocol(address)
            self.built = [*self.built, built]
            return built

    port = hand.listen(Remembering())
    clients = [hand.connect(port), hand.connect(port)]
    hand.until(lambda: len(hand.readers) == 3)
    for client in clients:
        client.sendall(b"hello")
    while len(select.select(hand.reactor.getReaders(), [], [], 5)[0]) < 2:
        pass
    with record(["Connection.doRead"]) as trace:
        hand.turn()
    assert len(trace) == 1


def test_a_call_from_another_thread_ends_a_poll_that_waits(hand):
    """A call from another thread ends a poll that may wait for 60 seconds, and runs in the reactor's thread."""
    hand.listen(Factory.forProtocol(Upper))
    called_in = []
    thread = threading.Thread(
        target=hand.reactor.callFromThread, args=[lambda: called_in.append(threading.current_thread())]
    )
    thread.start()
    begun = time.monotonic()
    while not called_in:
        hand.turn(wait=60)
    thread.join()
    assert called_in == [threading.main_thread()]
    assert time.monotonic() - begun < 30


def test_a_clock_set_forward_makes_a_delayed_call_early(hand):
    """A call due in five seconds runs in the next turn if the clock is set forward by an hour."""
    now, called = 1000.0, []
    hand.reactor.seconds = lambda: now
    hand.reactor.callLater(5, called.append, True)
    hand.turn(0)
    assert called == []
    now += 3600
    hand.turn(0)
    assert called == [True]


def test_a_port_that_is_taken_is_told_at_once(hand):
    """A port that is taken makes listenTCP raise a CannotListenError, and the factory is not started."""
    taken, factory = hand.listen(Factory.forProtocol(Upper)), Factory()
    with pytest.raises(CannotListenError):
        hand.reactor.listenTCP(taken.getHost().port, factory, interface="127.0.0.1")
    assert factory.numPorts == 0


def test_a_plain_file_is_read_again_and_again():
    """A plain file among the readers of an EPollReactor is read again and again, by a LoopingCall."""
    code = (
        "import sys\n"
        "from twisted.internet.epollreactor import EPollReactor\n"
        "class Plain:\n"
        "    reads, logPrefix = 0, lambda self: 'plain'\n"
        "    def fileno(self): return file.fileno()\n"
        "    def doRead(self): self.reads += 1\n"
        "reactor, plain, file = EPollReactor(), Plain(), open(sys.executable, 'rb')\n"
        "reactor.addReader(plain)\n"
        "while plain.reads < 100: reactor.iterate()\n"
        "print([type(call.func).__name__ for call in reactor.getDelayedCalls()])\n"
    )
    assert run("-c", code) == (0, "['LoopingCall']\n", "")


def test_without_epoll_the_module_of_its_reactor_can_not_be_imported():
    """Where Python's select has no epoll, importing twisted.internet.epollreactor raises an ImportError."""
    code = "import select\ndel select.epoll\nimport twisted.internet.epollreactor"
    error = run("-c", code).err.splitlines()[-1]
    assert error.startswith("ImportError: ")
    assert "epoll" in error


def test_what_stands_in_front_of_a_line_in_the_log(hand):
    """A line of twisted.python.log is headed by protocol, number and address, one of a Logger by that logger's name."""

    class Talking(Protocol):
        def dataReceived(self, data):
            log.msg("said")
            Logger("mine").info("said")

    events = []
    client_of(hand, Talking).sendall(b"hello")
    globalLogPublisher.addObserver(events.append)
    hand.turn()
    globalLogPublisher.removeObserver(events.append)
    said = [formatEventAsClassicLogText(event).partition("[")[2] for event in events]
    assert said == ["Talking,0,127.0.0.1] said\n", "mine#info] said\n"]
