"""TCP connections over the loopback interface, kept in memory: what becomes of bytes, ends and resets, as in Linux."""

import errno
import os
import socket
from collections import deque
from typing import Any

from snippets.browser.standins.descriptors import ERR, HUP, IN, OUT, RDHUP, File

RECEIVE_ROOM = 131_072  # bytes that wait at the receiver: net.ipv4.tcp_rmem
SEND_ROOM = 4_194_304  # bytes that wait at the sender, when they have to: net.ipv4.tcp_wmem
FIRST_PORT, LAST_PORT = 32768, 60999  # given to who asks for none: net.ipv4.ip_local_port_range

Address = tuple[Any, ...]

_bound: dict[tuple[int, int], "Stream"] = {}  # by family and port
_next_port = FIRST_PORT


def failed(number: int) -> OSError:
    """The exception for an error number."""
    return OSError(number, os.strerror(number))


def _free_port(family: int) -> int:
    global _next_port
    for _ in range(FIRST_PORT, LAST_PORT + 1):
        port = _next_port
        _next_port = port + 1 if port < LAST_PORT else FIRST_PORT
        if (family, port) not in _bound:
            return port
    raise failed(errno.EADDRINUSE)


class Stream(File):
    """A TCP socket: new, listening, or one end of a connection.

    `local` and `remote` are the addresses of its two ends. Nothing here waits: a call that Linux would let wait raises
    BlockingIOError.
    """

    def __init__(self, family: int) -> None:
        super().__init__()
        self.family = family
        self.any_address = "::" if family == socket.AF_INET6 else "0.0.0.0"
        self.local = self.address(self.any_address, 0)
        self.remote: Address | None = None
        self.options: dict[tuple[int, int], Any] = {}
        self.resets = False  # SO_LINGER with 0 seconds: closing it is a reset
        self.error = 0  # what went wrong since it was last asked
        self.connected = False
        self._state = "new"  # or "listening", "begun" (connect was called and its end not yet told), "open"
        self._peer: Stream | None = None
        self._inbox = bytearray()
        self._ended = False  # the other end has sent its last byte
        self._cut_read = self._cut_write = False  # shutdown
        self._over = False  # was connected, and is no more: by a reset, a refusal, or because both ends are done
        self._full = False  # somebody was told that there is no room
        self._accepted: deque[Stream] = deque()

    def address(self, host: str, port: int) -> Address:
        return (host, port, 0, 0) if self.family == socket.AF_INET6 else (host, port)

    def connected_to(self) -> Address:
        if not self.connected or self._over or not self.remote:
            raise failed(errno.ENOTCONN)
        return self.remote

    # How much lies where.

    @property
    def arrived(self) -> int:
        """How many bytes have come and can be read."""
        return min(len(self._inbox), RECEIVE_ROOM)

    def _room(self) -> int:
        """How many bytes can be sent now."""
        waiting = max(0, len(self._peer._inbox) - RECEIVE_ROOM) if self._peer else 0
        return SEND_ROOM - waiting

    def ready(self) -> int:
        """As tcp_poll of Linux says."""
        if self._state == "listening":
            return IN * bool(self._accepted)
        read_ends = self._ended or self._cut_read or self._over
        writes_end = self._cut_write or self._over
        fits = self._room() * 3 >= SEND_ROOM
        self._full = self._full or not fits
        return (
            HUP * (not self.connected or (read_ends and writes_end))
            | (IN | RDHUP) * read_ends
            | IN * bool(self._inbox)
            | OUT * (writes_end or fits)
            | ERR * bool(self.error)
        )

    # Listening.

    def bind(self, host: str, port: int) -> None:
        if self.local[1]:
            raise failed(errno.EINVAL)
        if port and (self.family, port) in _bound:
            raise failed(errno.EADDRINUSE)
        self._take(host or self.any_address, port or _free_port(self.family))

    def _take(self, host: str, port: int) -> None:
        self.local = self.address(host, port)
        _bound[self.family, port] = self

    def listen(self) -> None:
        if self._state not in ("new", "listening"):
            raise failed(errno.EINVAL)
        if not self.local[1]:
            self._take(self.any_address, _free_port(self.family))
        self._state = "listening"

    def accept(self) -> "Stream":
        if self._state != "listening":
            raise failed(errno.EINVAL)
        if not self._accepted:
            raise failed(errno.EAGAIN)
        return self._accepted.popleft()

    # Connecting.

    def connect(self, host: str, port: int) -> None:
        """Ask for a connection; the answer is there at once, and told by the next call, as on the loopback interface.

        Raises:
            BlockingIOError: EINPROGRESS, it was asked for now.
            OSError: it was refused; it is there already.
        """
        if self._state == "begun" and self.connected:
            self._state = "open"
            return
        if self._state == "begun":
            self._state, self._over = "new", False
            raise failed(self.taken_error() or errno.ECONNABORTED)
        if self._state in ("open", "listening"):
            raise failed(errno.EISCONN)
        host = "127.0.0.1" if host in ("", "0.0.0.0") else "::1" if host == "::" else host
        self._take(host, self.local[1] or _free_port(self.family))
        self._state = "begun"
        listener = _bound.get((self.family, port))
        if not listener or listener._state != "listening" or listener.local[0] not in (host, listener.any_address):
            self._lose(errno.ECONNREFUSED)
        else:
            other = Stream(self.family)
            self.remote = other.local = self.address(host, port)
            other.remote = self.local
            self._peer, other._peer = other, self
            other._state = "open"
            self.connected = other.connected = True
            listener._accepted.append(other)
            listener.wake(IN)
            self.wake(0)
        raise failed(errno.EINPROGRESS)

    def taken_error(self) -> int:
        """SO_ERROR: what went wrong; to ask clears it."""
        error, self.error = self.error, 0
        return error

    # Bytes.

    def receive(self, size: int, peek: bool = False) -> bytes:
        """At most `size` bytes of those that have come; b"" when all is read and the other end is done."""
        if not (self.connected or self._over):
            raise failed(errno.ENOTCONN)
        if self._inbox:
            data = bytes(self._inbox[: min(size, self.arrived)])
            if not peek:
                self._drop(len(data))
            return data
        if self._ended or not size:
            return b""
        if self.error:
            raise failed(self.taken_error())
        if self._cut_read or self._over:
            return b""
        raise failed(errno.EAGAIN)

    def _drop(self, count: int) -> None:
        more = len(self._inbox) > RECEIVE_ROOM
        del self._inbox[:count]
        if more:
            self.wake(IN)
        if self._peer and self._peer._full and self._peer._room() * 3 >= SEND_ROOM:
            self._peer._full = False
            self._peer.wake(OUT)

    def send(self, data: bytes) -> int:
        """Take as much of `data` as there is room for, and return how much that is."""
        if not (self.connected or self._over):
            raise failed(errno.EPIPE)
        if self.error or self._cut_write or self._over:
            raise failed(self.taken_error() or errno.EPIPE)
        count = min(len(data), self._room())
        if not count:
            if data:
                self._full = True
                raise failed(errno.EAGAIN)
            return 0
        if self._peer is None or (self._peer._cut_read and self._peer._cut_write):
            # Nobody is there any more. The first bytes go out all the same, and are answered with a reset.
            if self._peer:
                self._peer._lose(errno.ECONNRESET)
            self._lose(errno.ECONNRESET)
            return count
        self._peer._inbox += data[:count]
        self._peer.wake(IN)
        return count

    # The ends.

    def shutdown(self, how: int) -> None:
        if how not in (socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR):
            raise failed(errno.EINVAL)
        if self._state == "listening":
            if how != socket.SHUT_WR:
                self._stop_listening()
            return
        if not self.connected or self._over:
            raise failed(errno.ENOTCONN)
        self._cut_read = self._cut_read or how != socket.SHUT_WR
        if how != socket.SHUT_RD and not self._cut_write:
            self._cut_write = True
            self._finish()
        self.wake(0)

    def _finish(self) -> None:
        """Say to the other end that nothing more comes."""
        self._over = self._ended  # both are done
        if self._peer:
            self._peer._ended = True
            self._peer._over = self._over
            self._peer.wake(0)

    def release(self) -> None:
        """It was closed: by a reset if bytes were not read, or if its SO_LINGER says so."""
        if _bound.get((self.family, self.local[1])) is self:
            del _bound[self.family, self.local[1]]
        if self._state == "listening":
            self._stop_listening()
        elif self._peer and not self._over:
            peer = self._peer
            if self.resets or self._inbox:
                self._over = True
                del peer._inbox[RECEIVE_ROOM:]
                peer._lose(errno.ECONNRESET)
            elif not self._cut_write:
                self._cut_write = self._cut_read = True
                self._finish()
            peer._peer = None

    def _stop_listening(self) -> None:
        self._state = "new"
        while self._accepted:
            waiting = self._accepted.popleft()
            waiting.resets = True
            waiting.release()

    def _lose(self, error: int) -> None:
        """A reset has come, or a refusal."""
        if self._over:
            return
        # To an end that knows that the other is done, it says that nobody reads any more.
        self.error = errno.EPIPE if self._ended and error == errno.ECONNRESET else error
        self._over = True
        self.wake(ERR)
        self.wake(0)
