"""The framing is in the body. Sizes, their extensions and the line ends are what says where data is; take them off."""


class Decoder:
    def __init__(self):
        self.body, self.state, self.rest = b"", "more", b""

    def feed(self, piece):
        self.body += piece
