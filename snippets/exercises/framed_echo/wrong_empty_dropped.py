"""A message without any byte is left out. Two newlines in a row are two ends: between them is a message of length 0,
and whoever sent it waits for an answer."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    kept = b""

    def dataReceived(self, data):
        *messages, self.kept = (self.kept + data).split(b"\n")
        for message in messages:
            if message:
                self.transport.write(b"[" + message + b"]\n")
