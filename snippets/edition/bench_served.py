"""Measures the server: pages beside plays, and memory after many plays; it is told PLAYS and ROUNDS.

It prints its figures as JSON: `python -m snippets bench` runs it in a process of its own.
"""

import http.client
import itertools
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from snippets.edition import pages
from snippets.edition.plays import presets
from snippets.workshop.bench import AT_ONCE, BESIDE, PROCESS_GROWS, SECOND, SERVER_GROWS, WRONG, process_seconds

GETS = 200  # a round, while nothing is played
WARM_UP = 500  # plays before memory is looked at
PAGE = b"<p>a page of the usual size</p>\n" * 4_000

_SERVE = (
    "import sys; from pathlib import Path; from snippets.edition.server import bound, serve;"
    "serve(Path(sys.argv[1]), bound('127.0.0.1', 0), lambda address: print(address, flush=True))"
)
# The command up to the moment at which it serves, with a shelf on which the pages are as they should be.
_BEGIN = """
import sys
from pathlib import Path
from snippets.edition import pages, server
shelf = Path(sys.argv.pop())
pages.shelf = lambda: shelf
server.serve = lambda folder, listening, ready: None
from snippets.__main__ import main
sys.argv = ["snippets", "serve", "--no-browser", "--port", "0"]
main()
"""


class Answered(NamedTuple):
    """What many fuzzed plays led to: bytes that the two processes grew by, and the plays for each code."""

    server: int
    process: int
    codes: dict[int, int]


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """A server of one page, in a process of its own: the number of the process, and the port."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "index.html").write_bytes(PAGE)
        command = [sys.executable, "-c", _SERVE, folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                said = re.search(r":(\d+)/", process.stdout.readline() if process.stdout else "")
                assert said, "the server has not begun"
                yield process.pid, int(said[1])
            finally:
                process.send_signal(signal.SIGINT)


def beside(port: int, rounds: int) -> tuple[list[float], list[float]]:
    """How long a page takes, each in seconds: while nothing is played, and while plays wait."""
    idle: list[float] = []
    busy: list[float] = []
    play = _request(port, json.loads(presets())[0]["acts"])
    for _ in range(rounds):
        idle += [_get(port) for _ in range(GETS)]
        with ExitStack() as stack:
            waiting = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(AT_ONCE)]
            for each in waiting:
                each.sendall(play)
            waiting[-1].setblocking(False)
            while not _answered(waiting[-1]):
                busy.append(_get(port))
    return idle, busy


def _request(port: int, acts: list[Any]) -> bytes:
    body = json.dumps({"acts": acts}).encode()
    head = f"POST /play HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _answered(connection: socket.socket) -> bool:
    try:
        said = connection.recv(1)
    except BlockingIOError:
        return False
    assert said, "the server closed a connection without an answer"
    return True


def _get(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    connection.request("GET", "/")
    assert connection.getresponse().read() == PAGE
    took = time.perf_counter() - began
    connection.close()
    return took


def fuzzed(number: int, seed: int = 0) -> Iterator[bytes]:
    """Bodies of plays as nobody in their senses would send them, always the same ones for a seed."""
    chance = random.Random(seed)
    known = [preset["acts"] for preset in json.loads(presets())]
    for _ in range(number):
        sent = "".join(value for kind, value in chance.choice(known) if kind == "send")
        for _ in range(chance.randrange(4)):
            sent = _changed(sent, chance)
        cuts = sorted({0, len(sent), *(chance.randint(0, len(sent)) for _ in range(chance.choice([0, 1, 3, 20])))})
        acts: list[list[object]] = [["send", sent[start:end]] for start, end in itertools.pairwise(cuts)]
        if chance.random() < 0.3:
            acts.insert(chance.randint(0, len(acts)), ["advance", chance.choice([0.5, 61, 86_400, -1, float("nan")])])
        if chance.random() < 0.3:
            acts.append(["disconnect", chance.choice([True, False, None])])
        body = json.dumps({"acts": acts})
        yield (_changed(body, chance) if chance.random() < 0.1 else body).encode("utf-8", "surrogatepass")


def _changed(text: str, chance: random.Random) -> str:
    """A text with a few characters gone, doubled, or others."""
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.choice([1, 1, 5, 40]))
    junk = "".join(chance.choice('\0\r\n\t :;,%\\"{}[]<>09azGET\x7f\xff\u20ac\ud800') for _ in range(end - start))
    return text[:start] + chance.choice(["", text[start:end] * 2, junk]) + text[end:]


def many(process: int, port: int, plays: int, warm_up: int) -> Answered:
    """Have so many fuzzed plays played, one after another, after a few to get warm by."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    codes: dict[int, int] = {}
    before: list[int] = []
    for at, body in enumerate(fuzzed(warm_up + plays)):
        if at == warm_up:
            before = _memory(process)
        connection.request("POST", "/play", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        codes[answer.status] = codes.get(answer.status, 0) + 1
    connection.close()
    after = _memory(process)
    return Answered(after[0] - before[0], after[1] - before[1], codes)


def _memory(process: int) -> list[int]:
    """The resident memory of a process and of the one that it has started, in bytes."""
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    resident = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in (process, child)]
    return [int(each) * os.sysconf("SC_PAGE_SIZE") for each in resident]


def second_start(rounds: int) -> float | None:
    """The CPU time, in seconds, that `serve` takes to begin when the pages are there, beyond importing Twisted.web."""
    if not find_spec("resource"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "pages", pages.OURS)
        made.parent.mkdir()
        made.write_text(pages.key(), encoding="utf-8")
        begin, twisted = ["-c", _BEGIN, folder], ["-c", "import twisted.web.server"]
        seconds = statistics.median(process_seconds(begin) - process_seconds(twisted) for _ in range(rounds))
        assert [*Path(folder).iterdir()] == [made.parent], "the pages were made anew"
    return seconds


def measured(plays: int, rounds: int) -> dict[str, float | None]:
    """The figures after so many plays, and so many rounds of pages beside plays; None where memory can't be read."""
    with server() as (process, port):
        idle, busy = beside(port, rounds)
        figures: dict[str, float | None] = {BESIDE: statistics.median(busy) / statistics.median(idle)}
        figures[SECOND] = second_start(rounds)
        if not Path("/proc/self/statm").exists():
            return figures | dict.fromkeys((SERVER_GROWS, PROCESS_GROWS, WRONG))
        after = many(process, port, plays, min(plays, WARM_UP))
        wrong = sum(number for code, number in after.codes.items() if code not in (200, 400))
        return figures | {SERVER_GROWS: after.server / 1e6, PROCESS_GROWS: after.process / 1e6, WRONG: float(wrong)}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]))))
