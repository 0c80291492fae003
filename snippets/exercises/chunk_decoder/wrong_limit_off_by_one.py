"""A line of 1024 bytes was taken, or one of 1023 refused. The limit is the first length that is too long, and the
CRLF is not counted."""

import re


class Decoder:
    def __init__(self):
        self.body, self.state, self.rest = b"", "more", b""
        self.kept, self.step, self.size = b"", self.length, 0

    def feed(self, piece):
        self.kept += piece
        while self.state == "more" and self.step():
            pass

    def length(self):
        line, end, behind = self.kept.partition(b"\r\n")
        if len(line) > 1024:
            self.state = "refused"
        if not end:
            return False
        size, _, extension = line.partition(b";")
        if not re.fullmatch(rb"[0-9A-Fa-f]+", size) or re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", extension):
            self.state = "refused"
            return False
        self.kept, self.size = behind, int(size, 16)
        self.step = self.data if self.size else self.trailer
        return True

    def data(self):
        come = self.kept[: self.size]
        self.body, self.kept, self.size = self.body + come, self.kept[len(come) :], self.size - len(come)
        if not self.size:
            self.step = self.line_end
        return not self.size

    def line_end(self):
        if len(self.kept) < 2:
            return False
        if not self.kept.startswith(b"\r\n"):
            self.state = "refused"
        self.kept, self.step = self.kept[2:], self.length
        return True

    def trailer(self):
        line, end, behind = self.kept.partition(b"\r\n")
        if not end:
            return False
        self.kept = behind
        if not line:
            self.state, self.rest = "done", behind
        return True
