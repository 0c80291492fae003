"""One piece was taken for a whole body. What was fed may end anywhere, inside a size or a line end too: keep what
isn't whole, and remember what comes next."""


class Decoder:
    def __init__(self):
        self.body, self.state, self.rest = b"", "more", b""

    def feed(self, piece):
        while piece:
            line, _, piece = piece.partition(b"\r\n")
            size = int(line.partition(b";")[0], 16)
            if not size:
                self.state, self.rest = "done", piece.partition(b"\r\n")[2]
                return
            self.body, piece = self.body + piece[:size], piece[size + 2 :]
