"""Turns a reactor by hand: each Enter is one turn, and each turn says whom it served.

python -m snippets run one_turn --port 8080
nc 127.0.0.1 8080
python -m snippets run one_turn --send hello

The second command is for another terminal: what you type there is answered in capitals, one turn at a time. With
--send, a client inside the program sends the text instead. Ctrl-D or Ctrl-C ends it.
"""

import argparse
import os
import socket
import sys
from contextlib import suppress

from twisted.internet import tcp
from twisted.internet.base import ReactorBase
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure

try:
    from twisted.internet.epollreactor import EPollReactor as Reactor
except ImportError:
    from twisted.internet.selectreactor import SelectReactor as Reactor


class Upper(Protocol):
    def dataReceived(self, data: bytes) -> None:
        print(f"      dataReceived {data!r}, write {data.upper()!r}")
        self.transport.write(data.upper())

    def connectionLost(self, reason: Failure) -> None:
        print(f"      connectionLost: {reason.getErrorMessage()}")


def printed(cls: type, method: str) -> object:
    def served(self: object) -> object:
        print(f"    {cls.__name__}.{method}")
        return getattr(cls, method)(self)

    return served


# Twisted's own port and connection; each says when the reactor calls it.
Server = type("Server", (tcp.Server,), {name: printed(tcp.Server, name) for name in ("doRead", "doWrite")})
Port = type("Port", (tcp.Port,), {"doRead": printed(tcp.Port, "doRead"), "transport": Server})


def watched(reactor: ReactorBase) -> str:
    """Whom the reactor watches; its own waker is left out."""
    readers = sorted(type(each).__name__ for each in reactor.getReaders() if each is not reactor.waker)
    writers = [type(each).__name__ for each in reactor.getWriters()]
    return f"  watched for reading: {', '.join(readers) or 'nobody'}; for writing: {', '.join(writers) or 'nobody'}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="one_turn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--send", help="a text that a client inside this program sends")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    reactor = Reactor()
    port = Port(options.port, Factory.forProtocol(Upper), 50, "127.0.0.1", reactor)
    try:
        port.startListening()
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    where = ("127.0.0.1", port.getHost().port)
    print(f"Listening on {where[0]}:{where[1]}. Enter makes one turn, Ctrl-D ends.\n{watched(reactor)}", flush=True)
    with suppress(KeyboardInterrupt), socket.socket() as client:
        if options.send is not None:
            client.connect(where)
            client.sendall(os.fsencode(options.send))
        for turn, _ in enumerate(sys.stdin.buffer, 1):
            print(f"turn {turn}")
            reactor.iterate(0)
            print(watched(reactor), flush=True)
    reactor.disconnectAll()
    print("Ended.")
