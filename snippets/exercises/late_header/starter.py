"""This page shows a note: `/milk` is the title, a newline, and the text of the note `milk`.

It sets the status and a header when the client has them already. Repair it, so that
  - the header `X-Lines` says how many lines the text of a note has, the title not counted;
  - a note that there isn't is a 404, without that header and with any text in its body;
  - a note that can't be decoded is a 500.
What is right must stay: the bytes of the page, and its Content-Type, also for a 404.
"""

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

NOTES = {b"milk": b"Buy milk,\nand bread.\n", b"empty": b"", b"two": b"1\n2\n", b"damaged": b"Caf\xe9\n"}


class Notes(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
        name = request.postpath[0]
        request.write(b"Note: " + name + b"\n")
        if name in NOTES:
            text = NOTES[name].decode()
            request.setHeader(b"X-Lines", str(len(text.splitlines())))
            request.write(text.encode())
        else:
            request.setResponseCode(404)
            request.write(b"There is no such note.\n")
        request.finish()
        return NOT_DONE_YET
