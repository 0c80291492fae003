"""What the site is made of and is not here: packages of PyPI and npm, pinned, and fetched once."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from snippets.browser.wheels import plain
from snippets.edition.folders import NEW, key_of, shelf, whole
from snippets.lens.errors import LensError

HERE = Path(__file__).parent
PYODIDE = "314.0.6"
PYODIDE_SHA256 = "d78ac549b28a2a58600cd06f44e017024151775f8c6b2d73fab1475400d38ea2"
_MARK = ".fetched"

# A wheel with a part in C is had for one machine or another; without that part they are the same.
_ANY_WHEEL = (
    *("--python-version", "3.14", "--implementation", "cp", "--abi", "cp314", "--abi", "none"),
    *("--platform", "manylinux2014_x86_64", "--platform", "any"),
)
_PIP = ("--no-deps", "--only-binary", ":all:", "--require-hashes", "--retries", "2", "--timeout", "30", "--quiet")
# By which variables an environment says where pip has packages from.
_FROM = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONFIG_FILE"),
    *("PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_TRUSTED_HOST"),
)


def wheels() -> Path:
    """The folder of the wheels that are pinned in wheels.txt, without what a browser can't use.

    Raises:
        LensError: they can't be had, or kept.
    """
    pins = HERE / "wheels.txt"

    def fetch(into: Path) -> None:
        with tempfile.TemporaryDirectory(dir=into.parent) as fetched:
            _pip("download", *_PIP, *_ANY_WHEEL, "--requirement", str(pins), "--dest", fetched)
            for file in sorted(Path(fetched).glob("*.whl")):
                plain(file, into)

    made_by = Path(__file__).with_name("wheels.py").read_bytes()
    return kept("wheels", b"\0".join([pins.read_bytes(), repr(_ANY_WHEEL).encode(), made_by]), fetch)


def tools() -> Path:
    """The folder with the packages that are pinned in tools.txt, installed.

    Raises:
        LensError: they can't be had, or kept.
    """
    pins = HERE / "tools.txt"

    def fetch(into: Path) -> None:
        _pip("install", *_PIP, "--requirement", str(pins), "--target", str(into))

    return kept("tools", pins.read_bytes(), fetch)


def pyodide() -> Path:
    """The folder of npm's package pyodide.

    Raises:
        LensError: it can't be had, is another than the pinned one, or can't be kept.
    """
    return kept("pyodide", PYODIDE_SHA256.encode(), _fetch_pyodide)


def _fetch_pyodide(into: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise LensError("there is no npm here, which fetches Python for the browser: install Node.js, which has it")
    options = ("--json", "--fetch-retries=1", "--fetch-timeout=60000", "--pack-destination", str(into))
    said = ran("npm", [npm, "pack", f"pyodide@{PYODIDE}", *options], cwd=into)
    archive = into / json.loads(said)[0]["filename"]
    if hashlib.sha256(archive.read_bytes()).hexdigest() != PYODIDE_SHA256:
        raise LensError(f"npm's pyodide {PYODIDE} is not the one that the book knows: its digest is another")
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    archive.unlink()


def kept(name: str, pins: bytes, fetch: Callable[[Path], None]) -> Path:
    """A folder that is filled once, and again when what it is made of has changed.

    Args:
        name: what it is called.
        pins: what it is made of.
        fetch: fills a folder.

    Raises:
        LensError: it can't be filled, or kept.
    """
    folder = shelf() / "browser" / name
    key = hashlib.sha256(pins).hexdigest()
    if key_of(folder, _MARK) != key:
        with whole(folder, _MARK, key) as half:
            (half / NEW).mkdir()
            fetch(half / NEW)
    return folder


def _pip(*args: str) -> None:
    # Of what the environment asks of pip, only where from is its affair: all else would change what is fetched.
    environment = {name: value for name, value in os.environ.items() if name in _FROM or not name.startswith("PIP_")}
    ran("pip", [sys.executable, "-m", "pip", "--disable-pip-version-check", *args], environment=environment)


def ran(name: str, command: list[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """What a program prints that does its work and ends.

    Args:
        name: what it is called if it fails.
        command: the program and its arguments.
        cwd: the folder that it runs in.
        environment: all its variables; those of this process if there are none.

    Raises:
        LensError: it fails; with its last words.
    """
    ended = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if ended.returncode:
        raise LensError(
            f"{name} failed: {_last_words(ended.stderr or ended.stdout) or f'exit code {ended.returncode}'}"
        )
    return ended.stdout


def _last_words(said: str) -> str:
    """The line that says what was wrong: the last that is called an error, else the last of all."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if re.match(r"(error|npm err\S*|\w+Error): ?.{12}", line, re.IGNORECASE)]
    return [*lines, *wrong][-1][:300] if lines else ""
