"""Sends one line that is too long to two receivers, in one piece and in two, and prints what each of them answers.

python -m snippets run long_line
python -m snippets run long_line --cut 85

The second piece begins behind the x's, or at --cut.
"""

import argparse

from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineReceiver

LINE = b"x" * 82 + b"open the door\r\n"


class Polite(LineReceiver):
    MAX_LENGTH = 80

    def lineReceived(self, line: bytes) -> None:
        self.sendLine(b"done: " + line)

    def lineLengthExceeded(self, line: bytes) -> None:
        self.sendLine(b"line too long")


class Closing(Polite):
    def lineReceived(self, line: bytes) -> None:
        if self.transport.disconnecting:
            return
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        super().lineLengthExceeded(line)
        self.transport.loseConnection()


def answers(receiver: LineReceiver, pieces: list[bytes]) -> bytes:
    transport = StringTransport()  # A transport without a socket: it keeps what is written.
    receiver.makeConnection(transport)
    for piece in pieces:
        if not transport.disconnecting:
            receiver.dataReceived(piece)
    return transport.value()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="long_line", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cut", type=int, default=82, help="bytes in the first piece (default: %(default)s)")
    cut = parser.parse_args().cut
    if not 0 < cut < len(LINE):
        parser.error(f"argument --cut: from 1 to {len(LINE) - 1}, not {cut}")
    for cls in (Polite, Closing):
        print(f"{cls.__name__:<8} in one piece:  {answers(cls(), [LINE])!r}")
        print(f"{cls.__name__:<8} in two pieces: {answers(cls(), [LINE[:cut], LINE[cut:]])!r}")
