"""Makes a sandbox of Landlock and a filter of system calls: for where bubblewrap can't be had, and weaker than it."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from snippets.practice import kit, landlock
from snippets.practice.kit import Refused

# What it lets through that bubblewrap doesn't; said at each run.
LETS_THROUGH = (
    "A file sees the machine: which paths and processes there are, and of a path whose it is, how big and how old. "
    "It reads no content but that of Python, its packages and the system's libraries.",
    "It has one wall: behind a hole in Landlock or in the filter are the files of your user, or as root of everyone.",
    "It writes to the disk of your temporary files: 64 MB, and what it can write in a tenth of a second.",
)


class Weaker:
    """Begins processes that Landlock and a filter hold, each with a temporary folder of its own.

    Args:
        packages: may they read the installed packages, or Python alone?
        seconds: how many a file may compute, and how many it may take.
    """

    def __init__(self, packages: bool, seconds: tuple[int, float]) -> None:
        self._packages, self._seconds = packages, seconds
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def begin(self) -> "subprocess.Popen[bytes]":
        """A process that answers and is held; what it needs of the kit is copied into its folder.

        Raises:
            Refused: Landlock is not there, or doesn't hold it.
        """
        try:
            known = landlock.version()
        except landlock.Missing as missing:
            raise Refused(f"--weaker needs Landlock, and it is not there: {missing}") from None
        self._folder = tempfile.TemporaryDirectory(prefix="snippets-weaker-", ignore_cleanup_errors=True)
        book, scratch = Path(self._folder.name, "book"), Path(self._folder.name, "scratch")
        os.chmod(self._folder.name, 0o755)  # it is entered by a user that nobody is
        _copy(book)
        scratch.mkdir()
        listed, read = _open_to_all(self._packages)
        shown = {"version": known, "listed": listed, "read": [*read, str(book)], "scratch": str(scratch)}
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                kit.command("walled", self._seconds, json.dumps(shown)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=book,
                env=kit.environment(str(book), str(scratch), self._packages),
                start_new_session=True,
            )
            if wrong := kit.greeted(process, self._packages):
                process.kill()
                process.wait()
                self.clear()
                said.seek(0)
                lines = said.read(4000).decode(errors="replace").strip().splitlines() or [wrong]
                raise Refused(f"--weaker makes no sandbox here: {lines[-1]}")
        return process

    def clear(self) -> None:
        """Remove the folder of a process that has ended."""
        if self._folder is not None:
            self._folder.cleanup()


def _copy(book: Path) -> None:
    """Copy the kit and nothing beside it: a rule of Landlock opens a folder with all that is beneath."""
    for source, path in kit.pieces():
        target = book / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        for compiled in source.parent.glob(f"__pycache__/{source.stem}.*.pyc"):
            (target.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(compiled, target.parent / "__pycache__")


def _open_to_all(packages: bool) -> tuple[list[str], list[str]]:
    """The paths that can be listed, and those that can be read: libraries, Python, and the packages or none."""
    system = [Path(top, name) for top in ("/", "/usr") for name in ("lib", "lib32", "lib64", "libx32")]
    system += [Path("/usr/local/lib"), Path("/usr/share/zoneinfo"), Path("/etc/ld.so.cache"), *kit.python()]
    roots = {Path(os.path.realpath(path)) for path in system if path.exists()}
    closed = {Path(os.path.realpath(path)) for path in kit.beside(list(roots))}
    installed = {Path(path) for path in kit.installed()}
    closed |= {path / "snippets" for path in installed}
    if packages:
        roots, closed = roots | installed, closed - installed
    else:
        closed |= installed
    listed: dict[str, None] = {}
    read: dict[str, None] = {}
    for root in sorted(roots):
        for path, whole in _but(root, closed):
            (read if whole else listed)[str(path)] = None
    return list(listed), list(read)


def _but(path: Path, closed: set[Path]) -> Iterator[tuple[Path, bool]]:
    """What is beneath a path but what is closed: each with whether all beneath it is meant, or its names alone."""
    if path in closed or path.is_symlink():
        return
    if not any(each.is_relative_to(path) for each in closed):
        yield path, True
        return
    yield path, False
    for inner in sorted(path.iterdir()):
        yield from _but(inner, closed)
