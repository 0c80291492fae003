"""The learner's process where no namespace can be had: Landlock around it, a filter, and one process a file."""

import ctypes
import json
import os
import resource
import signal
import site
import struct
import sys
from collections.abc import Callable

from snippets.practice import barred, boxed, inside, landlock

MOST_WRITTEN = 64 << 20  # bytes of a file's process, to files and into pipes
MOST_THREADS = boxed.LIMITS[resource.RLIMIT_NPROC]
_DIE_WITH, _DUMPABLE, _KEEP = 1, 4, 8  # of prctl
_CAPSET = 0x20080522  # the form of what capset takes
_READS_ALL = 1 << 2  # CAP_DAC_READ_SEARCH
_libc = ctypes.CDLL(None, use_errno=True)


def main(uid: int, cpu: int, wall: float, shown: str) -> None:
    """Serve as the user `uid`, or as who one is already if it is 0.

    Args:
        uid: the user.
        cpu: how many seconds a file may compute.
        wall: how many seconds it may take.
        shown: JSON: the `version` of Landlock to go by; the paths that can be `listed`, and `read`; the folder
            that can be written to, `scratch`.
    """
    if not os.path.exists("/proc/self/io"):
        sys.exit("this is no sandbox: the kernel doesn't say how much a process writes")
    paths = json.loads(shown)
    known = paths["version"]
    if uid:
        _become(uid, paths["scratch"])
    rights = [(landlock.LISTED, path) for path in paths["listed"]] + [(landlock.READ, path) for path in paths["read"]]
    rights += [(landlock.WRITTEN, paths["scratch"]), (landlock.WRITTEN, os.devnull)]
    _libc.prctl(_DIE_WITH, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_DUMPABLE, 0, 0, 0, 0)  # nobody looks into this process
    rules = landlock.ruleset(rights, known)
    landlock.enter(landlock.ruleset([*rights, (landlock.READ, "/proc")], known))
    server = os.getpid()

    def hold() -> None:
        _libc.prctl(_DIE_WITH, signal.SIGKILL, 0, 0, 0)
        _libc.prctl(_DUMPABLE, 1, 0, 0, 0)  # what it has written can be seen from above
        landlock.enter(rules)
        landlock.bar(barred.program(os.getpid()) or b"")
        if os.getppid() != server or not _held():
            os._exit(1)

    inside.CPU_SECONDS, inside.WALL_SECONDS, inside.MEMORY = cpu, wall, boxed.MEMORY
    inside.MORE_LIMITS = dict(boxed.LIMITS)
    if not uid:
        del inside.MORE_LIMITS[resource.RLIMIT_NPROC]  # it would count whatever else the user runs
    site.setquit()  # exit() and quit(), as everywhere
    os.dup2(os.open(os.devnull, os.O_RDWR), 2)
    inside.serve(inside.Hold(hold, too_much, lambda: cleaned(paths["scratch"])))


def _become(uid: int, scratch: str) -> None:
    """Become a user that nobody is, who may still read what Landlock will grant, wherever Python is installed."""
    os.chown(scratch, uid, uid)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    _libc.prctl(_KEEP, 1, 0, 0, 0)
    os.setresuid(uid, uid, uid)
    given_up = any(_keep(rights) for rights in (_READS_ALL, 0))  # a container's root may not have the first
    if not given_up or os.getuid() == 0:
        sys.exit("this is no sandbox: it would run as root")


def _keep(rights: int) -> bool:
    """Keep these capabilities alone; False if that can't be."""
    kept = struct.pack("=6I", rights, rights, 0, 0, 0, 0)
    return not _libc.capset(struct.pack("=Ii", _CAPSET, 0), kept)


def _held() -> bool:
    """Is refused what Landlock and the filter should refuse? What they were told is not asked, but what they do."""
    now = os.getpriority(os.PRIO_PROCESS, 0)  # any other one may be refused without a filter, too
    return _refused(lambda: os.listdir("/")) and _refused(lambda: os.setpriority(os.PRIO_PROCESS, 0, now))


def _refused(tried: Callable[[], object]) -> bool:
    try:
        tried()
    except PermissionError:
        return True
    return False


def cleaned(scratch: str) -> bool:
    """Remove what a file has left; no process can have stayed."""
    with os.scandir(scratch) as entries:
        for entry in entries:
            os.unlink(entry.path)
    return True


def too_much(child: int) -> bool:
    """Has the process of a file written more than it may, or more threads than it may?"""
    written, threads = _told(child, "io", "wchar", "write_bytes"), _told(child, "status", "Threads")
    return max(written) > MOST_WRITTEN or max(threads) > MOST_THREADS


def _told(pid: int, file: str, *names: str) -> list[int]:
    """Numbers that the kernel tells of a process; 0 where it has ended, or isn't held yet."""
    try:
        with open(f"/proc/{pid}/{file}", encoding="ascii", errors="replace") as lines:
            told = dict(line.split(":", 1) for line in lines if ":" in line)
    except OSError:
        return [0]
    return [int(told[name]) for name in names if name in told]


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if path]
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
