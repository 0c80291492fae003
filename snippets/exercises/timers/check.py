"""Predict when a site with a timeout closes on seven clients."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="07_connection_life",
    title="When the server closes",
    kind="predict",
    minutes=5,
    section="How long may a client be silent?",
)

SAYS = {
    "silent": "The timer is switched on when the connection is made. abortTimeout is for a closing that takes long.",
    "half": "Every piece that comes starts the timer anew, with its whole time.",
    "drip": "The timer measures silence. It knows no more than that something came.",
    "quick": "When its response is finished, an HTTP/1.1 connection is given the whole time again.",
    "slow": "The timer is off while a page is being made, and is switched on when the response is finished.",
    "eager": "Bytes that come early are kept, and are read when the response is finished. resetTimeout needs a timer.",
    "old": "Whether a connection lives on is decided from the version first.",
}
LIKELY = {
    "silent": {0: "a timer that waits for a first byte.", 35: "a closing that always takes its 15 seconds."},
    "half": {20: "a timer that is started once, at the beginning.", 0: "a client that is let off once it has begun."},
    "drip": {20: "a time for a whole request.", 39: "a timer that is started anew once."},
    "quick": {
        5: "a connection that is closed after each answer.",
        20: "a timer that runs on from the beginning.",
        0: "a connection that is kept for good once it has had an answer.",
    },
    "slow": {
        25: "a timer that runs while the page is being made.",
        105: "a connection that is closed after each answer.",
        120: "a page that began at second 0.",
        0: "a timer that is not switched on again.",
    },
    "eager": {
        70: "a byte that starts the timer while the page is being made.",
        105: "half a request that is refused when it is read.",
    },
    "old": {25: "a connection that lives on, as over HTTP/1.1.", 20: "a timer that runs on from the beginning."},
}
NOW, HALF = b"GET /now HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /n"
LATER = NOW.replace(b"now", b"100")
CLIENTS = {
    "silent": {},
    "half": {15: HALF},
    "drip": dict.fromkeys(range(19, 1000, 19), b"x"),
    "quick": {5: NOW},
    "slow": {5: LATER},
    "eager": {5: LATER, 50: HALF},
    "old": {5: NOW.replace(b"1.1", b"1.0")},
}


def truth() -> dict[str, object]:
    from twisted.web.resource import Resource
    from twisted.web.server import NOT_DONE_YET

    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            if request.path == b"/now":
                return b"ok"
            request.site.reactor.callLater(100, request.finish)
            return NOT_DONE_YET

    def closed(said):
        wire = Wire(Page(), timeout=20)
        for second in range(1001):
            wire.advance(1 if second else 0)
            wire.send(said.get(second, b""))
            if wire.closed:
                return second
        return 0

    return {name: closed(said) for name, said in CLIENTS.items()}
