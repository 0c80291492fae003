"""What has no end yet is kept: a piece is where the network cut, and not where a message ends."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    kept = b""

    def dataReceived(self, data):
        *messages, self.kept = (self.kept + data).split(b"\n")
        for message in messages:
            self.transport.write(b"[" + message + b"]\n")
