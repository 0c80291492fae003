"""Predict by what a client finds the end of six responses."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="11_response",
    title="Where the body ends",
    kind="predict",
    minutes=5,
    section="Change one thing: who asks, and how the page answers",
)

SAYS = {
    "new": "A size is hexadecimal, in a line of its own; a piece has a line end behind it; finish adds a last chunk.",
    "new_sizes": "toChunk is called for a piece that has bytes. What would a chunk of size zero mean to the client?",
    "old": "A client of HTTP/1.0 knows no transfer coding, so it must not be sent one.",
    "old_closed": "Ask what is left, without a length and without chunks, to mark the end.",
    "head": "A response to HEAD has the head alone, and server.Request.render says in it what it has counted.",
    "head_body": "Whatever the headers say, one kind of response has no body: which are they?",
    "missing": "For chunks the first write looks at version, length and method, and then at the status: at which ones?",
    "gone": "The first write asks whether a response with this status may have a body.",
}
LIKELY = {
    "new": {
        b"12\r\nHello, world\r\n1\r\n\n\r\n0\r\n\r\n": "sizes in decimal.",
        b"c\r\nHello, world\r\n0\r\n\r\n1\r\n\n\r\n0\r\n\r\n": "a chunk for the empty piece, which would be the end.",
        b"c\r\nHello, world\r\n1\r\n\n\r\n": "a body without its last chunk.",
        b"d\r\nHello, world\n\r\n0\r\n\r\n": "pieces that are joined before they become chunks.",
        b"Hello, world\n": "the body without what marks its chunks.",
        b"C\r\nHello, world\r\n1\r\n\n\r\n0\r\n\r\n": "sizes in capitals; Twisted writes small letters.",
    },
    "new_sizes": {4: "a chunk for each write, and the last one.", 2: "the chunks of pieces, without the last one."},
    "old": {
        b"Hello, world": "the first piece alone.",
        b"c\r\nHello, world\r\n1\r\n\n\r\n0\r\n\r\n": "chunks for everyone.",
    },
    "old_closed": {False: "a client that could tell the end from the bytes."},
    "head": {0: "the bytes that are sent.", 12: "the body without its newline.", 14: "a newline of two bytes."},
    "head_body": {13: "a body that follows its head."},
    "missing": {False: "an error that has no body."},
    "gone": {13: "a body that follows its head.", 28: "a body in chunks.", 5: "a last chunk, with no body before."},
}


def truth() -> dict[str, object]:
    from twisted.web.resource import Resource
    from twisted.web.server import NOT_DONE_YET

    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            request.setResponseCode(int(request.args[b"code"][0]))
            if request.args.get(b"how"):
                return b"Hello, world\n"
            for piece in [b"Hello, world", b"", b"\n"]:
                request.write(piece)
            request.finish()
            return NOT_DONE_YET

    def asked(query, version="1.1", method="GET"):
        wire = Wire(Page())
        data = wire.send(f"{method} /?{query} HTTP/{version}\r\nHost: a\r\n\r\n".encode())
        head, _, body = data.partition(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.splitlines()[1:])
        return fields, body, wire.closed

    new = asked("code=200")[1]
    _, old, closed = asked("code=200", "1.0")
    fields, body, _ = asked("code=200&how=returned", method="HEAD")
    missing, gone = asked("code=404"), asked("code=304")
    counted = int(fields[b"Content-Length"]), len(body), b"Transfer-Encoding" in missing[0], len(gone[1])
    return dict(zip(SAYS, [new, new.count(b"\r\n") // 2, old, closed, *counted], strict=True))
