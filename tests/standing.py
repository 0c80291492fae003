"""What connections come to under Twisted's EPollReactor, call by call: over real sockets, or over the stand-ins.

`python -m tests.standing loopback` and `python -m tests.standing memory` print the same, a JSON object of scenarios.
"""

import contextlib
import io
import json
import re
import runpy
import socket
import struct
import sys

from snippets.browser import standins

if sys.argv[1:] == ["memory"]:
    standins.install()  # before anything of Twisted's is imported

from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.task import Clock
from twisted.web.server import Site

from snippets import catalogue
from snippets.lens.trace import record
from snippets.lens.turns import Turns
from snippets.lens.wire import dated_by
from snippets.workshop.scenarios.demo_site import DemoSite
from tests.echo import Echo, EchoFactory

CALLS = [
    "EPollReactor.addReader",
    "EPollReactor.addWriter",
    "EPollReactor.removeReader",
    "EPollReactor.removeWriter",
    "_PollLikeMixin._doReadOrWrite",
    "_DisconnectSelectableMixin._disconnectSelectable",
    "Port.startListening",
    "Port.doRead",
    "Port.connectionLost",
    "Connection.doRead",
    "Connection._dataReceived",
    "Connection.writeSomeData",
    "Connection._closeWriteConnection",
    "Connection.readConnectionLost",
    "Connection.connectionLost",
    "BaseClient.doConnect",
    "BaseClient.failIfNotConnected",
    "FileDescriptor.doWrite",
    "FileDescriptor.loseConnection",
    "FileDescriptor.loseWriteConnection",
    "_AbortingMixin.abortConnection",
]
SCENARIOS = []  # each is called with a reactor to turn by hand, and prints what its clients get


def scenario(function):
    SCENARIOS.append(function)
    return function


def accepted(hand, factory, clients=1):
    port = hand.listen(factory)
    found = []
    for _ in range(clients):
        found.append(hand.connect(port))
        hand.turn()
    return found


def end_of(client):
    """All that a client gets until the other side is done."""
    try:
        got = b""
        while data := client.recv(1 << 20):
            got += data
        return len(got), got[-20:]
    except OSError as error:
        return type(error).__name__


def by_reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@scenario
def a_page_is_asked_for(hand):
    client = hand.connect(hand.listen(Site(DemoSite(), reactor=Clock())))
    client.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    print(*[hand.turn() for _ in range(3)], sep="\n")
    print(end_of(client)[0] > 50)


@scenario
def three_clients_in_one_turn(hand):
    port = hand.listen(EchoFactory())
    clients = [hand.connect(port) for _ in range(3)]
    clients[2].sendall(b"before it was accepted")
    print(hand.turn())
    for number in (1, 0, 2):
        clients[number].sendall(b"%d" % number)
    print(hand.turn(), hand.turn(), [client.recv(100) for client in clients])


@scenario
def the_order_of_who_is_ready(hand):
    clients = accepted(hand, EchoFactory(), 4)
    for round in ((3, 1), (0, 2, 1, 3), (2,), (1, 0)):
        for number in round:
            clients[number].sendall(b"x" * (number + 1))
        print(hand.turn())
    print(hand.turn())


@scenario
def clients_leave(hand):
    factory = EchoFactory()
    closes, resets, half, unread = accepted(hand, factory, 4)
    unread.sendall(b"is not read")
    half.sendall(b"the last word")
    half.shutdown(socket.SHUT_WR)
    closes.close()
    by_reset(resets)
    print(hand.turn(), hand.turn(), factory.lost, end_of(half))
    unread.close()
    print(hand.turn(), factory.lost)


class Ending(Protocol):
    """Does what it is told."""

    def dataReceived(self, data):
        getattr(self.transport, data.decode())()

    def connectionLost(self, reason):
        print("lost:", reason.type.__name__)


@scenario
def the_server_ends_it(hand):
    for word in (b"loseConnection", b"abortConnection", b"loseWriteConnection"):
        (client,) = accepted(hand, Factory.forProtocol(Ending))
        client.sendall(word)
        print(word, hand.turn(), hand.turn(), end_of(client))
        client.close()
        print(hand.turn(0))


def an_answer_that_does_not_fit(hand):
    class Long(Echo):
        def dataReceived(self, data):
            self.transport.write(b"0123456789" * 2_000_000)
            self.transport.loseConnection()

    factory = EchoFactory()
    factory.protocol = Long
    (client,) = accepted(hand, factory)
    client.sendall(b"long")
    while hand.turn(0).ready:
        pass  # until the kernel takes no more
    print(hand.readers, hand.writers, factory.lost)
    got = b""
    while not factory.lost:
        got += client.recv(1 << 20)
        hand.turn(0)
    got += b"".join(iter(lambda: client.recv(1 << 20), b""))
    print(got == b"0123456789" * 2_000_000, factory.lost)
    return []


@scenario
def a_reset_while_nobody_reads(hand):
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    factory.built[0].transport.pauseProducing()
    by_reset(client)
    print(hand.turn(), factory.lost)


@scenario
def who_writes_to_nobody(hand):
    factory = EchoFactory()
    (client,) = accepted(hand, factory)
    transport = factory.built[0].transport
    transport.pauseProducing()
    client.close()
    for _ in range(2):
        transport.write(b"is anybody there?")
        print(hand.turn(0), factory.lost)


class Said(Protocol):
    def connectionMade(self):
        print("connected")
        self.transport.write(b"hello")

    def dataReceived(self, data):
        print("got", data)
        self.transport.loseConnection()


class Asking(ClientFactory):
    protocol, noisy = Said, False

    def clientConnectionFailed(self, connector, reason):
        print("failed:", reason.value)

    def clientConnectionLost(self, connector, reason):
        print("lost:", reason.value)


@scenario
def twisted_is_the_client(hand):
    port = hand.listen(EchoFactory())
    hand.reactor.connectTCP("127.0.0.1", port.getHost().port, Asking())
    for _ in range(7):
        hand.turn(0)


@scenario
def nobody_listens(hand):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        hand.reactor.connectTCP("127.0.0.1", nobody.getsockname()[1], Asking())
        hand.turn(0), hand.turn(0)


@scenario
def a_port_closes_on_who_waits(hand):
    port = hand.listen(EchoFactory())
    client = hand.connect(port)
    hand.reactor.removeReader(port)
    port.connectionLost(None)
    print(end_of(client))


@scenario
def a_reactor_runs_and_stops(hand):
    factory = EchoFactory()
    client = hand.connect(hand.listen(factory))
    client.sendall(b"hello")
    hand.reactor.callLater(0, client.shutdown, socket.SHUT_WR)
    hand.reactor.callLater(0.05, hand.reactor.stop)
    hand.reactor.run(installSignalHandlers=False)
    print(end_of(client), factory.lost)


def program(name, *args):
    """What a program of the book prints that makes its own reactor, or is given one; Enter is pressed four times."""
    sys.argv = [name, *args]
    sys.stdin = io.TextIOWrapper(io.BytesIO(b"\n" * 4))
    runpy.run_path(str(catalogue.find(name).file), run_name="__main__")
    return []


def recorded(function):
    """Each call, its depth, its object, and what it was given and gave. A descriptor's number is left out."""
    with Turns() as hand, dated_by(Clock()), record(CALLS) as trace:
        function(hand)
    given = {event: event.args[3:] if event.method == "_doReadOrWrite" else event.args[1:] for event in trace.events}
    return [
        f"{'  ' * event.depth}{event.receiver}.{event.method}{given[event]!r} -> {event.result!r}"
        for event in trace.events
    ]


def seen(act, *args):
    """The lines of what it returns, and of what it prints; ports are given by the kernel, and left out."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        found = act(*args)
    return [re.sub(r"\b[3-6]\d{4}\b", "PORT", line) for line in [*found, *said.getvalue().splitlines()]]


def main():
    found = {function.__name__: seen(recorded, function) for function in SCENARIOS}
    found |= {name: seen(program, name, *args) for name, *args in [("one_turn", "--send", "hello"), ("first_request",)]}
    # How much fits, and so how many turns are made, is the kernel's affair.
    with Turns() as hand:
        found["an_answer_that_does_not_fit"] = seen(an_answer_that_does_not_fit, hand)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
