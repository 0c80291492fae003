"""The message was ended at the first comma. A message may have commas in it: only the length says where it ends, and
the comma behind it is no more than a check."""

import re

from twisted.internet.protocol import Protocol

LENGTH = re.compile(rb"(0|[1-9][0-9]{0,2})(:|$)")


class Netstrings(Protocol):
    kept = b""

    def dataReceived(self, data):
        self.kept += data
        while b"," in self.kept:
            message, _, self.kept = self.kept.partition(b",")
            found = LENGTH.match(message)
            if not found or len(message) != found.end() + int(found[1]):
                self.transport.loseConnection()
                return
            message = message[found.end() :]
            self.transport.write(b"%d:%b," % (len(message), message.upper()))
        if self.kept and not LENGTH.match(self.kept):
            self.transport.loseConnection()
