"""Sends back what each client sends, and prints every call that Twisted makes to do it.

python -m snippets run echo --port 8000
python -m snippets run echo --port 8000 --half-close
printf hello | nc -N 127.0.0.1 8000

Each line begins with the number of the connection. Without --half-close, what a client is still owed is lost when it
says that it will send no more, as `nc -N` does at the end of its input. Ctrl-C is an orderly end, with the exit code 0.
"""

import argparse

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure
from zope.interface import implementer


class Echo(Protocol):
    def say(self, *words: object) -> None:
        print(self.number, *words, flush=True)

    def connectionMade(self) -> None:
        self.factory.count += 1
        self.number = self.factory.count
        self.say("connectionMade", self.transport.getPeer().host)

    def dataReceived(self, data: bytes) -> None:
        self.say("dataReceived", data)
        self.transport.write(data)

    def connectionLost(self, reason: Failure) -> None:
        self.say("connectionLost", reason.type.__name__)


@implementer(IHalfCloseableProtocol)
class PatientEcho(Echo):
    def readConnectionLost(self) -> None:
        self.say("readConnectionLost")
        self.transport.loseConnection()  # Once all that is still to be written has been.

    def writeConnectionLost(self) -> None:
        """Only after `loseWriteConnection`, which is not called here."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="echo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--half-close", action="store_true", help="go on writing when a client sends no more")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    factory = Factory.forProtocol(PatientEcho if options.half_close else Echo)
    factory.count = 0
    try:
        port = reactor.listenTCP(options.port, factory, interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on 127.0.0.1:{port.getHost().port}", flush=True)
    reactor.run()
    print("Stopped.")
