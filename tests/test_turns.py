"""A reactor turned by hand: what each turn says is what happened, and nothing is left open."""

import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock
from twisted.web.server import Site
from twisted.web.static import File

from snippets.lens.logged import logged
from snippets.lens.trace import record
from snippets.lens.turns import ReactorHere, Ready, Turns
from snippets.workshop.scenarios.demo_site import DemoSite
from snippets.workshop.scenarios.requests import get, head
from tests.echo import Echo, EchoFactory

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture(params=[ReactorHere, SelectReactor], ids=lambda kind: kind.__name__)
def hand(request: pytest.FixtureRequest) -> Iterator[Turns]:
    with Turns(request.param) as hand:
        yield hand


def accepted(hand: Turns, factory: Factory, clients: int = 1) -> list[socket.socket]:
    """Clients of `factory` whose connections have been accepted, one after the other."""
    port = hand.listen(factory)
    before = len(hand.readers)
    return [connect_and_accept(hand, port, before + number) for number in range(1, clients + 1)]


def connect_and_accept(hand: Turns, port: object, readers: int) -> socket.socket:
    client = hand.connect(port)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    hand.until(lambda: len(hand.readers) == readers)
    return client


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_accept_read_and_write_are_three_turns(hand: Turns) -> None:
    port = hand.listen(Site(DemoSite(), reactor=hand.reactor))
    assert (hand.readers, hand.writers) == (["Port#1"], [])
    client = hand.connect(port)

    turns = hand.until(lambda: "Server#1" in hand.readers)
    assert turns[-1].ready == [Ready("Port#1", "read", 0)]
    assert turns[-1].ran == ["Port#1.doRead"]
    assert (hand.readers, hand.writers) == (["Port#1", "Server#1"], [])

    client.sendall(get(b"/hello"))
    turn = hand.turn()
    assert turn.ready == [Ready("Server#1", "read", len(get(b"/hello")))]
    assert turn.ran == ["Server#1.doRead"]
    assert hand.writers == ["Server#1"]

    turn = hand.turn()
    assert [ready[:2] for ready in turn.ready] == [("Server#1", "write")]
    assert turn.ran == ["Server#1.doWrite"]
    assert hand.writers == []

    response = client.recv(65536)
    assert len(response) == turn.ready[0].moved
    assert response.endswith(b"\r\n\r\nHello!\n")


def test_the_write_that_ends_a_connection_shows_its_loss(hand: Turns) -> None:
    (client,) = accepted(hand, Site(DemoSite(), reactor=Clock()))
    client.sendall(head(b"GET /hello HTTP/1.0"))
    turns = hand.until(lambda: "Server#1" not in hand.readers + hand.writers)
    assert turns[-1].ran == ["Server#1.doWrite", "Server#1.connectionLost"]
    assert client.recv(65536).startswith(b"HTTP/1.0 200 OK")
    assert client.recv(65536) == b""


def test_the_end_of_the_client_is_a_read_of_nothing(hand: Turns) -> None:
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    client.close()
    turn = hand.turn()
    assert turn.ready == [Ready("Server#1", "read", 0)]
    assert turn.ran == ["Server#1.doRead", "Server#1.connectionLost"]
    assert factory.lost == ["ConnectionDone"]


def test_reading_comes_before_writing_in_one_turn(hand: Turns) -> None:
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    factory.built[0].transport.write(b"from the server")
    client.sendall(b"from the client")
    turn = hand.turn()
    assert turn.ready == [Ready("Server#1", "read", 15), Ready("Server#1", "write", 30)]
    assert turn.ran == ["Server#1.doRead", "Server#1.doWrite"]
    assert client.recv(65536) == b"from the serverfrom the client"


def test_nothing_is_written_once_reading_has_ended_the_connection(hand: Turns) -> None:
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    factory.built[0].transport.write(b"never sent")
    client.close()
    turn = hand.turn()
    assert turn.ran == ["Server#1.doRead", "Server#1.connectionLost"]
    assert Ready("Server#1", "read", 0) in turn.ready
    assert "doWrite" not in repr(turn)


def test_a_reset_while_reading_is_paused_is_a_hang_up() -> None:
    factory = EchoFactory()
    with Turns() as hand:
        if type(hand.reactor) is SelectReactor:
            pytest.skip("select(2) has no hang-ups")
        (client,) = accepted(hand, factory)
        transport = factory.built[0].transport
        transport.pauseProducing()
        transport.write(b"never sent")
        reset(client)
        turn = hand.turn()
        assert turn.ready == [Ready("Server#1", "hang-up", 0)]
        assert turn.ran == ["Server#1.connectionLost"]
        assert repr(turn).endswith("\n  Server#1: hang-up; ran connectionLost")


def test_connections_are_numbered_as_they_are_accepted(hand: Turns) -> None:
    factory = EchoFactory()
    clients = accepted(hand, factory, clients=11)
    assert hand.readers == ["Port#1", *(f"Server#{number}" for number in range(1, 12))]
    clients[9].sendall(b"ten")
    assert hand.turn().ran == ["Server#10.doRead"]


def test_two_connections_accepted_in_one_turn_have_two_labels(hand: Turns) -> None:
    port = hand.listen(EchoFactory())
    hand.connect(port)
    hand.connect(port)
    hand.until(lambda: len(hand.readers) == 3)
    assert hand.readers == ["Port#1", "Server#1", "Server#2"]


def test_labels_go_by_the_order_of_acceptance_not_by_descriptor(hand: Turns) -> None:
    factory = EchoFactory()
    port = hand.listen(factory)
    low = os.open(os.devnull, os.O_RDONLY)
    clients = [hand.connect(port), hand.connect(port)]
    build = factory.buildProtocol

    def closing(address: object) -> Protocol:
        if not factory.built:
            os.close(low)  # so that the second connection has a lower number than the first
        return build(address)

    factory.buildProtocol = closing
    hand.until(lambda: len(hand.readers) == 3)
    assert factory.built[1].transport.fileno() < factory.built[0].transport.fileno()
    clients[0].sendall(b"from the first")
    assert hand.turn().ran == ["Server#1.doRead"]


def test_the_transport_has_its_own_socket_back_after_a_turn(hand: Turns) -> None:
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    client.sendall(b"hello")
    hand.turn()
    assert type(factory.built[0].transport.getHandle()) is socket.socket


def test_a_turn_in_which_nothing_is_ready_says_so(hand: Turns) -> None:
    hand.listen(EchoFactory())
    turn = hand.turn(wait=0)
    assert (turn.ready, turn.ran) == ([], [])
    assert repr(turn) == "turn 1: nothing was ready"


def test_a_call_that_is_due_runs_before_the_descriptors_and_the_turn_does_not_wait(hand: Turns) -> None:
    order: list[str] = []

    def due() -> None:
        order.append("due")

    hand.reactor.callLater(0, due)
    begun = time.monotonic()
    turn = hand.turn(wait=30)
    assert time.monotonic() - begun < 10
    assert order == ["due"]
    assert [name.rpartition(".")[2] for name in turn.ran] == ["due"]
    assert turn.ready == []


def test_calls_that_are_due_come_in_the_order_of_their_times(hand: Turns) -> None:
    def first() -> None:
        hand.reactor.callLater(0, third)

    def second() -> None: ...

    def third() -> None: ...

    now = 0.0
    hand.reactor.seconds = lambda: now
    hand.reactor.callLater(2, second)
    hand.reactor.callLater(1, first)
    hand.reactor.callLater(1, third).cancel()
    hand.reactor.callFromThread(third)
    now = 3.0
    turns = [[name.rpartition(".")[2] for name in turn.ran] for turn in (hand.turn(0), hand.turn(0))]
    # What a call asks for at once is done in the next turn.
    assert turns == [["third", "first", "second"], ["third"]]


def test_a_turn_waits_no_longer_than_until_the_next_call(hand: Turns) -> None:
    ran: list[bool] = []
    hand.reactor.callLater(0.01, ran.append, True)
    begun = time.monotonic()
    hand.until(lambda: bool(ran), wait=30)
    assert time.monotonic() - begun < 10


def test_a_call_to_a_method_of_a_connection_is_named_after_it(hand: Turns) -> None:
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    factory.built[0].transport.abortConnection()
    assert hand.turn().ran == ["Server#1.connectionLost"]
    assert factory.lost == ["ConnectionAborted"]
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_an_error_in_a_protocol_is_logged_and_ends_its_connection_only(hand: Turns) -> None:
    class Fragile(Echo):
        def dataReceived(self, data: bytes) -> None:
            if data == b"break":
                raise ValueError("broken")
            super().dataReceived(data)

    factory = EchoFactory()
    factory.protocol = Fragile
    broken, whole = accepted(hand, factory, clients=2)
    broken.sendall(b"break")
    with logged() as failures:
        turn = hand.turn()
    errors = [failure.type.__name__ for failure in failures]
    assert errors == ["ValueError"]
    assert turn.ran == ["Server#1.doRead", "Server#1.connectionLost"]
    assert factory.lost == ["ValueError"]
    assert broken.recv(1) == b""
    whole.sendall(b"still here")
    hand.until(lambda: hand.writers == ["Server#2"])
    hand.until(lambda: hand.writers == [])
    assert whole.recv(100) == b"still here"


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="counts open files in /proc")
@pytest.mark.parametrize("kind", [ReactorHere, SelectReactor])
@pytest.mark.parametrize("fails", [False, True])
def test_nothing_stays_open(kind: Callable, fails: bool) -> None:
    with Turns() as warm_up:  # Twisted keeps one file open, from the first port on, for when there is no other left.
        warm_up.listen(EchoFactory())
    before = len(os.listdir(OPEN_FILES))
    factory = EchoFactory()
    try:
        with Turns(kind) as hand:
            clients = accepted(hand, factory, clients=3)
            factory.built[1].transport.pauseProducing()  # in nobody's list now
            factory.built[2].transport.abortConnection()  # waits for a turn that will not come
            hand.connect(hand.listen(EchoFactory()))  # is not accepted
            assert len(os.listdir(OPEN_FILES)) > before
            if fails:
                raise KeyError
    except KeyError:
        assert fails
    assert len(os.listdir(OPEN_FILES)) == before
    assert factory.lost == ["ConnectionLost"] * 3
    assert [client.fileno() for client in clients] == [-1] * 3


def test_a_file_is_served_though_its_producer_has_to_be_asked(hand: Turns, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"line\n" * 60_000)
    (client,) = accepted(hand, Site(File(str(tmp_path)), reactor=Clock()))
    client.sendall(b"GET /file.txt HTTP/1.0\r\n\r\n")
    client.setblocking(False)
    response = bytearray()

    def complete() -> bool:
        with suppress(BlockingIOError):
            response.extend(client.recv(1 << 20))
        return response.endswith(b"\r\n\r\n" + b"line\n" * 60_000)

    hand.until(complete)
    assert response.startswith(b"HTTP/1.0 200 OK\r\n")


def test_the_global_reactor_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"text")
    code = (
        "import sys\n"
        "from twisted.web.server import Site\n"
        "from twisted.web.static import File\n"
        "from snippets.lens.turns import Turns\n"
        "with Turns() as hand:\n"
        "    client = hand.connect(hand.listen(Site(File(sys.argv[1]), reactor=hand.reactor)))\n"
        "    client.sendall(b'GET /file.txt HTTP/1.0\\r\\n\\r\\n')\n"
        "    hand.until(lambda: 'Server#1' in hand.readers)\n"
        "    hand.until(lambda: 'Server#1' not in hand.readers + hand.writers)\n"
        "    assert b'200 OK' in client.recv(1000)\n"
        "assert 'twisted.internet.reactor' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_recording_shows_twisted_and_not_the_lens(hand: Turns) -> None:
    points = [
        "twisted.internet.posixbase:_PollLikeMixin._doReadOrWrite",
        "twisted.internet.selectreactor:SelectReactor._doReadOrWrite",
        "twisted.internet.tcp:Connection.doRead",
        "twisted.internet.tcp:Connection._dataReceived",
    ]
    (client,) = accepted(hand, EchoFactory())
    client.sendall(b"hello")
    with record(points) as trace:
        hand.turn()
    assert [(event.depth, event.method) for event in trace.events] == [
        (0, "_doReadOrWrite"),
        (1, "doRead"),
        (2, "_dataReceived"),
    ]
    assert all(event.name.startswith("twisted.") for event in trace.events)
    assert trace.events[2].args[1] == b"hello"
    assert trace.events[2].caller.function == "Connection.doRead"


def test_a_turn_reads_as_a_line_for_each_descriptor(hand: Turns) -> None:
    factory = EchoFactory()
    first, second = accepted(hand, factory, clients=2)
    factory.built[0].transport.write(b"from the server")
    first.sendall(b"one")
    second.sendall(b"two")
    hand.reactor.callLater(0, EchoFactory.__init__, factory)
    lines = repr(hand.turn()).splitlines()
    assert lines[0] == "turn 3"
    assert sorted(lines[1:]) == [
        "  Server#1: read 3 bytes, write 18 bytes; ran doRead, doWrite",
        "  Server#2: read 3 bytes; ran doRead",
        "  due: EchoFactory.__init__",
    ]
    assert repr(hand) == (
        f"<Turns: {type(hand.reactor).__name__}, 3 turns; readers: Port#1, Server#1, Server#2; writers: Server#2>"
    )
