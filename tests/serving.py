"""A server of pages in a process of its own, as `python -m snippets serve` runs one, and a client that asks it."""

import http.client
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from tests.programs import TOO_LONG, Program, running

MODULE = 600  # seconds that all tests of a module may take
HELLO = [["send", "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"]]


class Answer(NamedTuple):
    """What a server answered."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """What an answer to a play says was wrong."""
        assert self.headers["content-type"] == "application/json"
        return self.json["error"]


class Server(NamedTuple):
    """A server that runs."""

    program: Program
    port: int

    @property
    def pid(self) -> int:
        return self.program.process.pid

    def children(self) -> list[int]:
        """The processes that it has started, and that have not ended."""
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(pid) for pid in found]

    def memory(self) -> int:
        """The memory that it has, in bytes."""
        return resident(self.pid)

    def ask(self, method: str = "GET", path: str = "/", body: bytes | None = None, **headers: str | bytes) -> Answer:
        """Send a request and read what is answered; `headers` in the names of Python, as in content_type."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TOO_LONG)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def play(self, acts: object = HELLO, **headers: str) -> Answer:
        """Have a play played: acts, or bytes as they are."""
        body = acts if isinstance(acts, bytes) else json.dumps({"acts": acts}).encode()
        return self.ask("POST", "/play", body, **{"content_type": "application/json"} | headers)

    def send(self, data: bytes) -> socket.socket:
        """A connection on which these bytes have been sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), TOO_LONG)
        connection.sendall(data)
        return connection

    def said(self, data: bytes) -> bytes:
        """All that comes back for these bytes until the server closes."""
        with self.send(data) as connection, connection.makefile("rb") as answer:
            return answer.read()


def play_request(port: int, acts: object = HELLO) -> bytes:
    """The bytes of a POST that has a play played."""
    body = acts if isinstance(acts, bytes) else json.dumps({"acts": acts}).encode()
    head = f"POST /play HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def code_of(answer: bytes) -> int:
    """The code of an answer as bytes."""
    return int(answer.split()[1])


def resident(pid: int) -> int:
    """The memory that a process has, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serving(pages: Path, host: str = "127.0.0.1", **children: object) -> Iterator[Server]:
    """Serve a folder; `children` are options of Children, and "most", how many plays may wait.

    A play has more time than it has for a visitor, unless a test is about that: the machine may be busy.
    """
    options = json.dumps({"seconds": TOO_LONG} | children)
    with running("-m", "tests.serving", str(pages), host, options, seconds=MODULE) as program:
        port = re.fullmatch(r"http://.*:(\d+)/", program.line())
        assert port
        yield Server(program, int(port[1]))
        if program.process.poll() is None:
            program.process.send_signal(signal.SIGINT)
            program.process.wait()


def main() -> None:
    """Serve a folder until Ctrl-C, with these options of Children."""
    from snippets.edition import children, server

    pages, host, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    most = options.pop("most", children.MOST_WAITING)
    if command := options.get("command"):
        options["command"] = (sys.executable, *command)
    with (
        mock.patch.object(children, "MOST_WAITING", most),
        mock.patch.object(server, "Children", partial(children.Children, **options)),
        server.bound(host, 0) as listening,
    ):
        server.serve(Path(pages), listening, partial(print, flush=True))


if __name__ == "__main__":
    main()
