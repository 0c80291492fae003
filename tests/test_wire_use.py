"""A connection over the wire, as a reader uses it: pieces, the clock, the end, and what can't be done."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import task
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.python import threadable
from twisted.python.failure import Failure
from twisted.web import server
from twisted.web.resource import Resource
from twisted.web.server import Site
from twisted.web.static import File

from snippets.lens.errors import LensError
from snippets.lens.logged import logged
from snippets.lens.wire import STEPS, Wire, pieces
from snippets.workshop.scenarios.demo_site import DemoSite
from snippets.workshop.scenarios.requests import get, head, post
from tests.echo import EchoFactory


def test_a_file_is_sent_whole_and_the_clock_stands_still(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"line\n" * 60_000)
    response = Wire(File(str(tmp_path))).send(get(b"/file.txt"))
    assert response.startswith(b"HTTP/1.1 200 OK\r\n")
    assert response.endswith(b"\r\n\r\n" + b"line\n" * 60_000)


def test_the_wire_needs_no_global_reactor(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"text\n")
    code = (
        "import sys\n"
        "from twisted.web.static import File\n"
        "from snippets.lens.wire import Wire\n"
        "assert Wire(File(sys.argv[1])).send(b'GET /file.txt HTTP/1.1\\r\\n\\r\\n').endswith(b'text\\n')\n"
        "assert 'twisted.internet.reactor' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_date_is_that_of_the_clock() -> None:
    wire = Wire(DemoSite())
    assert b"\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" in wire.send(get(b"/hello"))
    wire.advance(30)
    assert b"\r\nDate: Thu, 01 Jan 1970 00:00:30 GMT\r\n" in wire.send(get(b"/hello"))


def test_what_the_wire_replaces_in_twisted_is_put_back() -> None:
    before = (server.datetimeToString, task._theCooperator)
    wire = Wire(DemoSite())
    wire.send(get(b"/hello"))
    wire.reactor.callLater(1, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        wire.advance(1)
    assert (server.datetimeToString, task._theCooperator) == before


@given(st.binary(max_size=50), st.none() | st.integers(1, 60) | st.lists(st.integers(1, 20)))
def test_pieces_put_together_are_the_whole_and_none_is_empty(data: bytes, size: int | list[int] | None) -> None:
    cut = list(pieces(data, size))
    assert b"".join(cut) == data
    assert all(cut)
    sizes = [len(data)] if size is None else [size] * len(cut) if isinstance(size, int) else size
    assert [len(piece) for piece in cut[:-1]] == sizes[: len(cut) - 1][: len(cut[:-1])]


@pytest.mark.parametrize("size", [0, -1, [0], [5, -3], repeat(0), 2.5, [None]])
def test_a_piece_has_a_byte_at_least(size: object) -> None:
    with pytest.raises(LensError, match="a piece has at least 1 byte, not "):
        Wire(DemoSite()).send(get(b"/hello"), size)


def test_text_is_no_bytes() -> None:
    wire = Wire(DemoSite())
    with pytest.raises(LensError, match=r"carries bytes, as in .*, not str"):
        wire.send("GET / HTTP/1.1\r\n\r\n")
    assert wire.send(bytearray(get(b"/hello"))).endswith(b"Hello!\n")


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_time_goes_forward(seconds: float) -> None:
    with pytest.raises(LensError, match="time goes forward"):
        Wire(DemoSite()).advance(seconds)


@pytest.mark.parametrize("resource", [DemoSite, None, "root"])
def test_a_wire_leads_to_a_resource(resource: object) -> None:
    with pytest.raises(LensError, match=r"leads to a resource, as in Wire\(Resource\(\)\), or to a Factory, not to "):
        Wire(resource)


def test_options_make_a_site_and_change_none() -> None:
    with pytest.raises(LensError, match="timeout: options are for a resource"):
        Wire(Site(DemoSite(), reactor=Clock()), timeout=5)


def test_a_factory_that_takes_no_connection() -> None:
    class Closed(Factory):
        def buildProtocol(self, address: object) -> None:
            return None

    with pytest.raises(LensError, match="Closed takes no connection"):
        Wire(Closed())


def test_the_channel_is_whatever_stands_behind_the_proxy() -> None:
    """Once HTTP/2 is agreed on, that is another kind of channel."""
    wire = Wire(DemoSite())
    wire.protocol._channel = other = Protocol()
    assert wire.channel is other


def test_a_connection_of_another_protocol_has_no_channel() -> None:
    with pytest.raises(LensError, match="Protocol has no HTTP channel"):
        _ = Wire(Factory.forProtocol(Protocol)).channel


class _Endless(Protocol):
    """Has always something more to do."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.registerProducer(self, False)

    def resumeProducing(self) -> None:
        self.transport.write(b"more")

    def stopProducing(self) -> None: ...


def test_a_server_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snippets.lens.wire.MOST_TURNS", 50)
    with pytest.raises(LensError, match="not done after 50 turns: it writes without end"):
        Wire(Factory.forProtocol(_Endless)).send(b"x")


def test_a_call_that_asks_for_itself_at_once_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snippets.lens.wire.MOST_TURNS", 50)
    wire, made = Wire(DemoSite()), []

    def again() -> None:
        made.append(wire.reactor.seconds())
        wire.reactor.callLater(0, again)

    again()
    with pytest.raises(LensError, match="due again after 50 calls: give callLater some seconds"):
        wire.receive()
    assert made == [0.0] * 51


def test_as_many_calls_and_turns_as_may_be_are_no_endless_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snippets.lens.wire.MOST_TURNS", 3)
    wire, made = Wire(Factory.forProtocol(Protocol)), []
    for number in range(3):
        wire.reactor.callLater(1, made.append, number)
    wire.advance(1)
    assert made == [0, 1, 2]
    wire.transport.SEND_LIMIT = 1
    wire.transport.write(b"abc")
    assert wire.receive() == b"abc"


def test_a_task_makes_as_many_steps_a_turn_on_a_slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    now, steps = count(), count()
    monkeypatch.setattr("twisted.internet.task.time.time", now.__next__)  # each look at the clock takes a second
    monkeypatch.setattr("snippets.lens.wire.MOST_TURNS", 10)
    wire = Wire(DemoSite())
    wire.reactor.cooperator.cooperate(steps)
    with pytest.raises(LensError, match="due again after 10 calls"):
        wire.receive()
    assert next(steps) == 10 * STEPS


def test_calls_come_in_the_order_of_their_times_each_once() -> None:
    wire, made = Wire(DemoSite()), []
    late = wire.reactor.callLater(3, made.append, "late")
    for when, name in [(2, "second"), (1, "first"), (1, "first, too"), (4, "never")]:
        wire.reactor.callLater(when, made.append, name)
    late.reset(1.5)
    wire.advance(1)
    assert made == ["first", "first, too"]
    wire.advance(1)
    assert made == ["first", "first, too", "late", "second"]
    assert not late.active()
    assert wire.reactor.seconds() == 2


class _Yielding(Resource):
    """Lets other threads run while it answers."""

    isLeaf = True

    def render_GET(self, request: server.Request) -> bytes:
        for _ in range(20):
            time.sleep(0)
        return b""


def test_wires_in_several_threads_have_each_its_own_date() -> None:
    before = (server.datetimeToString, task._theCooperator)

    def ask(seconds: int) -> list[bytes]:
        answers = []
        for _ in range(20):
            wire = Wire(_Yielding())
            wire.advance(seconds)
            answers += [line for line in wire.send(get(b"/hello")).split(b"\r\n") if line.startswith(b"Date:")]
        return answers

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(3) as pool:
            dates = list(pool.map(ask, [1, 2, 3]))
    finally:
        sys.setswitchinterval(interval)
    assert dates == [[b"Date: Thu, 01 Jan 1970 00:00:0%d GMT" % seconds] * 20 for seconds in (1, 2, 3)]
    assert (server.datetimeToString, task._theCooperator) == before


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize("running", [True, False])
def test_beside_a_reactor_that_runs_in_another_thread_there_is_no_wire(
    running: bool, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "twisted.internet.reactor", SimpleNamespace(running=running))
    monkeypatch.setattr(threadable, "ioThread", threadable.getThreadID() if here else None)
    if running and not here:
        with pytest.raises(LensError, match="a reactor runs in another thread"):
            Wire(DemoSite())
    else:
        assert Wire(DemoSite()).send(get(b"/hello")).endswith(b"Hello!\n")


def test_what_is_sent_after_the_close_is_lost() -> None:
    wire = Wire(DemoSite())
    assert wire.send(head(b"GET /hello HTTP/1.0")).endswith(b"Hello!\n")
    assert wire.closed
    assert wire.send(get(b"/hello")) == b""


def test_the_options_of_the_socket_are_as_they_were_set() -> None:
    transport = Wire(Factory.forProtocol(Protocol)).transport
    assert (transport.getTcpNoDelay(), transport.getTcpKeepAlive()) == (False, False)
    transport.setTcpNoDelay(True)
    assert (transport.getTcpNoDelay(), transport.getTcpKeepAlive()) == (True, False)


def test_the_connection_has_a_name_and_two_ends() -> None:
    transport = Wire(DemoSite()).transport
    assert repr(transport) == "<_GenericHTTPChannelProtocol #1 in memory>"
    assert transport.logstr == "_GenericHTTPChannelProtocol,1,127.0.0.1"
    assert [(end.host, end.port) for end in (transport.getHost(), transport.getPeer())] == [
        ("127.0.0.1", 8080),
        ("127.0.0.1", 50000),
    ]


@pytest.mark.parametrize(
    ("reading", "reset", "reason"),
    [(True, {}, "ConnectionDone"), (True, {"reset": True}, "ConnectionLost"), (False, {}, "ConnectionLost")],
)
def test_a_client_closes_in_order_unless_it_resets_or_has_not_read(
    reading: bool, reset: dict[str, bool], reason: str
) -> None:
    factory = EchoFactory()
    wire = Wire(factory)
    wire.reading = reading
    wire.disconnect(**reset)
    assert factory.lost == [reason]


def test_the_channel_can_be_looked_at() -> None:
    wire = Wire(DemoSite())
    wire.send(post(b"/echo", b"body")[:-1])
    assert (wire.channel.length, wire.channel.line_mode, wire.channel.persistent) == (4, 0, True)


class _Failing(Protocol):
    def connectionLost(self, reason: Failure) -> None:
        raise RuntimeError("in connectionLost")


def test_what_connection_lost_raises_is_logged_as_by_a_reactor() -> None:
    with logged() as failures:
        wire = Wire(Factory.forProtocol(_Failing))
        wire.disconnect()
    assert wire.closed
    assert len(failures) == 1
