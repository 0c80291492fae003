"""Plays what it is told to, a line of JSON each, in a process of its own: `python -m snippets.edition.child`."""

import gc
import json
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from twisted.logger import globalLogBeginner

from snippets.edition.plays import MOST_ANSWER, acts_of, played
from snippets.lens.errors import LensError

MOST_MEMORY = 1 << 30  # bytes of addresses


def answer(line: bytes) -> bytes:
    """What is answered to a line, as JSON: the film with its texts, or what was wrong."""
    try:
        said = _json(played(acts_of(_read(line))))
    except LensError as error:
        return _json({"error": str(error)})
    except MemoryError:
        return _json({"error": "this play needs more memory than it may have"})
    if len(said) >= MOST_ANSWER:
        return _json({"error": "what this play shows is more than can be sent: have less answered"})
    return said


def _read(line: bytes) -> object:
    try:
        return json.loads(line.decode())
    except (ValueError, RecursionError):
        raise LensError("that is not JSON") from None


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def main() -> None:
    """Say a line when all is there to play, and answer each line of the standard input with one, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this
    with suppress(ImportError, ValueError):  # where this can not be limited, the time of a play still is
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    # What a page logs is kept by Twisted until somebody takes it.
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)
    # What a page prints is not to stand among the answers.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    # What is imported, and what the first play has read of Twisted, stays, and need not be looked through after each.
    answer(_json({"acts": [["send", "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"]]}))
    gc.collect()
    gc.freeze()
    _say(answers, b"ready")
    for line in sys.stdin.buffer:
        _say(answers, answer(line))
        gc.collect()


def _say(answers: BinaryIO, line: bytes) -> None:
    answers.write(line + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
