"""Grades on many machines: the workers of a dask.distributed scheduler are given a student each."""

import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.grading.graded import Job, graded
from snippets.practice.grading.workers import not_graded
from snippets.practice.kit import Refused
from snippets.practice.sandbox import Sandbox

PATIENCE = 10  # seconds for the scheduler to answer
_AHEAD = 4  # students that wait at the scheduler, for each worker
_LOCK = threading.Lock()
_KEPT: dict[tuple[tuple[int, float], bool], Sandbox] = {}  # by what was asked for: a weaker one stands for no other


def there(jobs: Iterable[Job], address: str) -> Iterator[dict[str, Any]]:
    """The records of students, as they are ready.

    Args:
        jobs: the students.
        address: of the scheduler, as in tcp://127.0.0.1:8786. Whoever reaches it can run programs on its workers: it
            listens on this machine alone, or speaks TLS (tls://...).

    Raises:
        LensError: there is no such scheduler, or nobody works for it.
        Refused: a worker has no sandbox.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        said = 'pip install "twisted-web-line-by-line[class]", here and on the workers'
        raise LensError(f"--scheduler needs dask.distributed: {said}") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise LensError(f"there is no scheduler at {address}: {error}") from None
    with client:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise LensError(f"nobody works for the scheduler at {address}: start workers, each with one thread")
        waiting, given = iter(jobs), {}
        done = as_completed(loop=client.loop)
        for job in islice(waiting, workers * _AHEAD):
            given[_give(client, job, done)] = job
        graded_any = False
        for future in done:
            job = given.pop(future.key)
            record = _record(future, job, graded_any)
            future.release()  # else a worker that dies takes it along, and it is graded again
            graded_any = True
            for following in islice(waiting, 1):
                given[_give(client, following, done)] = following
            yield record


def _give(client: Any, job: Job, done: Any) -> str:
    future = client.submit(graded_there, job, pure=False)
    done.add(future)
    key: str = future.key
    return key


def _record(future: Any, job: Job, graded_any: bool) -> dict[str, Any]:
    """What came of a student; that nothing came of it, if so."""
    if future.status != "finished":
        return not_graded(job, f"the workers could not grade this student: {type(future.exception()).__name__}")
    told: dict[str, Any] = future.result()
    if "refused" not in told:
        return told
    if not graded_any:
        raise Refused(told["refused"])
    return not_graded(job, told["refused"].splitlines()[0])


def graded_there(job: Job) -> dict[str, Any]:
    """The record of a student, made in a worker: one at a time in each process; or that the worker `refused`."""
    with _LOCK:
        asked = (job.seconds, job.weaker)
        if asked not in _KEPT:
            _KEPT[asked] = Sandbox(*asked)
        try:
            return graded(job, _KEPT[asked])
        except Refused as error:
            return {"refused": error.args[0]}
