"""A line was taken for an announcement whose number isn't made of digits. `int` takes signs, and white space around a
number, as well."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    def lineReceived(self, line):
        word, _, number = line.partition(b" ")
        try:
            size = int(number) if word == b"hex" else None
        except ValueError:
            size = None
        if size is None:
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
