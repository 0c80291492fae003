"""Runs the files of one student in a sandbox of bubblewrap: no network, nothing to read but Python, nothing to keep."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice import barred, coded
from snippets.practice.process import INSIDE, ROOT, Process, Server, played
from snippets.practice.shelf import shelf
from snippets.practice.talk import Exercise, Talk

SECONDS = (3, 30.0)  # that a file may compute, and that it may take
KIT = (
    "__init__.py",
    *(f"practice/{name}.py" for name in ("__init__", "boxed", "inside", "coded", "ways")),
    *(f"lens/{name}.py" for name in ("__init__", "errors", "wire", "logged")),
)
_BOOK, _SCRATCH, _SCRATCH_SIZE = "/book", "/scratch", 16 << 20
_WAY_OUT = """\
Submissions are other people's programs, so they are run in a sandbox of bubblewrap or not at all.
  not installed         Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap
  Docker                docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ...
  Ubuntu from 23.10     allow it user namespaces: an AppArmor profile for bwrap with the line `userns,`
  macOS, Windows        in a virtual machine, or in WSL2"""


class Refused(LensError):
    """There is no sandbox here: what was tried, why it can't be, and the way out."""

    def __str__(self) -> str:
        return f"{super().__str__()}\n{_WAY_OUT}"


class Sandbox(Process):
    """Plays a student's files in a sandbox, and the book's own outside of it, each of those once.

    Plain exercises, which use Python alone, are played in another one, that has nothing but Python: what the book's
    own function is modelled on can't be handed on there.

    Args:
        seconds: how many a file may compute, and how many it may take.

    Raises:
        Refused: (as by `play`) there is no bubblewrap here, or it isn't allowed to make a sandbox.
    """

    def __init__(self, seconds: tuple[int, float] = SECONDS) -> None:
        super().__init__()
        self._learners = Server(partial(_begin, True, seconds))
        self._alone = Server(partial(_begin, False, seconds))
        self._kept: dict[str, dict[str, Any]] = {}

    def play(
        self, exercise: Exercise, source: str, file: str, talks: Iterable[Talk], own: bool = False
    ) -> dict[str, Any]:
        """As `Process.play`; what one of the book's own files does is kept."""
        talks = list(talks)
        if not own:
            server = self._alone if _stands_alone(exercise) else self._learners
            return played(server, exercise, source, file, talks)
        key = coded.dumps([exercise.way, exercise.name, source, [talk.steps for talk in talks]])
        if key not in self._kept:
            try:
                self._kept[key] = super().play(exercise, source, file, talks, own=True)
            except LensError:  # it was ended from outside: a new one is started
                self._kept[key] = super().play(exercise, source, file, talks, own=True)
        return self._kept[key]

    def next_student(self) -> None:
        """Throw the sandboxes away: the next file is another student's."""
        self._learners.close()
        self._alone.close()

    def close(self) -> None:
        """End all processes."""
        super().close()
        self._alone.close()


def _stands_alone(exercise: Exercise) -> bool:
    """Is it one that is solved with Python alone?"""
    return any(folder.alone for folder in shelf().values() if folder.head == exercise)


def try_out() -> None:
    """Make a sandbox and throw it away.

    Raises:
        Refused: there can be none here.
    """
    process = _begin(True, SECONDS)
    process.kill()
    process.communicate()


def _begin(packages: bool, seconds: tuple[int, float]) -> "subprocess.Popen[bytes]":
    """A sandbox in which the learner's process answers, with the installed packages or without.

    Raises:
        Refused: it can't be made here.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise Refused("bubblewrap (the command bwrap) is not installed here")
    with tempfile.TemporaryFile() as said, _barring() as barring:
        process = subprocess.Popen(
            [bwrap, *(("--seccomp", str(barring)) if barring else ()), *arguments(packages), *_command(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            cwd="/",
            env={},
            pass_fds=(barring,) if barring else (),
            start_new_session=True,
        )
        answer = _greeted(process, packages)
        if answer is None or answer.get("reply", {}).get("talks") != []:
            process.kill()
            process.wait()
            said.seek(0)
            lines = said.read(4000).decode(errors="replace").strip().splitlines() or [str(answer or "no answer")]
            raise Refused(f"{bwrap} makes no sandbox here: {lines[-1]}")
    return process


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


def _command(seconds: tuple[int, float]) -> list[str]:
    # A user that nobody is: as root one is bound by no number of processes.
    uid = 1_500_000_000 + secrets.randbelow(10**8) if os.getuid() == 0 else 0
    return [os.path.realpath(sys.executable), "-S", "-m", "snippets.practice.boxed", str(uid), *map(str, seconds)]


def _greeted(process: "subprocess.Popen[bytes]", packages: bool) -> Any:
    """What the process in the sandbox answers to a file that only imports; None if nothing."""
    source = "import twisted.web.server, snippets.lens.wire\n" * packages + "hello = True\n"
    request = {"source": source, "file": "hello.py", "way": "plain", "name": "hello", "talks": []}
    return Server(lambda: process).asked(request)


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
    path = os.pathsep.join([_BOOK, *(_packages() if packages else [])])
    values = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nowhere",
        "LANG": "C.UTF-8",
        "TMPDIR": _SCRATCH,
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the same file has the same row
        INSIDE: "1",
    }
    return [*(part for name, value in values.items() for part in ("--setenv", name, value)), "--chdir", _BOOK]


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
    bound = list(_python())
    for source in bound:
        yield from _bind(source, source)
    for hidden in _hidden([Path("/usr"), *bound]):
        yield from ("--tmpfs", str(hidden), "--remount-ro", str(hidden))
    for source in map(Path, _packages() if packages else []):
        yield from _bind(source, source)
        if (source / "snippets").is_dir():
            yield from ("--tmpfs", str(source / "snippets"), "--remount-ro", str(source / "snippets"))
    for name in KIT:
        yield from _bind(ROOT / "snippets" / name, Path(_BOOK, "snippets", name))
    for name in ("practice", "lens"):
        compiled = ROOT / "snippets" / name / "__pycache__"
        if compiled.is_dir():
            yield from _bind(compiled, Path(_BOOK, "snippets", name, "__pycache__"))
    yield from ("--perms", "0777", "--size", str(_SCRATCH_SIZE), "--tmpfs", _SCRATCH)
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")


def _bind(source: Path, target: Path) -> Iterator[str]:
    """Show something read-only; the folders above it can be passed, and nothing else is in them."""
    for above in reversed(target.parents[:-1]):
        if not above.is_relative_to("/usr"):
            yield from ("--perms", "0755", "--dir", str(above))
    yield from ("--ro-bind", str(source), str(target))


def _python() -> Iterator[Path]:
    """Where the interpreter is, if it is not the system's own."""
    base = Path(os.path.realpath(sys.base_prefix))
    if not base.is_relative_to("/usr"):
        yield from (path for path in (base / "bin", base / "lib", base / "lib64") if path.is_dir())


def _packages() -> list[str]:
    """The folders of the installed packages."""
    return list(dict.fromkeys(os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")))


def _hidden(bound: list[Path]) -> Iterator[Path]:
    """Folders of packages that come along with what is bound."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    found = [Path(os.path.realpath(sys.base_prefix), "lib", version, "site-packages")]
    found += [Path("/usr/local/lib", version), Path("/usr/lib/python3")]
    for folder in dict.fromkeys(found):
        inner = folder / "dist-packages" if folder.name != "site-packages" else folder
        with contextlib.suppress(OSError):
            if inner.is_dir() and any(inner.is_relative_to(path) for path in bound):
                yield inner
