"""Sockets and epoll in memory are what Linux has: whatever two ends do, each call gives the same as over loopback."""

import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snippets.browser.standins.selecting import Epoll
from snippets.browser.standins.sockets import Socket

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are Linux's loopback interface")

RESET = struct.pack("ii", 1, 0)
ASKED = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP
LONGEST = 5  # seconds, for what a kernel under load does a little later


class Pair:
    """Two connected sockets, watched by an epoll: real ones, or those of the stand-ins."""

    def __init__(self, kind: type[socket.socket], epoll: type) -> None:
        with kind() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            client = kind()
            client.connect(listener.getsockname())
            server, _ = listener.accept()
        self.ends = [client, server]
        self.poller = epoll()
        for end in self.ends:
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # Nagle's algorithm holds small pieces back
            self.poller.register(end, ASKED)
        self._numbers = [end.fileno() for end in self.ends]

    def polled(self) -> list[tuple[int, int]]:
        return [(self._numbers.index(number), events) for number, events in self.poller.poll(0)]

    def close(self) -> None:
        self.poller.close()
        for end in self.ends:
            end.close()


def send(pair: Pair, end: int, size: int) -> object:
    return pair.ends[end].send(b"x" * size)


def receive(pair: Pair, end: int, size: int) -> object:
    return pair.ends[end].recv(size)


def shut(pair: Pair, end: int, how: int) -> object:
    return pair.ends[end].shutdown(how)


def close(pair: Pair, end: int) -> object:
    return pair.ends[end].close()


def reset(pair: Pair, end: int) -> object:
    pair.ends[end].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    return pair.ends[end].close()


def error_of(pair: Pair, end: int) -> object:
    return pair.ends[end].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def peer_of(pair: Pair, end: int) -> object:
    return pair.ends[end].getpeername()[0]


def watch(pair: Pair, end: int, events: int) -> object:
    return pair.poller.modify(pair.ends[end], events)


def poll(pair: Pair) -> object:
    return pair.polled()


def outcome(act: Callable[..., object], *args: Any) -> object:
    """What a call gives: its result, or its exception."""
    try:
        return act(*args)
    except OSError as error:
        return type(error).__name__, error.errno
    except ValueError as error:
        return type(error).__name__


END = st.integers(0, 1)
SIZE = st.integers(0, 3000)
ACT = st.one_of(
    st.tuples(st.just(send), END, SIZE),
    st.tuples(st.just(receive), END, SIZE),
    st.tuples(st.just(shut), END, st.integers(0, 2)),
    st.tuples(st.just(close), END),
    st.tuples(st.just(reset), END),
    st.tuples(st.just(error_of), END),
    st.tuples(st.just(peer_of), END),
    st.tuples(st.just(watch), END, st.sampled_from([0, select.EPOLLIN, select.EPOLLOUT, ASKED])),
    st.tuples(st.just(poll)),
)


@settings(max_examples=400)
@given(st.lists(ACT, max_size=12))
@example([(send, 0, 1), (close, 1), (poll,), (receive, 0, 1), (send, 0, 1), (poll,)])
@example([(close, 1), (send, 0, 1), (send, 0, 1), (receive, 0, 1), (poll,), (error_of, 0), (poll,)])
@example([(reset, 1), (poll,), (receive, 0, 1), (receive, 0, 1), (send, 0, 1), (shut, 0, 1)])
@example([(shut, 1, 1), (reset, 1), (poll,), (error_of, 0)])
@example([(shut, 1, 2), (send, 0, 9), (poll,), (receive, 1, 1), (error_of, 0)])
@example([(shut, 0, 1), (shut, 1, 1), (poll,), (peer_of, 0), (shut, 0, 1)])
@example([(shut, 0, 0), (send, 1, 5), (receive, 0, 9), (receive, 0, 9)])
def test_whatever_two_ends_do_each_call_gives_what_it_gives_over_loopback(acts: list[tuple]) -> None:
    real, memory = Pair(socket.socket, select.epoll), Pair(Socket, Epoll)
    try:
        for number, (act, *args) in enumerate(acts):
            expected, limit = outcome(act, memory, *args), time.monotonic() + LONGEST
            while (found := outcome(act, real, *args)) != expected and time.monotonic() < limit:
                if act in (send, shut, close, reset, watch):
                    break  # what can be done only once
            assert found == expected, (number, act.__name__, args)
    finally:
        real.close()
        memory.close()


CONNECTING = st.lists(
    st.sampled_from(["connect", "connect", "again", "poll", "error", "receive", "send", "peer", "accept", "listen"]),
    max_size=8,
)


class Alone:
    """A socket that has not been connected, a port that listens and one that nobody listens on."""

    def __init__(self, kind: type[socket.socket], epoll: type) -> None:
        self.listener, self.nobody = kind(), kind()
        for each in (self.listener, self.nobody):
            each.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.socket = kind()
        self.socket.setblocking(False)
        self.poller = epoll()
        self.poller.register(self.socket, ASKED)

    def do(self, act: str, there: bool) -> object:
        one, where = self.socket, (self.listener if there else self.nobody).getsockname()
        acts: dict[str, Callable[[], object]] = {
            "connect": lambda: one.connect_ex(where),
            "again": lambda: one.connect(where),
            "poll": lambda: [events for _, events in self.poller.poll(0)],
            "error": lambda: one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR),
            "receive": lambda: one.recv(1),
            "send": lambda: one.send(b"x"),
            "peer": lambda: one.getpeername()[0],
            "accept": lambda: one.accept()[0],
            "listen": lambda: one.listen(),
        }
        return acts[act]()

    def close(self) -> None:
        self.poller.close()
        for each in (self.socket, self.listener, self.nobody):
            each.close()


@settings(max_examples=200)
@given(CONNECTING, st.booleans())
@example(["connect", "poll", "again", "again"], True)
@example(["connect", "poll", "error", "poll", "again", "again"], False)
def test_connecting_is_told_as_over_loopback(acts: list[str], there: bool) -> None:
    real, memory = Alone(socket.socket, select.epoll), Alone(Socket, Epoll)
    try:
        for number, act in enumerate(acts):
            expected, limit = outcome(memory.do, act, there), time.monotonic() + LONGEST
            while (found := outcome(real.do, act, there)) != expected and time.monotonic() < limit:
                if act != "poll":
                    break
            assert found == expected, (number, act)
    finally:
        real.close()
        memory.close()


@pytest.mark.parametrize(("kind", "epoll"), [(socket.socket, select.epoll), (Socket, Epoll)], ids=["real", "memory"])
def test_what_does_not_fit_waits_for_room_and_comes_in_its_order(kind: type[socket.socket], epoll: type) -> None:
    pair = Pair(kind, epoll)
    sender, receiver = pair.ends
    try:
        data = b"0123456789" * 2_000_000
        sent, got = 0, bytearray()
        while (0, select.EPOLLOUT) in pair.polled():
            sent += sender.send(data[sent:])
        assert 0 < sent < len(data)
        while sent < len(data) or len(got) < len(data):
            for end, events in pair.polled():
                if end == 0 and events & select.EPOLLOUT and sent < len(data):
                    sent += sender.send(data[sent:])
                elif end == 1 and events & select.EPOLLIN:
                    got += receiver.recv(65536)
        assert got == data
    finally:
        pair.close()


@pytest.mark.parametrize("kind", [socket.socket, Socket], ids=["real", "memory"])
@pytest.mark.parametrize("ends", [lambda port: port.close(), lambda port: port.shutdown(socket.SHUT_RD)])
def test_who_waits_at_a_port_that_ends_is_reset(kind: type[socket.socket], ends: Callable) -> None:
    with kind() as port, kind() as client, kind() as late:
        port.bind(("127.0.0.1", 0))
        port.listen()
        where = port.getsockname()
        client.connect(where)
        ends(port)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        with pytest.raises(ConnectionRefusedError):
            late.connect(where)


@pytest.mark.parametrize("kind", [socket.socket, Socket], ids=["real", "memory"])
def test_a_port_that_is_taken_can_be_had_again_when_it_is_closed(kind: type[socket.socket]) -> None:
    with kind() as first, kind() as second:
        for each in (first, second):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first.bind(("127.0.0.1", 0))
        first.listen()
        with pytest.raises(OSError, match="Address already in use"):
            second.bind(first.getsockname())
        with pytest.raises(OSError, match="Invalid argument"):
            first.bind(("127.0.0.1", 0))
        where = first.getsockname()
        first.close()
        second.bind(where)
        assert second.getsockname() == where
