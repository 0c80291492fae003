"""The bytes of the announcement before are still there. What is collected for one announcement must be empty when the
next begins."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    raw = b""

    def lineReceived(self, line):
        word, space, number = line.partition(b" ")
        if (word, space) != (b"hex", b" ") or not number.isdigit():
            self.sendLine(b"%d" % len(line))
            return
        self.size = int(number)
        if self.size:
            self.setRawMode()
        else:
            self.sendLine(b"")

    def rawDataReceived(self, data):
        self.raw += data
        if len(self.raw) >= self.size:
            self.sendLine(self.raw[: self.size].hex().encode())
            self.setLineMode(self.raw[self.size :])
