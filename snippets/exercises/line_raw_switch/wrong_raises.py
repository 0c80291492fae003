"""A line that has no number behind `hex` raises an exception, which ends the connection. Such a line is to be
answered by its length."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    def lineReceived(self, line):
        word, space, number = line.partition(b" ")
        if (word, space) != (b"hex", b" "):
            self.sendLine(b"%d" % len(line))
            return
        self.raw, self.size = b"", int(number)
        if self.size:
            self.setRawMode()
        else:
            self.sendLine(b"")

    def rawDataReceived(self, data):
        self.raw += data
        if len(self.raw) >= self.size:
            self.sendLine(self.raw[: self.size].hex().encode())
            self.setLineMode(self.raw[self.size :])
