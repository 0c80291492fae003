"""The bytes that wait are in one place for all connections, and so two clients write into each other's messages. What
belongs to a connection is an attribute of its own protocol: `self.kept = ...` makes one, a list or a bytearray in the
body of the class is one for all."""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    kept = bytearray()

    def dataReceived(self, data):
        self.kept += data
        while b"\n" in self.kept:
            message, _, rest = bytes(self.kept).partition(b"\n")
            self.kept[:] = rest
            self.transport.write(b"[" + message + b"]\n")
