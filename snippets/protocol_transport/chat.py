"""Passes each line that a client sends on to all the others, and tells them who joins, who leaves and who vanishes.

python -m snippets run chat --port 8000 --idle 300
nc 127.0.0.1 8000

The first line that a client sends is its name. A client whose machine loses its power sends nothing more, not even an
end of the connection: only silence tells. So with --idle, one that says nothing for so many seconds is dropped.
"""

import argparse

from twisted.internet.error import CannotListenError, ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

LONGEST = 1000  # bytes in a line


class Chatter(Protocol, TimeoutMixin):
    name = None
    waiting = b""

    def connectionMade(self) -> None:
        self.setTimeout(self.factory.idle)
        self.transport.write(b"Your name?\r\n")

    def dataReceived(self, data: bytes) -> None:
        self.resetTimeout()
        *lines, self.waiting = (self.waiting + data).split(b"\n")
        for line in lines:
            if len(line) > LONGEST:
                break
            self.said(line.rstrip(b"\r"))
        if max(map(len, [*lines, self.waiting])) > LONGEST:
            self.transport.abortConnection()

    def said(self, line: bytes) -> None:
        if self.name is not None:
            self.factory.tell(b"%b: %b" % (self.name, line), but=self)
        elif not line or line in self.factory.chatters:
            self.transport.write(b"Not that one. Your name?\r\n")
        else:
            self.factory.tell(b"* %b joins" % line)
            self.name = line
            self.factory.chatters[line] = self

    def timeoutConnection(self) -> None:
        # loseConnection would wait until all is written: for a client that is not there any more, too long.
        self.transport.abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        self.setTimeout(None)
        if self.name is not None:
            del self.factory.chatters[self.name]
            self.factory.tell(b"* %b %b" % (self.name, b"leaves" if reason.check(ConnectionDone) else b"vanishes"))


class Chat(Factory):
    protocol = Chatter

    def __init__(self, idle: float | None = None) -> None:
        self.idle = idle
        self.chatters: dict[bytes, Chatter] = {}

    def tell(self, line: bytes, but: Chatter | None = None) -> None:
        print(line, flush=True)
        for chatter in self.chatters.values():
            if chatter is not but:
                chatter.transport.writeSequence([line, b"\r\n"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="chat", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: any free one)")
    parser.add_argument("--idle", type=float, default=0, help="seconds of silence to bear (default, and 0: any number)")
    options = parser.parse_args()
    if not 0 <= options.port < 65536:
        parser.error(f"argument --port: a port is a number from 0 to 65535, not {options.port}")
    if not 0 <= options.idle < 1e6:
        parser.error("--idle is from 0 to 999999 seconds")
    from twisted.internet import reactor  # Importing it installs it: not before it is wanted.

    try:
        port = reactor.listenTCP(options.port, Chat(options.idle or None), interface="127.0.0.1")
    except CannotListenError as error:
        why = error.socketError.strerror
        parser.exit(2, f"{parser.prog}: can't listen on port {options.port}: {why}; try another --port\n")
    reactor.callWhenRunning(print, f"Listening on 127.0.0.1:{port.getHost().port}", flush=True)
    reactor.run()
    print("Stopped.")
