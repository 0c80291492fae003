"""What the tests of a class share: is there a sandbox here, and the reason to skip where there is none."""

import functools
import os
import random

import pytest

from snippets.lens.errors import LensError
from snippets.practice.sandbox import try_out

# No other process of this machine is called with just this number of seconds: what is left over is found by it.
SECONDS = (1, round(2.5 + random.random() / 10, 9))


@functools.cache
def refused() -> str:
    """Why there is no sandbox here; empty if there is one."""
    try:
        try_out()
    except LensError as error:
        return str(error).splitlines()[0]
    return ""


def needs_a_sandbox() -> None:
    """Skip, with the reason, where there is no sandbox."""
    if why := refused():
        pytest.skip(why)


def left_over() -> list[str]:
    """The processes of sandboxes that were started with `SECONDS`, and are still there."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if str(SECONDS[1]).encode() in words:
            found.append(pid)
    return found
