"""The bytes of one client were answered to another. What is collected stands in one place for all connections: a
bytearray or a list in the body of a class is one for all its objects."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    raw = bytearray()

    def lineReceived(self, line):
        word, space, number = line.partition(b" ")
        if (word, space) != (b"hex", b" ") or not number.isdigit():
            self.sendLine(b"%d" % len(line))
            return
        self.raw.clear()
        self.size = int(number)
        if self.size:
            self.setRawMode()
        else:
            self.sendLine(b"")

    def rawDataReceived(self, data):
        self.raw += data
        if len(self.raw) >= self.size:
            self.sendLine(self.raw[: self.size].hex().encode())
            self.setLineMode(bytes(self.raw[self.size :]))
