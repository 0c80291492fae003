"""What a sandbox is made from: the book's kit, Python, its packages, and the process that answers from inside."""

import os
import secrets
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snippets.lens.errors import LensError
from snippets.practice.process import ROOT, Server
from snippets.practice.reply import INSIDE

SECONDS = (3, 30.0)  # that a file may compute, and that it may take
KIT = (
    "__init__.py",
    *(f"practice/{name}.py" for name in ("__init__", "barred", "boxed", "coded", "inside", "landlock", "walled")),
    "practice/ways.py",
    *(f"lens/{name}.py" for name in ("__init__", "errors", "wire", "logged")),
)


class Refused(LensError):
    """There is no sandbox here: what was tried, why it can't be, and the way out."""


def command(module: str, seconds: tuple[int, float], *more: str) -> list[str]:
    """What is run in a sandbox: one of the kit's modules, told as whom to run, and how long a file may take."""
    # A user that nobody is: what root has is out of reach, and root is bound by no number of processes.
    uid = 1_500_000_000 + secrets.randbelow(10**8) if os.getuid() == 0 else 0
    python = os.path.realpath(sys.executable)
    return [python, "-S", "-m", f"snippets.practice.{module}", str(uid), *map(str, seconds), *more]


def environment(book: str, scratch: str, packages: bool) -> dict[str, str]:
    """The environment of a sandbox, in which nothing is of who grades.

    Args:
        book: the folder of the kit.
        scratch: the folder that can be written to.
        packages: are there the installed packages?
    """
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nowhere",
        "LANG": "C.UTF-8",
        "TMPDIR": scratch,
        "PYTHONPATH": os.pathsep.join([book, *(installed() if packages else [])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the same file has the same row
        INSIDE: "1",
    }


def greeted(process: "subprocess.Popen[bytes]", packages: bool) -> str:
    """Ask a sandbox for a file that only imports; what is wrong with its answer, or nothing."""
    source = "import twisted.web.server, snippets.lens.wire\n" * packages + "hello = True\n"
    request = {"source": source, "file": "hello.py", "way": "plain", "name": "hello", "talks": []}
    answer: Any = Server(lambda: process).asked(request)
    if answer is None:
        return "no answer"
    return "" if answer.get("reply", {}).get("talks") == [] else str(answer)


def python() -> Iterator[Path]:
    """Where the interpreter is, if it is not the system's own."""
    base = Path(os.path.realpath(sys.base_prefix))
    if not base.is_relative_to("/usr"):
        yield from (path for path in (base / "bin", base / "lib", base / "lib64") if path.is_dir())


def installed() -> list[str]:
    """The folders of the installed packages."""
    return list(dict.fromkeys(os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")))


def beside(bound: list[Path]) -> Iterator[Path]:
    """Folders of packages that come along with what is shown."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    yield from (
        folder
        for folder in (
            Path(os.path.realpath(sys.base_prefix), "lib", version, "site-packages"),
            Path("/usr/local/lib", version, "dist-packages"),
            Path("/usr/lib/python3/dist-packages"),
        )
        if folder.is_dir() and any(folder.is_relative_to(path) for path in bound)
    )


def pieces() -> Iterator[tuple[Path, Path]]:
    """The files of the kit: where each is, and its path in the folder of a sandbox's book."""
    for name in KIT:
        yield ROOT / "snippets" / name, Path("snippets", name)
