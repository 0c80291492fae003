"""All that has come and is no whole message yet is kept, and looked at again with each piece.

There are three outcomes each time: a message, not enough bytes, or what can't become a message any more. The last ends
the connection by `loseConnection`, which sends what was written before. Twisted has such a protocol, for subclasses:
`twisted.protocols.basic.NetstringReceiver`.
"""

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
            self.transport.write(b"%d:%b," % (len(message), message.upper()))
