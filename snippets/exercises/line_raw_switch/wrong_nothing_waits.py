"""The line that announces no bytes went into raw mode, and waits there for something to come. That is then the next
line, which belongs to nobody's raw bytes."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    def lineReceived(self, line):
        word, space, number = line.partition(b" ")
        if (word, space) != (b"hex", b" ") or not number.isdigit():
            self.sendLine(b"%d" % len(line))
            return
        self.raw, self.size = b"", int(number)
        self.setRawMode()

    def rawDataReceived(self, data):
        self.raw += data
        if len(self.raw) >= self.size:
            self.sendLine(self.raw[: self.size].hex().encode())
            self.setLineMode(self.raw[self.size :])
