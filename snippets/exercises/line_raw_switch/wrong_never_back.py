"""After the raw bytes the receiver is still in raw mode, and takes what comes for more of them. Line mode doesn't
come back by itself."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    def lineReceived(self, line):
        word, space, number = line.partition(b" ")
        if (word, space) != (b"hex", b" ") or not number.isdigit():
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
