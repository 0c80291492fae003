"""Keeps what Twisted logs while a block runs, and lets none of it out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from twisted.python.failure import Failure


@contextmanager
def logged() -> Iterator[list[Failure]]:
    """Collect the exceptions that Twisted logs while the block runs, in the list that it yields.

    Twisted catches what the application raises, logs it, and goes on. Until logging has been set up, that means a
    traceback on standard error; inside this block nothing is written, whatever was set up. What is logged without an
    exception is dropped.
    """
    failures: list[Failure] = []

    def observe(event: LogEvent) -> None:
        # `twisted.python.log.err` still says "failure", `twisted.logger` "log_failure".
        failure = event.get("log_failure") or event.get("failure")
        if failure is not None:
            failures.append(failure)

    # There is no public way to set aside observers that one did not add.
    before = globalLogPublisher._observers
    globalLogPublisher._observers = [cast(ILogObserver, observe)]
    try:
        yield failures
    finally:
        globalLogPublisher._observers = before
