"""Sockets that lead from one to another inside this program, in the place of `socket.socket` and its helpers."""

import errno
import ipaddress
import socket
import struct
import warnings
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar

from snippets.browser.standins.descriptors import close, file_of, opened
from snippets.browser.standins.streams import Address, Stream, failed
from snippets.browser.standins.waiting import wait

_Result = TypeVar("_Result")
_RealSocket = socket.socket
_default_timeout: list[float | None] = [None]
_NAMES = {"localhost": {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}}


class Socket(_RealSocket):
    """Stands in for `socket.socket`: TCP over the loopback interface, as on Linux.

    Of the real class it is a subclass in name only, so that whoever asks with `isinstance` is content.
    """

    _closed: bool
    _io_refs: int
    _stream: Stream

    def __init__(
        self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None
    ) -> None:  # the real one is not called: it would ask the operating system for a socket
        self._io_refs, self._closed = 0, False
        if fileno is not None:
            file = file_of(fileno)
            if not isinstance(file, Stream):
                raise failed(errno.ENOTSOCK)
            self._stream = file
        else:
            family = socket.AF_INET if family == -1 else family
            if family not in (socket.AF_INET, socket.AF_INET6):
                raise failed(errno.EAFNOSUPPORT)
            if type not in (-1, socket.SOCK_STREAM) or proto not in (-1, 0, socket.IPPROTO_TCP):
                raise failed(errno.EPROTONOSUPPORT)
            self._stream = Stream(family)
            opened(self._stream)
        self._timeout = _default_timeout[0]
        self._stream.waits = self._timeout is None

    def __del__(self) -> None:
        if not self._closed and self._stream.number >= 0:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self, stacklevel=2)
            self._real_close()

    def __repr__(self) -> str:
        stream = self._stream
        ends = f", laddr={stream.local}" + f", raddr={stream.remote}" * bool(stream.remote)
        state = " [closed]" if self._closed else ""
        return f"<socket.socket{state} fd={self.fileno()}, family={self.family}, type={self.type}, proto=0{ends}>"

    # What it is.

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AddressFamily(self._stream.family)

    @property
    def type(self) -> socket.SocketKind:
        return socket.SOCK_STREAM

    @property
    def proto(self) -> int:
        return 0

    def fileno(self) -> int:
        return self._stream.number

    def _open(self) -> Stream:
        if self._stream.number < 0:
            raise failed(errno.EBADF)
        return self._stream

    def getsockname(self) -> Address:
        return self._open().local

    def getpeername(self) -> Address:
        return self._open().connected_to()

    # Waiting.

    @property
    def timeout(self) -> float | None:
        return self._timeout

    def gettimeout(self) -> float | None:
        return self._timeout

    def settimeout(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise ValueError("Timeout value out of range")
        self._timeout = None if value is None else float(value)
        self._stream.waits = value is None

    def setblocking(self, flag: bool) -> None:
        self.settimeout(None if flag else 0.0)

    def getblocking(self) -> bool:
        return self._timeout != 0

    def _now_or_never(self, call: Callable[..., _Result], *args: Any) -> _Result:
        """Make a call that may find that it has to wait, for which there is no other time than now.

        Raises:
            TimeoutError: the time of this socket is over.
            WaitsForEver: it has none.
        """
        try:
            return call(*args)
        except BlockingIOError:
            if self._timeout == 0:
                raise
        wait(self._timeout)
        raise TimeoutError("timed out")

    # Listening and connecting.

    def bind(self, address: Any) -> None:
        host, port = self._resolved(address)
        self._open().bind(host, port)

    def listen(self, backlog: int = 128) -> None:
        self._open().listen()

    def accept(self) -> tuple[socket.socket, Any]:
        stream = self._now_or_never(self._open().accept)
        accepted = Socket(fileno=opened(stream))
        return accepted, stream.remote

    def connect(self, address: Any) -> None:
        host, port = self._resolved(address)
        stream = self._open()
        try:
            stream.connect(host, port)
        except BlockingIOError:
            if self._timeout == 0:
                raise
            stream.connect(host, port)  # now it tells the end

    def connect_ex(self, address: Any) -> int:
        try:
            self.connect(address)
        except OSError as error:
            return error.errno or errno.EAGAIN
        return 0

    def _resolved(self, address: Any) -> tuple[str, int]:
        if not isinstance(address, tuple):
            raise TypeError(f"AF_INET address must be tuple, not {type(address).__name__}")
        host, port = address[:2]
        if not isinstance(port, int):
            raise TypeError(f"'{type(port).__name__}' object cannot be interpreted as an integer")
        if not 0 <= port <= 65535:
            raise OverflowError("bind(): port must be 0-65535.")
        return (_numeric(host, self._stream.family) if host else self._stream.any_address), port

    # Bytes.

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        if bufsize < 0:
            raise ValueError("negative buffersize in recv")
        if not bufsize:
            return b""
        return self._now_or_never(self._open().receive, bufsize, bool(flags & socket.MSG_PEEK))

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        view = memoryview(buffer).cast("B")
        data = self.recv(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def send(self, data: Any, flags: int = 0) -> int:
        return self._now_or_never(self._open().send, bytes(data))

    def sendall(self, data: Any, flags: int = 0) -> None:
        view = memoryview(data).cast("B")
        while view:
            view = view[self.send(view, flags) :]

    def sendmsg(self, buffers: Iterable[Any], *_: Any) -> int:
        return self.send(b"".join(bytes(buffer) for buffer in buffers))

    # Options.

    def setsockopt(self, level: int, option: int, value: Any, *_: int) -> None:
        stream = self._open()
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER):
            on, seconds = struct.unpack("ii", value)
            stream.resets = bool(on) and not seconds
        stream.options[level, option] = value

    def getsockopt(self, level: int, option: int, buflen: int = 0) -> Any:
        stream = self._open()
        if level == socket.SOL_SOCKET and option == socket.SO_ERROR:
            return stream.taken_error()
        if level == socket.SOL_SOCKET and option == socket.SO_TYPE:
            return int(socket.SOCK_STREAM)
        return stream.options.get((level, option), b"\0" * buflen if buflen else 0)

    # The ends.

    def shutdown(self, how: int) -> None:
        self._open().shutdown(how)

    def _real_close(self, *_: Any) -> None:
        if self._stream.number >= 0:
            close(self._stream.number)

    def detach(self) -> int:
        number, self._closed = self.fileno(), True
        self._stream = Stream(self._stream.family)
        return number

    def dup(self) -> Self:
        raise failed(errno.EMFILE)


def _numeric(host: str | bytes, family: int) -> str:
    """The address that a host's name stands for: a number, or localhost.

    Raises:
        gaierror: it is neither.
    """
    name = host.decode() if isinstance(host, bytes) else host
    name = _NAMES.get(name, {}).get(socket.AddressFamily(family), name)
    try:
        ip = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    if ip.version != (6 if family == socket.AF_INET6 else 4):
        raise socket.gaierror(socket.EAI_ADDRFAMILY, "Address family for hostname not supported")
    return str(ip)


def getaddrinfo(
    host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
) -> list[tuple[Any, ...]]:
    """Stands in for `socket.getaddrinfo`: there is nobody to ask for another name than localhost."""
    found: list[tuple[Any, ...]] = []
    unusable: OSError = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    for each in (socket.AF_INET6, socket.AF_INET) if family == 0 else (socket.AddressFamily(family),):
        nobody = ("::" if flags & socket.AI_PASSIVE else "::1", "0.0.0.0" if flags & socket.AI_PASSIVE else "127.0.0.1")
        try:
            ip = _numeric(host or nobody[each == socket.AF_INET], each)
        except socket.gaierror as error:
            unusable = error
            continue
        where = Stream(each).address(ip, _number(port))
        for kind, protocol in ((socket.SOCK_STREAM, socket.IPPROTO_TCP), (socket.SOCK_DGRAM, socket.IPPROTO_UDP)):
            if type in (0, kind) and proto in (0, protocol):
                found.append((each, kind, int(protocol), "", where))
    if not found:
        raise unusable
    return found


def _number(port: Any) -> int:
    try:
        return int(port or 0)
    except ValueError:
        raise socket.gaierror(socket.EAI_SERVICE, "Servname not supported for ai_socktype") from None


def getnameinfo(address: Address, flags: int) -> tuple[str, str]:
    """Stands in for `socket.getnameinfo`: numbers stay numbers."""
    return str(address[0]), str(address[1])


def socketpair(family: int | None = None, type: int = socket.SOCK_STREAM, proto: int = 0) -> tuple[Socket, Socket]:
    """Stands in for `socket.socketpair`."""
    listener, first = Socket(), Socket()
    with listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        first.connect(listener.getsockname())
        second, _ = listener.accept()
    return first, second  # type: ignore[return-value]


def _getdefaulttimeout() -> float | None:
    return _default_timeout[0]


def _setdefaulttimeout(value: float | None) -> None:
    _default_timeout[0] = value


def replacements() -> list[tuple[Any, str, object]]:
    """What stands where: module, name, and what is put in its place."""
    missing = [("AF_UNIX", 1), ("SO_REUSEADDR", 2), ("SO_REUSEPORT", 15)]  # emscripten has none, and Twisted asks
    return [
        *((socket, name, value) for name, value in missing if not hasattr(socket, name)),
        (socket, "socket", Socket),
        (socket, "SocketType", Socket),
        (socket, "getaddrinfo", getaddrinfo),
        (socket, "getnameinfo", getnameinfo),
        (socket, "socketpair", socketpair),
        (socket, "getdefaulttimeout", _getdefaulttimeout),
        (socket, "setdefaulttimeout", _setdefaulttimeout),
    ]
