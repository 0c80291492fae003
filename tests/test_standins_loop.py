"""asyncio's sockets and Twisted's asyncio reactor on a loop that knows none, like that of a page."""

import asyncio
import heapq
import itertools
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from twisted.internet.asyncioreactor import AsyncioSelectorReactor

from snippets.browser import standins
from snippets.browser.standins import loop as standing
from snippets.lens.trace import record
from tests.echo import EchoFactory


class PageLoop(asyncio.AbstractEventLoop):
    """What Pyodide's loop has: it calls later, refuses the past, and knows no sockets. A test turns it."""

    _debug = False

    def __init__(self) -> None:
        self.now, self._calls, self._count = 0.0, [], itertools.count()

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Callable, *args: Any, context: Any = None) -> asyncio.Handle:
        return self.call_later(0, callback, *args, context=context)

    def call_later(self, delay: float, callback: Callable, *args: Any, context: Any = None) -> asyncio.Handle:
        if delay < 0:
            raise ValueError("Can't schedule in the past")
        handle = asyncio.Handle(callback, args, self, context)
        heapq.heappush(self._calls, (self.now + delay, next(self._count), handle))
        return handle

    def call_at(self, when: float, callback: Callable, *args: Any, context: Any = None) -> asyncio.Handle:
        return self.call_later(when - self.now, callback, *args, context=context)

    def call_exception_handler(self, context: dict) -> None:
        raise context.get("exception") or AssertionError(context)

    def create_future(self) -> asyncio.Future:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Coroutine, **options: Any) -> asyncio.Task:
        return asyncio.Task(coro, loop=self, **options)

    def get_debug(self) -> bool:
        return self._debug

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def _check_closed(self) -> None: ...

    def turn_until(self, coro: Coroutine) -> Any:
        """Turn until it is done; the time is that of the next call."""
        asyncio._set_running_loop(self)
        try:
            task = self.create_task(coro)
            while not task.done():
                assert self._calls, "nothing will ever happen"
                self.now, _, handle = heapq.heappop(self._calls)
                if not handle.cancelled():
                    handle._run()
            return task.result()
        finally:
            asyncio._set_running_loop(None)

    @property
    def idle(self) -> bool:
        return not any(not handle.cancelled() for _, _, handle in self._calls)


@contextmanager
def page_loop() -> Iterator[PageLoop]:
    """A loop as of a page, with the stand-ins."""
    kind = type("StandingLoop", (PageLoop,), {})
    for place, name, value in standing.replacements(kind):
        setattr(place, name, value)
    with standins.installed():
        yield kind()


@pytest.fixture
def page() -> Iterator[PageLoop]:
    with page_loop() as page:
        yield page


async def asked(port: int, *words: bytes) -> list[bytes]:
    """Send words, one after the other's answer, and say goodbye; all that came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for word in words:
        writer.write(word)
        answers.append(await reader.readexactly(len(word)))
    writer.write_eof()
    answers.append(await reader.read())
    writer.close()
    await writer.wait_closed()
    return answers


def test_clients_and_a_server_of_asyncio_speak(page: PageLoop) -> None:
    async def upper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data.upper())
        writer.write(b"bye")
        writer.close()

    async def conversation() -> list[list[bytes]]:
        server = await asyncio.start_server(upper, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        answers = await asyncio.gather(asked(port, b"one", b"two"), asked(port, b"three"))
        server.close()
        return answers

    assert page.turn_until(conversation()) == [[b"ONE", b"TWO", b"bye"], [b"THREE", b"bye"]]
    page.turn_until(asyncio.sleep(1))
    assert page.idle, "it looks at its sockets for ever"


def test_what_does_not_fit_is_sent_when_there_is_room(page: PageLoop) -> None:
    long = b"0123456789" * 1_000_000

    async def sending(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(long)
        await writer.drain()
        writer.close()

    async def conversation() -> bytes:
        server = await asyncio.start_server(sending, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await asyncio.sleep(1)
        got = await reader.read()
        writer.close()
        server.close()
        return got

    assert page.turn_until(conversation()) == long


def test_sockets_of_one_s_own_can_be_awaited(page: PageLoop) -> None:
    async def conversation() -> tuple[bytes, bytes]:
        with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
            listener.setblocking(False)
            client.setblocking(False)
            accepting = page.create_task(page.sock_accept(listener))
            await page.sock_connect(client, listener.getsockname())
            server, _ = await accepting
            with server:
                server.setblocking(False)
                receiving = page.create_task(page.sock_recv(server, 100))
                await page.sock_sendall(client, b"hello")
                into = bytearray(9)
                server.send(b"and back")
                return await receiving, bytes(into[: await page.sock_recv_into(client, into)])

    assert page.turn_until(conversation()) == (b"hello", b"and back")


def test_nobody_listens(page: PageLoop) -> None:
    with pytest.raises(ConnectionRefusedError):
        page.turn_until(asyncio.open_connection("127.0.0.1", 1))


def test_a_time_that_has_passed_is_now(page: PageLoop) -> None:
    async def waits() -> list[str]:
        done, called = [], page.create_future()
        page.call_at(page.time() - 5, done.append, "at")
        page.call_later(-5, done.append, "later")
        page.call_soon(called.set_result, None)
        await called
        return done

    assert page.turn_until(waits()) == ["at", "later"]


def calls_of(loop: Any, until: Callable[[Coroutine], Any]) -> tuple[list[str], list[bytes]]:
    """What a server of Twisted's does on that loop for a client of asyncio's, and what the client gets."""
    points = ["Port.doRead", "Connection.doRead", "FileDescriptor.doWrite", "Connection.connectionLost"]
    reactor = AsyncioSelectorReactor(loop)
    reactor.seconds = loop.time
    reactor.startRunning(installSignalHandlers=False)
    factory = EchoFactory()
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")

    async def conversation() -> list[bytes]:
        answers = await asked(port.getHost().port, b"one", b"two")
        delayed = loop.create_future()
        reactor.callLater(0.01, delayed.set_result, None)
        await delayed
        await port.stopListening().asFuture(loop)
        return answers

    try:
        with record(points) as trace:
            answers = until(conversation())
    finally:
        reactor.fireSystemEvent("shutdown")
        for waker in list(reactor._internalReaders):
            reactor._removeInternalReader(waker)
            waker.connectionLost(None)
    return [f"{event.receiver}.{event.method} -> {event.result}" for event in trace.events], [*answers, *factory.lost]


def test_twisted_s_asyncio_reactor_makes_the_calls_that_it_makes_on_asyncio_s_own_loop() -> None:
    with asyncio.Runner() as runner:
        loopback = calls_of(runner.get_loop(), runner.run)
    with page_loop() as page:
        assert calls_of(page, page.turn_until) == loopback
    assert len(loopback[0]) > 6
