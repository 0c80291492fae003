"""What chapter 00 says in words and leaves to a test."""

import re

from twisted.web.error import UnsupportedMethod
from twisted.web.resource import Resource
from twisted.web.server import supportedMethods

from snippets.lens.path import PATH
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.start_here.first_request import root
from tests.programs import ROOT
from tests.terminal import typed

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_nothing_is_sent_before_the_response_is_finished():
    """The answer to a GET reaches the socket in one send, in the turn after the one in which finish was called."""
    wire = Wire(root())
    sent = []
    with record([step.name for step in PATH]) as trace:
        real = wire.socket.send
        wire.socket.send = lambda data: sent.append(len(trace)) or real(data)
        wire.send(GET)
    # `trace` counts the calls that have ended: when bytes reached the socket, the whole first turn had.
    first_turn = next(index for index, event in enumerate(trace.events) if index and event.depth == 0)
    assert sent == [first_turn]
    assert "finish" in [event.method for event in trace.events[:first_turn]]
    second = [event.method for event in trace.events[first_turn:]]
    assert second == ["_doReadOrWrite", "doWrite", "writeSomeData"]


def test_405_is_for_the_three_methods_that_twisted_knows():
    """A page with only render_GET answers POST with 405 and get, FOO, DELETE and PUT with 501; one whose own render
    refuses every method answers GET, HEAD and POST with 405."""
    for method, status in [
        (b"GET", b"200"),
        (b"POST", b"405"),
        (b"get", b"501"),
        (b"FOO", b"501"),
        (b"DELETE", b"501"),
        (b"PUT", b"501"),
    ]:
        assert Wire(root()).send(GET.replace(b"GET", method)).split(b" ")[1] == status
    assert supportedMethods == (b"GET", b"HEAD", b"POST")

    class Refusing(Resource):
        isLeaf = True

        def render(self, request):
            raise UnsupportedMethod([])

    for method, status in [(b"GET", b"405"), (b"HEAD", b"405"), (b"POST", b"405"), (b"get", b"501"), (b"PUT", b"501")]:
        assert Wire(Refusing()).send(GET.replace(b"GET", method)).split(b" ")[1] == status


def test_any_method_that_has_a_render_is_called():
    """A page with only render_PUT answers a PUT, and a POST with 405."""

    class OnlyPut(Resource):
        isLeaf = True

        def render_PUT(self, request):
            return b"put"

    assert Wire(OnlyPut()).send(GET.replace(b"GET", b"PUT")).endswith(b"put")
    assert Wire(OnlyPut()).send(GET.replace(b"GET", b"POST")).split(b" ")[1] == b"405"


def test_a_head_without_a_get_is_a_500():
    """A page with only render_POST answers a GET with 405 and a HEAD with 500."""

    class OnlyPost(Resource):
        isLeaf = True

        def render_POST(self, request):
            return b""

    for method, status in [(b"POST", b"200"), (b"GET", b"405"), (b"HEAD", b"500")]:
        assert Wire(OnlyPost()).send(GET.replace(b"GET", method)).split(b" ")[1] == status


def test_the_server_of_the_chapter_serves_its_page(tmp_path):
    """Saved as a file and run, the lines above serve the page until Ctrl-C ends them."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "chapters" / "00_start_here.md").read_text("utf-8"), re.DOTALL)
    (program,) = [block for block in blocks if "reactor.run()" in block]
    (tmp_path / "server.py").write_text(program, "utf-8")
    asked = "curl -s http://127.0.0.1:8080/hello"
    client, server = typed(["python server.py", asked], tmp_path)
    assert client == (asked, 0, "Hello from /hello\n", "")
    assert server[2:] == ("Listening on http://127.0.0.1:8080/hello\n", "")
