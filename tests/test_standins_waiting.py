"""What waits, waits as long as it is asked to; what would wait for ever says so, and a reactor is stopped."""

import select
import time
from collections.abc import Callable

import pytest

from snippets.browser.standins import descriptors, pipes, selecting, waiting
from snippets.browser.standins.sockets import Socket, socketpair
from tests.programs import run


def test_a_poll_waits_as_long_as_it_is_asked_to() -> None:
    first, second = socketpair()
    with first, second, selecting.Epoll() as epoll:
        epoll.register(first, select.EPOLLIN)
        poll = selecting.Poll()
        poll.register(first, select.POLLIN)
        waits: list[Callable[[], object]] = [
            lambda: epoll.poll(0.05),
            lambda: poll.poll(50),
            lambda: selecting.ready_of([first], [], [], 0.05),
            lambda: timed_out(first),
        ]
        for wait in waits:
            begun = time.monotonic()
            assert not any(wait() or ())
            assert time.monotonic() - begun >= 0.05
        second.send(b"x")
        assert (epoll.poll(), poll.poll(), selecting.ready_of([first], [], [])[0]) == ([(first.fileno(), 1)],) * 2 + (
            [first],
        )


def timed_out(client: Socket) -> None:
    client.settimeout(0.05)
    with pytest.raises(TimeoutError, match="timed out"):
        client.recv(1)


def test_what_would_wait_for_ever_says_so() -> None:
    first, second = socketpair()
    reader, writer = pipes.pipe()
    with first, second, selecting.Epoll() as epoll, Socket() as listener:
        listener.listen()
        epoll.register(first, select.EPOLLIN)
        read = {name: function for _, name, function in pipes.replacements()}["read"]
        for wait in (
            epoll.poll,
            lambda: epoll.poll(-1),
            lambda: first.recv(1),
            listener.accept,
            lambda: read(reader, 1),
        ):
            with pytest.raises(waiting.WaitsForEver, match="this would wait for ever: everything here runs in one"):
                wait()
        with pytest.raises(waiting.WaitsForEver):
            first.sendall(b"x" * 10_000_000)
    for number in (reader, writer):
        descriptors.close(number)


STOPPED = """
from snippets.browser import standins
standins.install()
from snippets.browser.standins import waiting
waiting.PATIENCE = 0.2
from twisted.internet import reactor
from twisted.internet.protocol import Factory, Protocol
print(type(reactor).__name__)
{}
reactor.run()
print("went on")
"""


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("reactor.listenTCP(0, Factory.forProtocol(Protocol), interface='127.0.0.1')", ""),
        (
            "from twisted.internet.task import LoopingCall; LoopingCall(int).start(0.01)",
            " and for 0.2 seconds nobody has",
        ),
        ("from twisted.internet.selectreactor import SelectReactor; reactor = SelectReactor()", ""),
        ("from twisted.internet.pollreactor import PollReactor; reactor = PollReactor()", ""),
    ],
)
def test_a_reactor_to_which_nothing_can_happen_any_more_is_stopped(program: str, why: str) -> None:
    ended = run("-c", STOPPED.format(program))
    assert (ended.code, ended.out) == (0, "EPollReactor\nwent on\n")
    assert ended.err == f"The reactor is stopped: in a browser nobody else can connect or send{why}.\n"


def test_a_reactor_to_which_something_happens_goes_on() -> None:
    speaking = "from twisted.internet.task import LoopingCall; times = []\n"
    speaking += "def again():\n    times.append(reactor.wakeUp())\n    if len(times) == 60: reactor.stop()\n"
    speaking += "LoopingCall(again).start(0.01)"
    ended = run("-c", STOPPED.format(speaking) + "print(len(times))")
    assert (ended.code, ended.out, ended.err) == (0, "EPollReactor\nwent on\n60\n", "")
