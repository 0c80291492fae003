"""At most one message is answered for each piece. The second lies complete in what was kept, and waits for bytes that
may never come: look again until there is no newline left."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    kept = b""

    def dataReceived(self, data):
        self.kept += data
        if b"\n" in self.kept:
            message, _, self.kept = self.kept.partition(b"\n")
            self.transport.write(b"[" + message + b"]\n")
