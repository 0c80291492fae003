"""asyncio's sockets on a loop that has none, as Pyodide's: the loop is told what is ready, by asyncio's own code."""

import asyncio
import selectors
import socket
from asyncio import base_events, selector_events
from typing import Any

from snippets.browser.standins.descriptors import File
from snippets.browser.standins.selecting import Epoll

# What a loop with a selector has, over what a loop is to be given below: taken as it stands.
_OF_SELECTOR = (
    "add_reader",
    "add_writer",
    "remove_reader",
    "remove_writer",
    "_add_reader",
    "_add_writer",
    "_remove_reader",
    "_remove_writer",
    "_ensure_fd_no_transport",
    "sock_accept",
    "_sock_accept",
    "sock_connect",
    "_sock_connect",
    "_sock_connect_cb",
    "_sock_write_done",
    "sock_recv",
    "_sock_recv",
    "sock_recv_into",
    "_sock_recv_into",
    "_sock_read_done",
    "sock_sendall",
    "_sock_sendall",
    "_start_serving",
    "_stop_serving",
    "_accept_connection",
    "_accept_connection2",
    "_make_socket_transport",
    "_process_events",
)
_OF_BASE = (
    "create_connection",
    "_connect_sock",
    "_create_connection_transport",
    "connect_accepted_socket",
    "create_server",
    "_create_server_getaddrinfo",
    "_ensure_resolved",
)


class _Selector(selectors.PollSelector):  # there is no EpollSelector where there was no epoll
    """Tells a loop that it is worth looking, whenever a file it watches may have become ready."""

    _selector_cls = Epoll
    _selector: Epoll

    def __init__(self, loop: Any) -> None:
        super().__init__()
        self._loop = loop
        self._asked = False
        self._selector.watch(self)

    def register(self, *args: Any) -> selectors.SelectorKey:
        key = super().register(*args)
        self._ask()
        return key

    def modify(self, *args: Any) -> selectors.SelectorKey:
        key = super().modify(*args)
        self._ask()
        return key

    def woken(self, file: File, events: int) -> None:
        self._ask()

    def gone(self, file: File) -> None:
        """Its own epoll was closed."""

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        """One turn: what is ready is served, and as long as something was there may be more."""
        self._asked = False
        found = self.select(0)
        if found:
            self._loop._process_events(found)
            self._ask()


def _selector_of(loop: Any) -> _Selector:
    """The selector of a loop, made when it is first wanted."""
    if "_standin" not in vars(loop):
        loop._standin = _Selector(loop)
    return loop._standin


def _transports_of(loop: Any) -> dict[int, Any]:
    return vars(loop).setdefault("_standin_transports", {})


def _serve(self: Any, handle: asyncio.Handle) -> None:
    """What a loop with a selector does at the end of its turn is done at once."""
    if not handle._cancelled:
        handle._run()


async def _getaddrinfo(self: Any, host: Any, port: Any, **options: Any) -> Any:
    return socket.getaddrinfo(host, port, **options)


def replacements(kind: type[Any]) -> list[tuple[Any, str, object]]:
    """What stands where, in a class of loops that has `call_soon` and `call_later`, and nothing for sockets."""
    later = kind.call_later

    def call_later(self: Any, delay: float, *args: Any, **options: Any) -> Any:
        return later(self, max(0, delay), *args, **options)

    def call_at(self: Any, when: float, *args: Any, **options: Any) -> Any:
        return later(self, max(0, when - self.time()), *args, **options)

    own: list[tuple[str, object]] = [
        ("call_at", call_at),
        ("call_later", call_later),
        ("_add_callback", _serve),
        ("getaddrinfo", _getaddrinfo),
    ]
    own += [("_selector", property(_selector_of)), ("_transports", property(_transports_of))]
    taken: list[tuple[str, object]] = [
        (name, getattr(selector_events.BaseSelectorEventLoop, name)) for name in _OF_SELECTOR
    ]
    taken += [(name, getattr(base_events.BaseEventLoop, name)) for name in _OF_BASE]
    return [(kind, name, value) for name, value in [*taken, *own]]
