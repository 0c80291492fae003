"""Predict what two connections of a site share."""

from snippets.practice.talk import Exercise

EXERCISE = Exercise(
    chapter="04_site_factory",
    title="What two connections share",
    kind="predict",
    minutes=5,
    section="A client comes",
)

SAYS = {
    "page": "A page belongs to the tree of the site, and the site has one tree for all its connections.",
    "channel": "A channel is made for a connection, and serves all requests that come over it.",
    "request": "A Request is made for each request.",
    "channels": "A channel is made when a client is accepted, before its first byte.",
    "requests": "A Request is made for each request that comes.",
    "old": "buildProtocol copied the timeout onto the connection when it was accepted.",
    "new": "buildProtocol reads the settings of the site each time a client is accepted.",
}
LIKELY = {
    "page": {1: "a page made for each request.", 2: "a page made for each connection."},
    "channel": {1: "a channel made for each request.", 3: "one channel for the whole site."},
    "request": {2: "a Request that serves a whole connection.", 3: "one Request for the whole site."},
    "channels": {
        2: "a channel that is made with the first request.",
        1: "one channel for the whole site.",
        4: "a channel for each request.",
        6: "the two objects that are made for each connection, counted together.",
    },
    "requests": {
        3: "the requests before the setting was changed.",
        5: "a Request that is made when c connects.",
        2: "a Request for each client that asks.",
    },
    "old": {5: "a channel that looks the timeout up in the site.", 60: "a site that was given no timeout."},
    "new": {30: "a setting that is fixed when the site is made.", 60: "a site that was given no timeout."},
}


def truth() -> dict[str, object]:
    from twisted.internet.task import Clock
    from twisted.web.resource import Resource
    from twisted.web.server import Site

    from snippets.lens.trace import record
    from snippets.lens.wire import Wire

    class Page(Resource):
        isLeaf = True

        def render_GET(self, request):
            counted = [self, request.channel, request]
            for each in counted:
                each.asked = getattr(each, "asked", 0) + 1
            seen.append([each.asked for each in counted])
            return b"..."

    seen, site = [], Site(Page(), timeout=30, reactor=Clock())
    get = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with record(["HTTPChannel.__init__", "server.Request.__init__"]) as trace:
        a, b = Wire(site), Wire(site)
        for wire in [a, b, a]:
            wire.send(get)
        site.timeOut = 5
        a.send(get)
        c = Wire(site)
    made = [len(trace.of(name)) for name in ["HTTPChannel.__init__", "server.Request.__init__"]]
    return dict(zip(SAYS, [*seen[2], *made, a.channel.timeOut, c.channel.timeOut], strict=True))
