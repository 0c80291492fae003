"""What stood behind the raw bytes is gone. `rawDataReceived` was handed the whole buffer, and what is not its own it
must give back, as the argument of `setLineMode`."""

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
            self.setLineMode()
