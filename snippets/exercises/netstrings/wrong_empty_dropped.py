"""A message of length 0 was left out. It has a length, a colon and a comma, and is a message; whoever sent it waits
for its answer."""

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
                self.transport.loseConnection()
                return
            start, end = found.end(), found.end() + int(found[1])
            if not found[2] or len(self.kept) <= end:
                return
            if self.kept[end : end + 1] != b",":
                self.transport.loseConnection()
                return
            message, self.kept = self.kept[start:end], self.kept[end + 1 :]
            if message:
                self.transport.write(b"%d:%b," % (len(message), message.upper()))
