"""Counts the bytes that a receiver copies and searches on the way from pieces to lines, and measures the time.

python -m snippets run line_cost --line 100 --lines 10 --size 1
"""

import argparse
from time import perf_counter
from types import SimpleNamespace

from twisted.protocols.basic import LineOnlyReceiver, LineReceiver

CRLF = b"\r\n"


class Counted(bytes):
    """A buffer that counts how many bytes are copied, and how many searched, by the `+=` and `split` of a receiver."""

    copied = searched = 0

    def __add__(self, data: bytes) -> "Counted":
        if self and data:  # CPython returns the other operand as it is if one is empty.
            Counted.copied += len(self) + len(data)
        return Counted(bytes(self) + data)

    def split(self, delimiter: bytes, most: int = -1) -> list["Counted"]:
        parts = bytes(self).split(delimiter, most)
        if len(parts) > 1:  # And it returns the whole, not a copy, if there is nothing to split.
            Counted.copied += sum(map(len, parts))
        Counted.searched += len(parts[0] + delimiter) if len(parts) > most > 0 else len(self)
        return [Counted(part) for part in parts]


def cost(line: int, lines: int, size: int | None = None, receiver: type = LineReceiver) -> tuple[int, int]:
    """How many bytes are copied, and searched: `lines` lines of `line` bytes arrive in pieces of `size` bytes."""
    Counted.copied = Counted.searched = 0
    feed(receiver, Counted(), line, lines, size)
    return Counted.copied, Counted.searched


def seconds(line: int, lines: int, size: int | None = None, receiver: type = LineReceiver) -> float:
    """How long the same takes with plain bytes: the best of three times."""
    return min(feed(receiver, b"", line, lines, size) for _ in range(3))


def feed(receiver: type, buffer: bytes, line: int, lines: int, size: int | None) -> float:
    """Feed the pieces to a new receiver, without a limit on its lines; return the seconds that passed."""
    data = (b"x" * line + CRLF) * lines
    pieces = [data[start : start + (size or len(data))] for start in range(0, len(data), size or len(data))]
    protocol = receiver()
    received: list[bytes] = []
    protocol._buffer, protocol.MAX_LENGTH = buffer, len(data)
    protocol.transport, protocol.lineReceived = SimpleNamespace(disconnecting=False), received.append
    start = perf_counter()
    for piece in pieces:
        protocol.dataReceived(piece)
    took = perf_counter() - start
    assert received == [b"x" * line] * lines
    return took


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="line_cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--line", type=int, default=100, help="bytes in a line, without CRLF (default: %(default)s)")
    parser.add_argument("--lines", type=int, default=1, help="how many lines (default: %(default)s)")
    parser.add_argument("--size", type=int, help="bytes in a piece (default: all in one)")
    parser.add_argument("--only", action="store_true", help="let LineOnlyReceiver do it")
    options = parser.parse_args()
    total = (options.line + len(CRLF)) * options.lines
    if options.line < 0 or options.lines < 1 or (options.size is not None and options.size < 1) or total > 10**5:
        parser.error("--line is at least 0, --lines and --size at least 1, and at most 100000 bytes in all")
    what = (options.line, options.lines, options.size, LineOnlyReceiver if options.only else LineReceiver)
    try:
        copied, searched = cost(*what)
        print(f"{total:,} bytes received; {copied:,} copied, {searched:,} searched, in {seconds(*what) * 1e3:,.3f} ms")
    except KeyboardInterrupt:
        parser.exit(130, "\n")


if __name__ == "__main__":
    main()
