"""The connection was ended without sending what had been written before. `abortConnection` drops it; `loseConnection`
sends it first."""

import re

from twisted.internet.protocol import Protocol

LENGTH = re.compile(rb"(0|[1-9][0-9]{0,2})(:|$)")


class Netstrings(Protocol):
    kept = b""

    def dataReceived(self, data):
        self.kept += data
        while self.kept:
            found = LENGTH.match(self.kept)
            if not found:
                self.transport.abortConnection()
                return
            start, end = found.end(), found.end() + int(found[1])
            if not found[2] or len(self.kept) <= end:
                return
            if self.kept[end : end + 1] != b",":
                self.transport.abortConnection()
                return
            message, self.kept = self.kept[start:end], self.kept[end + 1 :]
            self.transport.write(b"%d:%b," % (len(message), message.upper()))
