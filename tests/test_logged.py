"""What Twisted logs inside a block of `logged` is kept there, and the log is as it was afterwards."""

import subprocess
import sys
from contextlib import suppress

from twisted.logger import Logger, globalLogPublisher
from twisted.python import log

from snippets.lens.logged import logged


def test_the_exceptions_are_kept_in_order_and_the_rest_is_dropped():
    with logged() as failures:
        log.msg("nothing happened")
        for logs in (log.err, lambda: Logger().failure("it failed")):
            try:
                raise ValueError(str(len(failures)))
            except ValueError:
                logs()
    assert [repr(failure.value) for failure in failures] == ["ValueError('0')", "ValueError('1')"]


def test_other_observers_see_nothing_inside_and_everything_afterwards():
    seen = []
    globalLogPublisher.addObserver(seen.append)
    try:
        with suppress(KeyError), logged():
            log.msg("inside")
            raise KeyError
        log.msg("after")
    finally:
        globalLogPublisher.removeObserver(seen.append)
    assert [event["message"] for event in seen] == [("after",)]


def test_one_block_inside_another_keeps_its_own():
    with logged() as outer:
        with logged() as inner:
            log.err(ValueError("inner"))
        log.err(ValueError("outer"))
    assert [[str(failure.value) for failure in each] for each in (inner, outer)] == [["inner"], ["outer"]]


def test_nothing_reaches_standard_error_where_logging_was_never_set_up():
    program = (
        "from twisted.python import log\nfrom snippets.lens.logged import logged\n"
        "with logged(): log.err(ValueError('inside'))\nlog.err(ValueError('outside'))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert "outside" in said
    assert "inside" not in said
