"""Cuts a stream of length-prefixed messages into pieces, and puts the messages together again.

python -m snippets run framing --size 3 hello "" world
python -m snippets run framing --limit 4 hello world

A message is sent as its length, four bytes with the highest first, and then the message itself. Nothing in Framed
depends on how the stream was cut. `twisted.protocols.basic.Int32StringReceiver` does the same.
"""

import argparse
import os
import struct

from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport

PREFIX = struct.Struct("!I")


class Framed(Protocol):
    limit = 65536  # Bytes in a message: who says that 4 GiB will come, must not make us wait for them.

    def connectionMade(self) -> None:
        self.waiting = bytearray()

    def send(self, message: bytes) -> None:
        self.transport.writeSequence([PREFIX.pack(len(message)), message])

    def dataReceived(self, piece: bytes) -> None:
        self.waiting += piece
        # It may complete any number of messages. Whoever handles one may close, and wants no more of them then.
        while len(self.waiting) >= PREFIX.size and not self.transport.disconnecting:
            (length,) = PREFIX.unpack_from(self.waiting)
            end = PREFIX.size + length
            if length > self.limit:
                self.tooLong(length)
            elif len(self.waiting) < end:
                return
            else:
                message = bytes(self.waiting[PREFIX.size : end])
                del self.waiting[:end]
                self.messageReceived(message)

    def messageReceived(self, message: bytes) -> None:
        print(f"    message {message!r}")

    def tooLong(self, length: int) -> None:
        print(f"    a message of {length} bytes is announced, and at most {self.limit} are taken: closing")
        self.transport.loseConnection()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="framing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("messages", nargs="+", help="the messages to send")
    parser.add_argument("--size", type=int, default=5, help="bytes in a piece (default: %(default)s)")
    parser.add_argument("--limit", type=int, default=Framed.limit, help="longest message taken (default: %(default)s)")
    options = parser.parse_args()
    if options.size < 1 or options.limit < 0:
        parser.error("--size is at least 1, and --limit at least 0")
    sender, receiver = Framed(), Framed()
    receiver.limit = options.limit
    for protocol in (sender, receiver):
        protocol.makeConnection(StringTransport())
    for message in options.messages:
        sender.send(os.fsencode(message))
    stream = sender.transport.value()
    for start in range(0, len(stream), options.size):
        if receiver.transport.disconnecting:
            print(f"not read {stream[start:]!r}")
            break
        print(f"piece {stream[start : start + options.size]!r}")
        receiver.dataReceived(stream[start : start + options.size])
