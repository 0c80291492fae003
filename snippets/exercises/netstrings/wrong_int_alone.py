"""A length was taken that isn't made of digits. `int` takes more than the task allows: a sign, white space around the
number, underscores in it. Whoever reads the same bytes more strictly sees other messages."""

from twisted.internet.protocol import Protocol


class Netstrings(Protocol):
    kept = b""

    def dataReceived(self, data):
        self.kept += data
        while self.kept:
            length, colon, rest = self.kept.partition(b":")
            try:
                size = int(length)
            except ValueError:
                size = -1
            if size < 0 or size > 999 or len(length) > 3:
                self.transport.loseConnection()
                return
            if not colon or len(rest) <= size:
                return
            if rest[size : size + 1] != b",":
                self.transport.loseConnection()
                return
            message, self.kept = rest[:size], rest[size + 1 :]
            self.transport.write(b"%d:%b," % (len(message), message.upper()))
