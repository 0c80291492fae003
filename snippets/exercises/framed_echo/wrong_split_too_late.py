"""Nothing is answered until a piece ends with a newline. A message that is complete waits for the one behind it; a
busy client, whose pieces end anywhere, may wait for ever."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    kept = b""

    def dataReceived(self, data):
        self.kept += data
        if self.kept.endswith(b"\n"):
            for message in self.kept[:-1].split(b"\n"):
                self.transport.write(b"[" + message + b"]\n")
            self.kept = b""
