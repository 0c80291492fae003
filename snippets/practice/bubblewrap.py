"""Makes a sandbox of bubblewrap: no network, nothing to read but Python, nothing to keep, no other process."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from snippets.practice import barred, kit
from snippets.practice.boxed import BOOK, SCRATCH
from snippets.practice.kit import Refused
from snippets.practice.process import ROOT

_SCRATCH_SIZE = 16 << 20  # bytes
_WAY_OUT = """\
Submissions are other people's programs, so they are run in a sandbox of bubblewrap or not at all.
  not installed         Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap
  Docker, as root       docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt apparmor=unconfined ...
  Ubuntu from 23.10     allow it user namespaces: an AppArmor profile for bwrap with the line `userns,`
  macOS, Windows        in a virtual machine, or in WSL2
  none of these         exercises grade --weaker takes Landlock, and says what that lets through
snippets/practice/README.md says more of each."""


class Bubblewrap:
    """Begins processes in sandboxes of bubblewrap.

    Args:
        packages: are there the installed packages, or Python alone?
        seconds: how many a file may compute, and how many it may take.
    """

    def __init__(self, packages: bool, seconds: tuple[int, float]) -> None:
        self._packages, self._seconds = packages, seconds

    def begin(self) -> "subprocess.Popen[bytes]":
        """A sandbox in which the learner's process answers.

        Raises:
            Refused: it can't be made here.
        """
        bwrap = shutil.which("bwrap")
        if bwrap is None:
            raise Refused(f"bubblewrap (the command bwrap) is not installed here\n{_WAY_OUT}")
        words = [*arguments(self._packages), *kit.command("boxed", self._seconds)]
        with tempfile.TemporaryFile() as said, _barring() as barring:
            process = subprocess.Popen(
                [bwrap, *(("--seccomp", str(barring)) if barring else ()), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd="/",
                env={},
                pass_fds=(barring,) if barring else (),
                start_new_session=True,
            )
            if wrong := kit.greeted(process, self._packages):
                process.kill()
                process.wait()
                said.seek(0)
                lines = said.read(4000).decode(errors="replace").strip().splitlines() or [wrong]
                raise Refused(f"{bwrap} makes no sandbox here: {lines[-1]}\n{_WAY_OUT}")
        return process

    def clear(self) -> None:
        """Nothing of it is left when it has ended."""


@contextlib.contextmanager
def _barring() -> Iterator[int | None]:
    """An open file with the filter of system calls; None where there is none for this machine."""
    program = barred.program()
    if program is None:
        yield None
        return
    reading, writing = os.pipe()
    try:
        os.write(writing, program)
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def arguments(packages: bool) -> list[str]:
    """What bubblewrap is told: what there is in the sandbox, and what there isn't."""
    return [*_apart(), *_environment(packages), *_files(packages)]


def _apart() -> list[str]:
    alone = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    dropped = ["--cap-drop", "ALL"]
    if os.getuid() == 0:
        dropped += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]  # to become nobody, which drops these as well
    else:
        alone.append("--unshare-user")
    return [*alone, *dropped, "--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "sandbox"]


def _environment(packages: bool) -> list[str]:
    values = kit.environment(BOOK, SCRATCH, packages)
    return [*(part for name, value in values.items() for part in ("--setenv", name, value)), "--chdir", BOOK]


def _files(packages: bool) -> Iterator[str]:
    """The file system: the system's own folders, Python, the packages, the kit without exercises; all read-only."""
    yield from ("--proc", "/proc", "--dev", "/dev")
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--ro-bind", "/usr", "/usr")
    yield from ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")
    bound = list(kit.python())
    for source in bound:
        yield from _bind(source, source)
    for hidden in kit.beside([Path("/usr"), *bound]):
        yield from ("--tmpfs", str(hidden), "--remount-ro", str(hidden))
    for source in map(Path, kit.installed() if packages else []):
        yield from _bind(source, source)
        if (source / "snippets").is_dir():
            yield from ("--tmpfs", str(source / "snippets"), "--remount-ro", str(source / "snippets"))
    for source, path in kit.pieces():
        yield from _bind(source, Path(BOOK, path))
    for name in ("practice", "lens"):
        compiled = ROOT / "snippets" / name / "__pycache__"
        if compiled.is_dir():
            yield from _bind(compiled, Path(BOOK, "snippets", name, "__pycache__"))
    yield from ("--perms", "0777", "--size", str(_SCRATCH_SIZE), "--tmpfs", SCRATCH)
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")


def _bind(source: Path, target: Path) -> Iterator[str]:
    """Show something read-only; the folders above it can be passed, and nothing else is in them."""
    for above in reversed(target.parents[:-1]):
        if not above.is_relative_to("/usr"):
            yield from ("--perms", "0755", "--dir", str(above))
    yield from ("--ro-bind", str(source), str(target))
