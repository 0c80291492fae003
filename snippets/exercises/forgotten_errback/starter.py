"""This page asks a source, which answers after a second: `/peru` shows `Lima` and a newline, with status 200.

When the source fails, nobody answers, and the visitor waits for ever. Repair it:
  - if it fails with LookupError, the answer has the status 404, and any body; nothing is logged;
  - if it fails with anything else, that is a mistake: the visitor gets the error page of `request.processingFailed`,
    which also logs it;
  - if the visitor goes while the page waits, nothing is answered, and nothing is logged.

`asked` is given, and stays as it is. The check turns the clock, and counts what is logged.
"""

from twisted.internet.task import deferLater
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

CAPITALS = {b"france": "Paris", b"peru": "Lima", b"babel": None}


def asked(reactor, country):
    """A source: a Deferred that fires after a second, with bytes, or with a failure."""
    return deferLater(reactor, 1, lambda: CAPITALS[country].encode() + b"\n")


class Capital(Resource):
    isLeaf = True

    def render_GET(self, request):
        answer = asked(request.site.reactor, request.postpath[0])
        answer.addCallback(self.done, request)
        return NOT_DONE_YET

    def done(self, capital, request):
        request.write(capital)
        request.finish()
