"""Rings on 127.0.0.1 after as many seconds as a client asks for, for any number of clients at once, until Ctrl-C.

python -m snippets run egg_timer --port 8080
nc 127.0.0.1 8080

The second command is for other terminals: each line that you type there is a number of seconds, at most 9999. A
terminal sends one line at a time: what comes in one piece is taken for one line. Who leaves is waited for no longer.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure


class EggTimer(Protocol):
    def connectionMade(self) -> None:
        self.due: list[IDelayedCall] = []

    def dataReceived(self, data: bytes) -> None:
        seconds = data.strip()
        if seconds.isdigit() and len(seconds) <= 4:
            self.due = [call for call in self.due if call.active()]
            self.due.append(self.factory.reactor.callLater(int(seconds), self.ring, seconds))
        else:
            self.transport.write(b"a number of seconds, please\n")

    def ring(self, seconds: bytes) -> None:
        self.transport.write(seconds + b" s are over\n")

    def connectionLost(self, reason: Failure) -> None:
        for call in self.due:
            if call.active():
                call.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="egg_timer", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    factory = Factory.forProtocol(EggTimer)
    factory.reactor = reactor
    try:
        port = reactor.listenTCP(options.port, factory, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on 127.0.0.1:{port.getHost().port}", flush=True)
    reactor.run()
    print("Stopped.")
