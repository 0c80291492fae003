"""epoll, poll and select over the stand-ins tell what Linux's tell, and in its order."""

import select
import socket
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snippets.browser.standins import selecting
from snippets.browser.standins.sockets import socketpair

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are those of Linux")

MASKS = [0, select.EPOLLIN, select.EPOLLOUT, select.EPOLLIN | select.EPOLLOUT, select.EPOLLIN | select.EPOLLET]
MASKS += [select.EPOLLOUT | select.EPOLLONESHOT]
MEMORY = SimpleNamespace(epoll=selecting.Epoll, poll=selecting.Poll, select=selecting.ready_of)
LONGEST = 5  # seconds, for what a kernel under load does a little later


def loopback_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        first = socket.create_connection(listener.getsockname())
        return first, listener.accept()[0]


class Several:
    """Some connections: what is sent into one end makes the other readable, and the other is watched."""

    def __init__(self, pair: Any, poller: Any) -> None:
        pairs = [pair() for _ in range(4)]
        self.far, self.near = [far for far, _ in pairs], [near for _, near in pairs]
        for each in [*self.far, *self.near]:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            each.setblocking(False)
        self._numbers = [near.fileno() for near in self.near]
        self.poller, self.poll, self.select = poller.epoll(), poller.poll(), poller.select

    def do(self, act: str, which: int, value: int) -> object:
        near, far, mask = self.near[which], self.far[which], MASKS[value % len(MASKS)]
        try:
            if act == "poll":
                found = self.poller.poll(0, value or -1)
                return [(self._numbers.index(number), events) for number, events in found]
            if act == "select":
                which = [each for each in self.near if each.fileno() >= 0]
                return [[self.near.index(each) for each in found] for found in self.select(which, which, which, 0)]
            if act == "ask":
                self.poll.register(near, mask & ~select.EPOLLET & ~select.EPOLLONESHOT)
                return [(self._numbers.index(number), events) for number, events in self.poll.poll(0)]
            if act == "send":
                return far.send(b"x" * value)
            if act == "receive":
                return len(near.recv(value))
            if act == "register":
                return self.poller.register(near, mask)
            if act == "modify":
                return self.poller.modify(near, mask)
            if act == "unregister":
                return self.poller.unregister(near)
            return getattr(near if value % 2 else far, act)()
        except (OSError, ValueError) as error:
            return type(error).__name__

    def close(self) -> None:
        self.poller.close()
        for each in [*self.far, *self.near]:
            each.close()


ACTS = ["register", "register", "send", "send", "poll", "poll", "receive", "modify", "unregister", "close"]
ACTS += ["select", "ask"]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 7)), max_size=16))
@example([("register", 0, 1), ("register", 1, 1), ("send", 1, 1), ("send", 0, 1), ("poll", 0, 1), ("poll", 0, 1)])
@example([("register", 0, 4), ("send", 0, 1), ("poll", 0, 0), ("poll", 0, 0), ("send", 0, 1), ("poll", 0, 0)])
def test_the_same_files_are_told_in_the_same_order(acts: list[tuple[str, int, int]]) -> None:
    real, memory = Several(loopback_pair, select), Several(socketpair, MEMORY)
    try:
        for number, act in enumerate(acts):
            expected, limit = memory.do(*act), time.monotonic() + LONGEST
            while (found := real.do(*act)) != expected and time.monotonic() < limit:
                if act[0] not in ("poll", "select", "ask"):
                    break
            assert found == expected, (number, act)
    finally:
        real.close()
        memory.close()
