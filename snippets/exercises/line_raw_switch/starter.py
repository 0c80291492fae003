r"""Build a LineReceiver that takes lines and, behind some of them, raw bytes. Each of its answers is a line.

The line `hex N` says that N bytes of any kind follow right behind it; N is one or more ASCII digits. When all of them
have come they are answered in hexadecimal (`bytes.hex`): `hex 3\r\n` and then `a\r\n` by the line `610d0a`, and
`hex 0\r\n` at once by an empty line. Behind these bytes come lines again.

Any other line is answered by its length: `hello` by `5`, and `hex -1`, which announces nothing, by `6`.
"""

from twisted.protocols.basic import LineReceiver


class Hexer(LineReceiver):
    def lineReceived(self, line):
        """Called with each line, without its CRLF."""

    def rawDataReceived(self, data):
        """Called with what comes in raw mode."""
