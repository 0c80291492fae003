"""Works on several texts at once, as many as there are processors: each in a thread that waits for its kernel."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from snippets.workshop.kernels import Shown, stop_all

T = TypeVar("T")


def together(names: list[str], work: Callable[[str, Shown], T]) -> Iterator[tuple[str, T]]:
    """What `work` makes of each name, in their order, with bars that show how far it is.

    Args:
        names: the texts to work on.
        work: called with a name, and with what it is to call when a cell is done.

    Raises:
        LensError: what `work` raised, at the first text for which it did; the others are given up.
        KeyboardInterrupt: after all kernels have been stopped.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
        ThreadPoolExecutor(os.cpu_count() or 1) as pool,
    ):
        pending = [pool.submit(_one, name, work, bar) for name in names]
        try:
            for name, future in zip(names, pending, strict=True):
                yield name, future.result()
        finally:
            _give_up(pending)


def _one(name: str, work: Callable[[str, Shown], T], bar: Progress) -> T:
    task = bar.add_task(name, total=None)
    try:
        return work(name, lambda done, total: bar.update(task, completed=done, total=total))
    finally:
        bar.remove_task(task)


def _give_up(pending: list[Future[T]]) -> None:
    """Begin nothing any more, and stop the kernels that still run, and those that are still being started."""
    left = {future for future in pending if not future.cancel()}
    while left := wait(left, timeout=0.1).not_done:
        stop_all()
