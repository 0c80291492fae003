"""Predict what becomes of what five pages return."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="10_render",
    title="What becomes of what is returned",
    kind="predict",
    minutes=5,
    section="What may a page return?",
)

SAYS = {
    "text": "Request.render takes bytes or NOT_DONE_YET, and makes a response of its own of everything else.",
    "text_logged": "The log gets what was raised. Ask what raised here.",
    "length": "Request.render counts what will be sent.",
    "both": "Bytes that are returned are written like any other, behind what has been written before.",
    "both_length": "A header is sent with the head, and the head is written by the first write.",
    "nothing": "The status stands at the beginning of the head. What has been written when render_GET returns?.",
    "later": "A coroutine runs when somebody awaits it. render calls the method, and looks at what it has got.",
}
LIKELY = {
    "text": {200: "text that is encoded for you.", 404: "a page that is not found; it was found, and asked."},
    "text_logged": {
        1: "an exception; but no line of the page raised, and Request.render tells the client instead.",
        2: "an exception that is caught and raised again.",
    },
    "length": {5: "the characters.", 0: "a page that has no length.", 9: "a line end behind the word."},
    "both": {
        b"two": "a returned page that takes the place of what was written.",
        b"one": "a returned page that is dropped, because something was written.",
        b"two" + b"one": "what is returned in front of what was written.",
    },
    "both_length": {True: "a length that is set in time: it is set when the page has returned."},
    "nothing": {500: "an error page that can still have a head of its own.", 204: "a response without a body."},
    "later": {True: "a coroutine that Twisted.web starts."},
}


def truth() -> dict[str, object]:
    import warnings

    from twisted.web.resource import Resource

    from snippets.lens.logged import logged
    from snippets.lens.wire import Wire

    ran = []

    async def later(request):
        ran.append(request)
        return b"hello"

    def page(function, written=b""):
        def render(request):
            if written:
                request.write(written)
            return function(request)

        made = Resource()
        made.isLeaf, made.render_GET = True, render
        with warnings.catch_warnings(), logged() as failures:
            warnings.simplefilter("ignore", RuntimeWarning)  # "coroutine ... was never awaited"
            head, _, body = Wire(made).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").partition(b"\r\n\r\n")
        lengths = [line.split(b": ")[1] for line in head.splitlines() if line.startswith(b"Content-Length")]
        return int(head.split()[1]), lengths, body.split(b"\r\n")[1::2], len(failures)

    text = page(lambda request: "hello")
    counted = page(lambda request: "Grüße".encode())
    both = page(lambda request: b"two", b"one")
    nothing = page(lambda request: None, b"one")
    page(later)
    values = [text[0], text[3], int(counted[1][0]), b"".join(both[2]), bool(both[1]), nothing[0], bool(ran)]
    return dict(zip(SAYS, values, strict=True))
