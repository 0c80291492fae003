"""Each piece that arrives is taken for a message. How the bytes were cut means nothing: one message may come in many
pieces, and many messages in one. Only a newline ends a message."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(b"[" + data.rstrip(b"\n") + b"]\n")
