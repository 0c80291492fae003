"""What a call does that would wait: one thread runs everything here, so nothing comes while it waits but its end."""

import errno
import math
import sys
import time
from types import FrameType
from typing import Any

# So many seconds may a reactor wait in a row in which nothing but its own delayed calls happened.
PATIENCE = 30.0

FOR_EVER = "this would wait for ever: everything here runs in one thread, and while it waits nobody can send anything"


class WaitsForEver(OSError):
    """A call waits for what only another program or thread could do, and there are none."""

    def __init__(self) -> None:
        super().__init__(errno.EDEADLK, FOR_EVER)


def wait(seconds: float | None) -> None:
    """Wait until the time of a blocking call is over, in seconds; None: it has no end.

    The time really passes, so that whoever looks at a clock sees what he would see elsewhere.

    Raises:
        WaitsForEver: it has no end.
    """
    if seconds is None or seconds == math.inf:
        raise WaitsForEver
    time.sleep(seconds)


class Patience:
    """How long one poll has waited in vain since something was ready."""

    def __init__(self) -> None:
        self._waited = 0.0

    def ready(self) -> None:
        """Something was."""
        self._waited = 0.0

    def wait(self, seconds: float | None) -> None:
        """Nothing was: wait `seconds` (None: without an end).

        A reactor that would never have anything to do again is stopped: its loop takes whatever is raised in it for a
        mistake of its programs, logs it, and goes round again.

        Raises:
            WaitsForEver: it has no end, and no reactor's loop is running that could be stopped.
        """
        endless = seconds is None or seconds == math.inf
        if (endless or self._waited >= PATIENCE) and (loop := _main_loop(sys._getframe(1))):
            self._waited = 0.0
            since = "" if endless else f" and for {PATIENCE:g} seconds nobody has"
            print(f"The reactor is stopped: in a browser nobody else can connect or send{since}.", file=sys.stderr)
            loop.crash()
            return
        wait(seconds)
        self._waited += seconds or 0.0


def _main_loop(frame: FrameType | None) -> Any:
    """The reactor whose `mainLoop` is being run, if one is. Any: the stand-ins import nothing of Twisted."""
    while frame is not None:
        if frame.f_code.co_name == "mainLoop":
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None
