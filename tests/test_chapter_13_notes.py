"""What the notes of chapter 13 say and no listing shows."""

import errno
import re

import pytest
from twisted.web.static import File

from snippets.lens.trace import record
from snippets.lens.wire import Wire
from snippets.producers.big_file import root
from tests.producing import GET, Asked, Later, Page, Pushed, body_of, rest, slow, turn


class TestNotes:
    """What the notes on the source say."""

    def test_a_second_producer_is_refused(self):
        page = Later()
        wire = Wire(page)
        wire.send(GET)
        page.request.registerProducer(Pushed(page.request), True)
        with pytest.raises(ValueError, match="before previous one"):
            page.request.registerProducer(Pushed(page.request), True)
        with pytest.raises(RuntimeError, match="was never unregistered"):
            wire.channel.registerProducer(Pushed(page.request), True)

    def test_a_producer_that_unregisters_when_it_is_stopped(self):
        class Unregisters(Asked):
            def stopProducing(self):
                super().stopProducing()
                self.request.unregisterProducer()

        page = Page(Unregisters)
        wire = slow(page)
        with record(["_PullToPush.stopStreaming"]) as trace:
            wire.send(GET)
            wire.disconnect()
        assert (len(trace), page.made.stopped) == (2, 1)
        assert not any(event.raised for event in trace.events)

    def test_the_channel_stays_registered(self):
        wire = slow(root(100))
        assert wire.transport.producer is wire.channel
        wire.send(GET)
        rest(wire)
        assert wire.channel._requestProducer is None
        assert wire.transport.producer is wire.channel

    def test_nothing_is_read_before_the_page_has_returned(self, tmp_path):
        (tmp_path / "file").write_bytes(b"x")
        names = ["File.render_GET", "NoRangeStaticProducer.resumeProducing"]
        with record(names) as trace:
            Wire(File(str(tmp_path))).send(GET)
        assert [(event.method, event.depth) for event in trace.events] == [
            ("render_GET", 0),
            ("resumeProducing", 0),
            ("resumeProducing", 0),
        ]

    def test_a_version_that_the_client_has_is_not_sent_again(self, tmp_path):
        (tmp_path / "file").write_bytes(b"x")
        since = re.search(rb"Last-Modified: (.*)\r\n", Wire(File(str(tmp_path))).send(GET))[1]
        answer = Wire(File(str(tmp_path))).send(GET[:-2] + b"If-Modified-Since: " + since + b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 304 ")
        assert body_of(answer) == b""

    def test_a_file_that_may_not_be_read_is_forbidden(self, tmp_path):
        class Closed(File):
            def openForReading(self):
                raise PermissionError(errno.EACCES, "as for a user who may not read it")

        (tmp_path / "file").write_bytes(b"x")
        assert Wire(Closed(str(tmp_path))).send(GET).startswith(b"HTTP/1.1 403 ")

    def test_a_416_is_finished_by_the_first_call(self):
        with record(["SingleRangeStaticProducer.resumeProducing"]) as trace:
            answer = Wire(root(100)).send(GET[:-2] + b"Range: bytes=100-\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 416 ")
        assert b"Content-Range: bytes */100\r\n" in answer
        assert len(trace) == 1

    def test_overlapping_parts_are_not_joined(self):
        answer = Wire(root(100)).send(GET[:-2] + b"Range: bytes=0-9,5-14,200-\r\n\r\n")
        assert re.findall(rb"Content-range: bytes (\S+)", answer) == [b"0-9/100", b"5-14/100"]
        head, body = answer.split(b"\r\n\r\n", 1)
        assert int(re.search(rb"Content-Length: (\d+)", head)[1]) == len(body)

    def test_an_empty_place_is_no_range(self):
        answer = Wire(root(100)).send(GET[:-2] + b"Range: bytes= ,0-9,\r\n\r\n")
        assert b"Content-Range: bytes 0-9/100\r\n" in answer

    def test_a_transport_that_is_lost_tells_a_producer_at_once(self):
        wire = Wire(root(100))
        wire.disconnect()
        producer = Pushed(None)
        wire.transport.registerProducer(producer, True)
        assert (producer.told, wire.transport.producer) == (["stop"], None)

    def test_a_transport_does_not_close_before_its_producer_is_unregistered(self):
        """A transport that was told to close goes on while a pull producer writes, and closes when that is over."""
        page = Page(Asked, length=1 << 30)
        wire = slow(page)
        wire.send(GET)
        wire.transport.loseConnection()
        for _ in range(20):
            turn(wire)
        assert not wire.closed
        wire.transport.unregisterProducer()
        rest(wire)
        assert wire.closed
