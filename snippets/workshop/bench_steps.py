"""Measures what steps cost: one GET, line by line, against the same GET untraced."""

import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from twisted.web.resource import Resource

from snippets.lens.film import FUNCTIONS, WATCH
from snippets.lens.steps import steps
from snippets.lens.wire import Wire

ORDER = "steps of a GET, the order alone"
CHANGES = f"steps of a GET, with {sum(map(len, WATCH.values()))} attributes and local variables"
LIMITS = {ORDER: (16.0, 8.0), CHANGES: (100.0, 60.0)}  # before Python 3.12, and since
TARGETS = {what: ("at most", limits[sys.version_info >= (3, 12)]) for what, limits in LIMITS.items()}

Start = Callable[[], AbstractContextManager[object]]
_VARIANTS: dict[str, Start] = {
    ORDER: lambda: steps(FUNCTIONS, variables=False),
    CHANGES: lambda: steps(FUNCTIONS, WATCH),
}


def stepped(site: Callable[[], Resource], get: bytes, rounds: int, plays: int = 10) -> dict[str, float]:
    """CPU time of a GET on a new wire while its steps are recorded, as a ratio to an untraced one.

    Args:
        site: makes the root resource.
        get: the bytes of the request.
        rounds: how often each is measured; the ratios are medians.
        plays: of how many GETs the fastest one is taken.
    """
    ratios: dict[str, list[float]] = {what: [] for what in _VARIANTS}
    for _ in range(rounds):
        for what, start in _VARIANTS.items():
            plain, slow = (_seconds(each, site, get, plays) for each in (nullcontext, start))
            ratios[what].append(slow / plain)
    return {what: statistics.median(each) for what, each in ratios.items()}


def _seconds(start: Start, site: Callable[[], Resource], get: bytes, plays: int) -> float:
    """CPU time of the fastest GET: others may have had to wait. To enter the block is not part of it."""
    spent: list[float] = []
    for _ in range(plays):
        wire = Wire(site())
        with start():
            began = time.process_time()
            wire.send(get)
            spent.append(time.process_time() - began)
    return min(spent)
