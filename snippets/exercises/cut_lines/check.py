"""Predict which lines and which raw bytes a LineReceiver hands on, for given pieces."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="03_line_receiver",
    title="Three pieces, lines and raw bytes",
    kind="predict",
    minutes=5,
    section="The loop",
)

SAYS = {
    "lines_1": "A line is handed on when its whole delimiter has come.",
    "lines_2": "The delimiter is taken off a line, and may come in two pieces.",
    "waiting": "What stands behind the last delimiter stays in the buffer; what was handed on has left it.",
    "raw": "In raw mode the whole buffer is handed on, and a delimiter ends nothing.",
    "last": "What is given back is cut into lines again, and an empty line is a line.",
    "calls": "The transport calls once for each piece, and setLineMode calls with what it is given.",
}
LIKELY = {
    "lines_1": {1: "a delimiter that is a CR alone."},
    "lines_2": {
        (b"one\r\n", b"two\r\n"): "a receiver that leaves the delimiter on its lines.",
        (b"one", b"two", b"thr"): "a receiver that takes the end of a piece for the end of a line.",
        (b"one",): "a receiver that hands on one line for each piece.",
    },
    "waiting": {
        b"": "a second piece that ends with the delimiter.",
        b"two\r\nthr": "a receiver that hands on one line for each piece.",
    },
    "raw": {
        b"x\r\n": "a receiver that knows how many raw bytes there are.",
        b"x": "a receiver that looks for a delimiter in raw mode.",
    },
    "last": {
        (b"four",): "a receiver that leaves out empty lines.",
        (): "a receiver that stays in raw mode.",
    },
    "calls": {3: "bytes given back that wait for the next piece.", 7: "a call for each line and one for raw bytes."},
}


def truth() -> dict[str, object]:
    from twisted.internet.protocol import Factory
    from twisted.protocols.basic import LineReceiver

    from snippets.lens.trace import record
    from snippets.lens.wire import Wire

    class Talk(LineReceiver):
        def connectionMade(self):
            self.lines, self.raw, self.before = [], [], 0

        def lineReceived(self, line):
            self.lines.append(line)
            if line == b"raw":
                self.setRawMode()

        def rawDataReceived(self, data):
            self.raw.append(data)
            self.before = len(self.lines)
            self.setLineMode(data[3:])

    wire = Wire(Factory.forProtocol(Talk))
    talk, seen = wire.protocol, []
    with record(["LineReceiver.dataReceived"]) as trace:
        for piece in [b"one\r", b"\ntwo\r\nthr", b"ee\r\nraw\r\nx\r\nfour\r\n\r\n"]:
            wire.send(piece)
            seen.append((list(talk.lines), talk._buffer))
    found = {"lines_1": len(seen[0][0]), "lines_2": seen[1][0], "waiting": seen[1][1], "raw": talk.raw[0]}
    return found | {"last": talk.lines[talk.before :], "calls": len(trace.events)}
