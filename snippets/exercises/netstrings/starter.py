"""Build a protocol whose messages have their length in front. Such messages are called netstrings.

A message is its length in ASCII digits, a colon, so many bytes of any kind, and a comma: `5:hello,`. Answer each one
with the same bytes in capitals (`bytes.upper`), again as a netstring: `5:HELLO,`. Messages come in any pieces.

A length has no leading zeros and is at most 999. Call `loseConnection` as soon as something is seen that is refused:
  - where a length begins, anything but a digit; after that, anything but a digit or the colon;
  - a digit behind a leading 0, or a fourth digit;
  - behind a message, anything but the comma; that message is not answered then.
What was answered before is still sent, and what comes behind is not looked at.
"""

from twisted.internet.protocol import Protocol


class Netstrings(Protocol):
    def dataReceived(self, data):
        """Called with each piece."""
