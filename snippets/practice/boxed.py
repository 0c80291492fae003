"""The learner's process as the first of a sandbox: gives up what it may, serves, and cleans up after each file."""

import contextlib
import ctypes
import os
import resource
import signal
import site
import sys

from snippets.practice import inside

BOOK, SCRATCH = "/book", "/scratch"  # where the kit is, and the one folder that can be written to
MEMORY = 512 << 20  # bytes: of address space for each process, and of what all of them have beyond the first
LIMITS = {
    resource.RLIMIT_NPROC: 32,
    resource.RLIMIT_NOFILE: 128,
    resource.RLIMIT_FSIZE: 16 << 20,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
}
_PAGE = os.sysconf("SC_PAGE_SIZE")
_NOT_DUMPABLE = 4  # PR_SET_DUMPABLE of prctl


def main(uid: int, cpu: int, wall: float) -> None:
    """Serve as the user `uid`, or as who one is already if it is 0.

    Args:
        uid: the user.
        cpu: how many seconds a file may compute.
        wall: how many seconds it may take.
    """
    if os.getpid() != 1:
        sys.exit("this is no sandbox: the process is not the first of its own")
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if os.getuid() == 0:
        sys.exit("this is no sandbox: it would run as root")
    # Who may not look into this process can't reach those that come after it.
    ctypes.CDLL(None).prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the first process of a sandbox gets no signal that it doesn't handle
    inside.CPU_SECONDS, inside.WALL_SECONDS, inside.MEMORY, inside.MORE_LIMITS = cpu, wall, MEMORY, LIMITS
    site.setquit()  # exit() and quit(), as everywhere
    os.dup2(os.open(os.devnull, os.O_RDWR), 2)
    inside.serve(inside.Hold(too_much=lambda child: too_much(), after=cleaned))


def cleaned() -> bool:
    """End every other process of the sandbox; is it as it was before?"""
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return not os.listdir(SCRATCH)


def too_much() -> bool:
    """Do the other processes have more memory than they may, beyond what each has from the first?"""
    own, others = _resident(1), [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    return sum(max(_resident(pid) - own, 0) for pid in others) > MEMORY


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0  # it has ended meanwhile


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if path]
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
