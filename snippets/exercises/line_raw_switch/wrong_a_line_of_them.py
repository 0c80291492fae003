"""The raw bytes were taken for a line: nothing was answered until a CRLF came, or at a CRLF that was among them. In
raw mode there is no delimiter."""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    size = None

    def lineReceived(self, line):
        if self.size is not None:
            self.sendLine(line[: self.size].hex().encode())
            self.size = None
        elif line.startswith(b"hex ") and line[4:].isdigit():
            self.size = int(line[4:])
        else:
            self.sendLine(b"%d" % len(line))
