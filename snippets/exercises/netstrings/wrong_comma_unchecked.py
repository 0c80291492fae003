"""The byte behind a message was skipped without a look. If it isn't the comma, the length was wrong, and from here on
nobody knows where a message begins."""

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
            message, self.kept = self.kept[start:end], self.kept[end + 1 :]
            self.transport.write(b"%d:%b," % (len(message), message.upper()))
