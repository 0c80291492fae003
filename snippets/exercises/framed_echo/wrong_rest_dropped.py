"""What stands behind the last newline of a piece is forgotten when `dataReceived` returns. It is the beginning of a
message, and must be kept until the rest has come."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    def dataReceived(self, data):
        *messages, _ = data.split(b"\n")
        for message in messages:
            self.transport.write(b"[" + message + b"]\n")
