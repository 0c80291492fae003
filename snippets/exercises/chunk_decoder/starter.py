"""Build a decoder for bodies in chunks, in plain Python. It agrees with Twisted's.

`feed(piece)` takes the next bytes, cut anywhere, and returns nothing. After each call:

    body    the data of the chunks as far as they have come, as bytes
    state   "more" while the body goes on, "done" after its end, "refused" after a mistake
    rest    what came behind the end, as bytes

A size is one or more hexadecimal digits. From a ; on its line is an extension, which may have the tab and the bytes
from 0x20 on, but not DEL (0x7F). A line of 1024 bytes or more is refused, even before its CRLF has come. Data is
followed by CRLF. Behind the chunk of size 0 come trailers, which are dropped, up to an empty line, which is the end.
Lines end with CRLF; nothing is fed after "done" or "refused", and nobody looks at `body` after "refused".
"""


class Decoder:
    def __init__(self):
        self.body, self.state, self.rest = b"", "more", b""

    def feed(self, piece):
        self.body += piece
