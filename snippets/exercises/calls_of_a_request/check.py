"""Predict the calls that a request makes on its channel, in three pieces."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="05_http_channel",
    title="The calls of a request",
    kind="predict",
    minutes=5,
    section="One byte at a time",
)

SAYS = {
    "data": "Up to LineReceiver a call means that something has arrived.",
    "lines": "Each CRLF ends a line, whatever stands before it, and nothing else does.",
    "headers": "A header is handed on once, with all lines that continue it.",
    "headers_2": "A header is handed on when the next line has shown that nothing continues it.",
    "made": "The Request is made when its request line is complete, and before that is parsed.",
    "answered": "The page is asked when the empty line behind the headers has come.",
    "value": "The parser strips the white space of a continuation, and puts one space in its place.",
}
LIKELY = {
    "data": {
        6: "a call for each line.",
        1: "a request that is collected before it is handed on.",
        4: "a second call for a piece that is cut inside a CRLF.",
    },
    "lines": {
        5: "a channel that is not told of the first empty line, or joins the fold before.",
        4: "lines that are not empty.",
        3: "a line for each piece.",
    },
    "headers": {
        3: "a call for each line below the request line.",
        4: "a call for each of them, and for the empty one too.",
    },
    "headers_2": {1: "a header that is handed on when it seems complete."},
    "made": {1: "a Request that is made with the first byte.", 3: "a Request that is made when all has come."},
    "answered": {2: "a page that is asked when the request line has come.", 1: "a page that is asked by its path."},
    "value": {
        b"one": "a fold that is left out.",
        b"one\r\n two": "a fold that is kept as it came.",
        b"onetwo": "a fold with nothing in its place.",
    },
}


def truth() -> dict[str, object]:
    from twisted.web.resource import Resource

    from snippets.lens.trace import record
    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            values.extend(request.requestHeaders.getRawHeaders(b"X-Long"))
            return b""

    wire, values, pieces = Wire(Page()), [], []
    points = [f"HTTPChannel.{name}Received" for name in ["data", "line", "header"]]
    for piece in [b"\r\nGET /hello HT", b"TP/1.1\r\nHost: localhost\r", b"\nX-Long: one\r\n two\r\n\r\n"]:
        with record([*points, "http.Request.__init__", "http.Request.requestReceived"]) as trace:
            wire.send(piece)
        pieces.append([event.method for event in trace.events])
    found = [sum(names.count(f"{name}Received") for names in pieces) for name in ["data", "line", "header"]]
    found.append(sum(names.count("headerReceived") for names in pieces[:2]))
    for method in ["__init__", "requestReceived"]:
        found.append(next(at for at, names in enumerate(pieces, 1) if method in names))
    return dict(zip(SAYS, [*found, values[0]], strict=True))
