"""What chapter 13 says in words and leaves to a test."""

import os
import re
import socket
import struct
import tracemalloc
from pathlib import Path

import pytest
from twisted.internet import task
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET
from twisted.web.static import File

from snippets.lens.figures import BUFFER_POINTS, BUFFER_WATCH
from snippets.lens.follow.buffer import levels
from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.producers.big_file import PIECE, Zeros, root
from tests.producing import GET, Asked, Later, Page, Pushed, body_of, rest, slow, turn
from tests.programs import listening, running

MB = 1_000_000

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


def grown(path: str, size: int, most: int) -> int:
    """How many bytes the memory of `big_file` grew by at its peak, while a client read `most` bytes of a page."""

    def memory(which: str) -> int:
        status = Path(f"/proc/{program.process.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+) kB", status)[1]) * 1024

    with listening("-m", "snippets.producers.big_file", "--size", str(size)) as (program, port):
        before = memory("VmRSS")
        # Small portions, each followed by a turn of the client's reactor in which it does not read.
        reads = ("--portion", "100000", "--pause", "0", "--most", str(most))
        with running("-m", "snippets.producers.slow_reader", "127.0.0.1", str(port), path, *reads) as reader:
            ended = reader.ended()
        got = int(re.search(r"(\d+) bytes in all", ended.out)[1])
        assert got >= most, ended
        return memory("VmHWM") - before


@needs_proc
@pytest.mark.parametrize("path", ["/file", "/pull"])
def test_a_gigabyte_to_a_slow_client_takes_less_than_20_MB(path):
    """A process that serves 1 GiB to a slow client, as a file or from a producer, grows by less than 20 MB."""
    assert grown(path, 1 << 30, most=30 * MB) < 20 * MB


@needs_proc
def test_a_page_written_in_a_loop_is_in_memory_whole():
    """A process that writes 50 MB in a loop grows by more than 50 MB, though its client has read 1 MB."""
    assert grown("/loop", 50 * MB, most=MB) > 50 * MB


def test_a_slice_of_the_cooperator(monkeypatch):
    """A task that never ends is left alone after a hundredth of a second, and another call goes on with it."""
    now, scheduled, steps = [0.0], [], []

    def time():
        now[0] += 0.001
        return now[0]

    def endless():
        while True:
            steps.append(now[0])
            yield

    monkeypatch.setattr(task.time, "time", time)
    task.Cooperator(scheduler=scheduled.append).cooperate(endless())
    for count in (1, 2):
        scheduled.pop()()
        assert 5 * count < len(steps) < 15 * count
        assert len(scheduled) == 1, "and it has asked to be called again"


def test_a_file_that_is_replaced_is_sent_as_it_was(tmp_path):
    """A file in whose place another is moved during a download is sent as it was at the beginning."""
    (tmp_path / "file").write_bytes(b"old" * 100_000)
    (tmp_path / "new").write_bytes(b"new")
    wire = slow(File(str(tmp_path)))
    response = wire.send(GET)
    os.replace(tmp_path / "new", tmp_path / "file")
    response += rest(wire)
    assert body_of(response) == b"old" * 100_000
    assert body_of(wire.send(GET) + rest(wire)) == b"new"


@pytest.mark.parametrize(("size", "asked"), [(PIECE, 2), (PIECE + 1, 1), (10, PIECE // 10 + 1)])
def test_a_client_that_reads_nothing_holds_two_pieces(size, asked):
    """Pieces of 65536 bytes are asked for twice at most, and of 10 bytes some thousand times; then no more."""
    page = Page(lambda request: Asked(request, size), length=1 << 30)
    wire = Wire(page)
    wire.reading = False
    wire.send(GET)
    head = wire.transport._tempDataLen - size * page.made.asked
    assert page.made.asked in {asked, asked - 1, -(-(PIECE + 1 - head) // size)}
    before = page.made.asked
    wire.advance(10_000)
    assert (page.made.asked, wire.closed) == (before, False)


def test_two_pieces_when_they_come_without_a_head():
    """A later piece of 65536 bytes leaves the buffer one byte short of full, so another one is asked for."""
    page = Page(Asked, length=1 << 30)
    wire = slow(page)
    wire.send(GET)
    first = page.made.asked
    while page.made.asked == first:
        turn(wire)
    assert (first, page.made.asked, wire.transport._tempDataLen) == (1, 3, 2 * PIECE)


def test_each_slow_visitor_takes_a_copy_of_returned_bytes():
    """For five slow visitors bytes that a page returns are copied five times; by a producer of slices not even once."""
    data = b"x" * (2 * MB)

    class Whole(Resource):
        isLeaf = True

        def render(self, request):
            return data

    class Slices(Asked):
        def resumeProducing(self):
            self.asked += 1
            self.request.write(data[(self.asked - 1) * PIECE : self.asked * PIECE])

    taken = []
    for page in [Whole(), Page(Slices, length=len(data))]:
        tracemalloc.start()
        try:
            wires = [slow(page) for _ in range(5)]
            for wire in wires:
                wire.send(GET)
            taken.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    assert taken[0] > 5 * len(data)
    assert taken[1] < len(data)


def test_a_pull_producer_needs_no_pauseProducing():
    """A producer that has no method pauseProducing is registered as a pull producer, and its asking is paused."""
    assert not hasattr(Zeros, "pauseProducing")
    with record(["_PullToPush.pauseProducing", "CooperativeTask.pause"]) as trace:
        wire = slow(root(300_000))
        wire.send(GET.replace(b"/file", b"/pull"))
    assert [event.method for event in trace.events] == ["pauseProducing", "pause"]


def test_a_push_producer_may_be_paused_twice():
    """A push producer that writes on is told to pause at each write beyond the limit, and to resume once."""
    page = Page(Pushed, streaming=True, length=1 << 20)
    wire = Wire(page)
    wire.reading = False
    wire.send(GET)
    for _ in range(3):
        page.made.request.write(b"x" * (PIECE + 1))
    assert page.made.told == ["pause"] * 3
    wire.reading = True
    wire.receive()
    assert page.made.told == ["pause"] * 3 + ["resume"]
    wire.disconnect()
    assert page.made.told[-1] == "stop"


def test_a_push_producer_is_not_begun_by_anybody():
    page = Page(Pushed, streaming=True)
    wire = Wire(page)
    wire.send(GET)
    wire.advance(1000)
    assert page.made.told == []


def test_joining_takes_a_second_copy():
    """A page written in pieces takes more than 1.9 times its bytes while they are joined, and not 2.5 times."""
    size = 10 * MB

    class Pieces(Resource):
        isLeaf = True

        def render(self, request):
            request.setHeader(b"Content-Length", b"%d" % size)
            for _ in range(10):
                request.write(b"x" * (size // 10))
            request.finish()
            return NOT_DONE_YET

    tracemalloc.start()
    try:
        wire = slow(Pieces())
        wire.send(GET)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 1.9 * size < most < 2.5 * size


def test_a_producer_can_not_be_registered_after_the_end():
    """registerProducer and unregisterProducer raise AttributeError on a request whose client has gone."""
    page = Later()
    wire = Wire(page)
    wire.send(GET)
    wire.disconnect()
    for call in (lambda: page.request.registerProducer(Asked(page.request), False), page.request.unregisterProducer):
        with pytest.raises(AttributeError, match="'NoneType' object has no attribute"):
            call()


def test_the_pace_of_the_client_changes_the_turns_alone():
    """A client that takes ten times as much in a turn leaves height and pauses as they are, and takes fewer turns."""

    def told(portion):
        with record(BUFFER_POINTS, watch=BUFFER_WATCH) as trace:
            wire = slow(root(600_000), portion)
            wire.send(GET)
            rest(wire)
        run = levels(trace)
        return max(level.waiting for level in run), [level.told for level in run if level.told], run[-1].turn

    (high, news, turns), fast = told(20_000), told(200_000)
    assert fast[:2] == (high, news)
    assert fast[2] < turns / 5


def test_a_producer_that_is_done_is_not_told_to_stop():
    """After unregisterProducer and finish, stopProducing is not called: not then, and not when the client goes."""

    class Once(Asked):
        def resumeProducing(self):
            super().resumeProducing()
            self.request.unregisterProducer()
            self.request.finish()

    page = Page(Once)
    wire = Wire(page)
    assert wire.send(GET).endswith(b"0\r\n\r\n")
    wire.disconnect()
    assert (page.made.asked, page.made.stopped) == (1, 0)


def test_a_page_can_answer_with_a_file(tmp_path):
    """A page that ends in `return File(path).render_GET(request)` sends the file, or a range of it."""
    (tmp_path / "large").write_bytes(b"0123456789")

    class Answers(Resource):
        isLeaf = True

        def render_GET(self, request):
            return File(str(tmp_path / "large")).render_GET(request)

    assert body_of(Wire(Answers()).send(GET)) == b"0123456789"
    assert body_of(Wire(Answers()).send(GET[:-2] + b"Range: bytes=2-3\r\n\r\n")) == b"23"


def test_what_is_sent_already_counts_until_the_rest_is():
    """A producer is paused with fewer than 65536 bytes waiting, if they and what is sent of the last join are more."""
    page = Page(Pushed, streaming=True, length=1 << 20)
    wire = slow(page)
    wire.send(GET)
    page.made.request.write(b"x" * 60_000)
    turn(wire)
    page.made.request.write(b"x" * 10_000)
    waiting = len(wire.transport.dataBuffer) - wire.transport.offset + wire.transport._tempDataLen
    assert (page.made.told, waiting < PIECE) == (["pause"], True)


def test_an_abort_ends_what_was_closed_mildly():
    """abortConnection after loseConnection closes at once, and drops what waits."""
    page = Later()
    wire = Wire(page)
    wire.reading = False
    wire.send(GET)
    page.request.write(b"some")
    page.request.loseConnection()
    page.request.transport.abortConnection()
    wire.advance(0)
    assert wire.closed


def test_an_abort_is_a_reset():
    """request.transport.abortConnection() closes with SO_LINGER at zero, so that the client sees a reset."""
    page = Later()
    wire = Wire(page)
    wire.send(GET.replace(b"1.1", b"1.0"))
    page.request.write(b"some")
    page.request.transport.abortConnection()
    wire.advance(0)
    assert wire.closed
    assert wire.socket.options[socket.SOL_SOCKET, socket.SO_LINGER] == struct.pack("ii", 1, 0)
