"""This echo is to answer each message, which ends with a newline, by `[message]` and a newline.

It takes each piece that arrives for a message. Repair it.
"""

from twisted.internet.protocol import Protocol


class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(b"[" + data.rstrip(b"\n") + b"]\n")
