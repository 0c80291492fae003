"""The line says how many bytes follow; raw mode hands on more than these, and the rest is given back.

No bytes need no raw mode: `rawDataReceived` is called when something comes, and for N = 0 that would be the next line.
`isdigit` and not `int` says what a number is, for `int` takes signs, white space and underscores too.
"""

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
            self.setLineMode(self.raw[self.size :])
