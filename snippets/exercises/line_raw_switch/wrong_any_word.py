"""A line announced bytes that doesn't begin with `hex` and a space. Any other line is answered by its length."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    def lineReceived(self, line):
        number = line.split(b" ")[-1]
        if not number.isdigit():
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
