"""What the tests of films play: a site, requests to it, and a player that knows no more than the format."""

from itertools import accumulate

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET
from twisted.web.static import Data

GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
LATER = b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789"
CHUNKS = b"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3;x=y\r\nfgh\r\n0\r\n\r\n"
FORM_STATES = [
    f"_ChunkedTransferDecoder._dataReceived_{state}" for state in ("CHUNK_LENGTH", "BODY", "CRLF", "TRAILER")
]


class Form(Resource):
    isLeaf = True

    def render_POST(self, request):
        return request.content.read()


class Later(Resource):
    """Answers after five seconds, unless nobody is there any more."""

    isLeaf = True

    def render_GET(self, request):
        def answer():
            request.write(b"late")
            request.finish()

        call = request.transport.reactor.callLater(5, answer)
        request.notifyFinish().addErrback(lambda _: call.cancel())
        return NOT_DONE_YET


class Bad(Resource):
    isLeaf = True

    def render_GET(self, request):
        raise KeyError("bad")


def site() -> Resource:
    root = Resource()
    root.putChild(b"hello", Data(b"Hello\n", "text/plain"))
    root.putChild(b"form", Form())
    root.putChild(b"later", Later())
    root.putChild(b"bad", Bad())
    return root


def pairs(columns: dict[str, list[int]]) -> list[tuple[int, int]]:
    """The steps and counts of a counter."""
    return list(zip(accumulate(columns["step"]), columns["count"], strict=True))


def where(film: dict, step: int) -> tuple[str, int]:
    """The function and the line of a step."""
    call = list(accumulate(film["call"]))[step]
    return film["functions"][film["calls"][call]][0].partition(":")[2], film["line"][step]


def stacks(film: dict) -> list[list[str]]:
    """The calls around each step, the innermost last, by the rules of the format."""
    stack: list[int] = []
    found = []
    for kind, call in zip(film["kinds"], accumulate(film["call"]), strict=True):
        if kind in "cg":
            stack.append(call)
        assert stack[-1] == call
        found.append([film["functions"][film["calls"][each]][0].partition(":")[2] for each in stack])
        if kind in "rxy":
            stack.pop()
    assert stack == [] or film["stopped"]
    return found


def states(film: dict) -> list[dict[tuple[int, str, str], str]]:
    """The values at each step, of variables by the call and of attributes by the object, by the rules of the format."""
    calls, changes = list(accumulate(film["call"])), film["changes"]
    state: dict = {}
    found: list[dict] = [{} for _ in film["kinds"]]
    rows = zip(accumulate(changes["step"]), changes["holder"], changes["name"], changes["value"], strict=True)
    waiting = list(rows)
    for step, call in enumerate(calls):
        while waiting and waiting[0][0] == step:
            _, holder, name, value = waiting.pop(0)
            owner = film["objects"][holder - 1] if holder else call
            state[owner, film["names"][name]] = film["values"][value]
        found[step] = dict(state)
    assert waiting == []
    return found
