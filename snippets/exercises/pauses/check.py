"""Predict when a producer is paused, asked again, and stopped."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="13_producers",
    title="Pauses",
    kind="predict",
    minutes=5,
    section="When it is too much",
)

SAYS = {
    "asked": "A piece is asked for until the transport, after a write, finds more waiting than its limit.",
    "after_one": "What is said when the buffer is too full is taken back when it is empty, and not before.",
    "turn": "The word to go on comes when the last byte is with the kernel. Count what waits, head included.",
    "asked_more": "An empty buffer is filled as it was the first time.",
    "paused": "The transport says pause after each write beyond its limit, whether anybody heeds it or not.",
    "stopped": "Whoever is registered when the client goes is told.",
    "closed": "While a request is at work, no timeout of a connection runs.",
}
LIKELY = {
    "asked": {1: "a producer that is asked once for an empty buffer.", 2: "a pause before the limit is passed."},
    "after_one": {4: "a producer that is asked as soon as less than the limit waits."},
    "turn": {1: "a producer that is asked in each turn.", 2: "the limit.", 4: "whole portions: a rest must go, too."},
    "asked_more": {4: "one piece for an empty buffer.", 5: "a pause before the limit is passed."},
    "paused": {1: "a transport that says it once.", 0: "a channel that isn't told without a producer."},
    "stopped": {0: "a producer that finds out by itself.", 2: "a producer that is told by two others."},
    "closed": {True: "the idle timeout, which is off here."},
}


def truth() -> dict[str, object]:
    from twisted.web.resource import Resource
    from twisted.web.server import NOT_DONE_YET

    from snippets.lens.trace import record
    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf, made, stopped = True, 0, 0

        def render_GET(self, request):
            self.request = request
            request.setHeader(b"Content-Length", b"300000")
            if request.uri == b"/":
                request.registerProducer(self, False)
            while request.uri == b"/loop" and self.made < 10:
                self.resumeProducing()
            return NOT_DONE_YET

        def resumeProducing(self):
            self.made += 1
            self.request.write(b"x" * 30_000)

        def stopProducing(self):
            self.stopped += 1

    def ask(uri):
        wire = Wire(page := Page())
        send, wire.reading = wire.socket.send, False

        def send_some(data):
            sent, wire.reading = send(data[:20_000]), False
            return sent

        wire.socket.send = send_some
        wire.send(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % uri)
        return wire, page

    with record(["HTTPChannel.pauseProducing"]) as trace:
        ask(b"/loop")
    wire, page = ask(b"/")
    counts, closed = [page.made], bool(wire.advance(1000)) or wire.closed
    while counts[-1] == counts[0]:
        wire.reading = True
        counts.append(wire.receive() and page.made)
    wire.disconnect()
    found = *counts[:2], len(counts) - 1, counts[-1], len(trace.events), page.stopped, closed
    return dict(zip(SAYS, found, strict=True))
