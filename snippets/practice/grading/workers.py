"""Grades on this machine, in several processes: whatever happens to one of them, every student gets a record."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from snippets.practice.grading.graded import Job, graded
from snippets.practice.kit import Refused
from snippets.practice.process import environment
from snippets.practice.sandbox import Sandbox

_TRIES = 2  # how often a student is graded, if the process ends at it


def here(jobs: Iterable[Job], workers: int) -> Iterator[dict[str, Any]]:
    """The records of students, as they are ready.

    Raises:
        Refused: there is no sandbox here.
    """
    waiting = [(job, _TRIES) for job in reversed(list(jobs))]
    busy: dict[Connection, _Worker] = {}
    graded_any = False
    temporary = tempfile.TemporaryDirectory(prefix="snippets-grade-", ignore_cleanup_errors=True)
    os.chmod(temporary.name, 0o711)  # a sandbox of another user has its folder in it
    idle = [_Worker(temporary.name) for _ in range(min(workers, len(waiting)))]
    try:
        while waiting or busy:
            while waiting and idle:
                worker = idle.pop()
                worker.give(*waiting.pop())
                busy[worker.replies] = worker
            ready = wait(list(busy))
            for worker in [worker for replies, worker in busy.items() if replies in ready]:
                del busy[worker.replies]
                told = worker.told()
                if isinstance(told, Refused):
                    if not graded_any:
                        raise told
                    told = not_graded(worker.given, str(told).splitlines()[0])
                if told is not None:
                    graded_any = True
                    idle.append(worker)
                    yield told
                    continue
                worker.end()
                idle.append(_Worker(temporary.name))
                if worker.tries > 1:
                    waiting.append((worker.given, worker.tries - 1))
                else:
                    yield not_graded(worker.given, "the grader's own process ended while it graded this student")
    finally:
        for worker in [*busy.values(), *idle]:
            worker.end()
        temporary.cleanup()


def not_graded(job: Job, why: str) -> dict[str, Any]:
    """The record of a student who could not be graded; the next run tries again."""
    return {"student": job.student, "key": "", "problems": [*job.problems, why], "grades": {}}


class _Worker:
    """One process, which grades a student at a time.

    Args:
        temporary: the folder of its temporary files: it is ended without a word, and can't remove them.
    """

    def __init__(self, temporary: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "snippets.practice.grading.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment() | {"TMPDIR": temporary},
            start_new_session=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._jobs = Connection(os.dup(self._process.stdin.fileno()), readable=False)
        self.replies = Connection(os.dup(self._process.stdout.fileno()), writable=False)
        self._process.stdin.close()
        self._process.stdout.close()
        self.given: Job
        self.tries = 0

    def give(self, job: Job, tries: int) -> None:
        """Have it grade a student."""
        self.given, self.tries = job, tries
        with contextlib.suppress(OSError):  # it has ended: what it tells says so
            self._jobs.send(job)

    def told(self) -> dict[str, Any] | Refused | None:
        """The record, or that it has no sandbox; None if the process has ended."""
        try:
            told: dict[str, Any] | Refused = self.replies.recv()
        except (EOFError, OSError):
            return None
        return told

    def end(self) -> None:
        """End the process, if it hasn't."""
        self._process.kill()
        self._process.wait()
        self._jobs.close()
        self.replies.close()


def main() -> None:
    """Grade each student who comes over standard input, until it ends."""
    jobs, replies = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sandbox = None
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            job = jobs.recv()
            try:
                sandbox = sandbox or Sandbox(job.seconds, job.weaker)
                replies.send(graded(job, sandbox))
            except Refused as error:
                replies.send(error)
    if sandbox:
        sandbox.close()


if __name__ == "__main__":
    main()
